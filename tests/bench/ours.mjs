// Remit, called as the peers are.

import { clockify, parseMany } from "remit-payments";

export const parse = (draft) => clockify.payment.parse(draft);
export const value = (result) => result.value;
export const issues = (result) => result.issues;
export const field = (issue) => issue.path[0];

/** A file's rows, where the package reads files. What comes of it is looked into below and nowhere else. */
export const file = parseMany && ((bytes) => parseMany(bytes, { provider: clockify.id }));
export const rows = (batch) => batch.length;
export const row = (batch, index) => batch.at(index);
