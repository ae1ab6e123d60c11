// Remit, with the same interface as the peers.

import { clockify, parseMany } from "remit-payments";

export const parse = (draft) => clockify.payment.parse(draft);
export const value = (result) => result.value;
export const request = (result) => result.request;
export const issues = (result) => result.issues;
export const field = (issue) => issue.path[0];

/** Reads a file, if this version of the package can. Only `rows` and `row` inspect the result. */
export const file = parseMany && ((bytes) => parseMany(bytes, { provider: clockify.id }));
export const rows = (batch) => batch.length;
export const row = (batch, index) => batch.at(index);
