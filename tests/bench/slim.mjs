// Remit's slim entry, with the module's bytes from the caller.

import { clockify, initializeSync } from "remit-payments/slim";

export const ready = (bytes) => initializeSync(bytes);
export const parse = (draft) => clockify.payment.parse(draft);
export const value = (result) => result.value;
