// A CSV file of payments, as a bank or a spreadsheet exports it: RFC 4180, in UTF-8.

import { FIELDS, invalid, numbers, valid } from "./drafts.mjs";

/** The percentage of invalid rows. */
const BAD = 8;

/** The file's bytes, determined by the number of rows. */
export function csv(rows) {
  const next = numbers(4180);
  const lines = [FIELDS.join(",")];
  for (let row = 0; row < rows; row += 1) {
    const draft = next() * 100 < BAD ? invalid(next) : valid(next);
    lines.push(FIELDS.map((name) => cell(draft[name] ?? "")).join(","));
  }
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n`);
}

const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
