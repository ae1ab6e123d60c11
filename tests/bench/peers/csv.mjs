// A file of payments in PapaParse, with its rows in zod and decimal.js.

import Papa from "papaparse";
import * as zod from "./zod.mjs";

const FORMAT = { delimiter: ",", newline: "\r\n", skipEmptyLines: true };

/** Reads row by row, so that only one raw row is in memory, and without PapaParse's `header`, which is slower. */
export function file(bytes) {
  const results = [];
  let at;
  const step = ({ data }) => {
    if (at === undefined) at = Object.fromEntries(data.map((name, place) => [name, place]));
    else results.push(zod.parse(draft(data, at)));
  };
  Papa.parse(new TextDecoder().decode(bytes), { ...FORMAT, step });
  return results;
}

const draft = (cells, at) => ({
  workspaceId: cells[at.workspaceId],
  invoiceId: cells[at.invoiceId],
  currency: cells[at.currency],
  paidAt: cells[at.paidAt],
  amount: cells[at.amount],
  note: cells[at.note],
});

export const rows = (results) => results.length;
export const row = (results, index) => results[index];
