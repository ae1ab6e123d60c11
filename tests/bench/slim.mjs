// Remit's slim entry: the page brings the module's bytes.

import { clockify, initializeSync } from "remit-payments/slim";

export const ready = (bytes) => initializeSync(bytes);
export const parse = (draft) => clockify.payment.parse(draft);
export const value = (result) => result.value;
