// The structure of CSV files: what two programs could read as different rows or values is rejected, with its line and column.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remit } from "./package.mjs";

const HEADER = "invoiceId,currency,paidAt,amount,note";
const ROW = "4393,USD,2026-11-19,5.00,x";
const many = (input, options) => remit.parseMany(input, { provider: "harvest", ...options });
const file = (...rows) => [HEADER, ...rows, ""].join("\n");
/** The code, the line and the column of a row's first issue. */
const issue = (batch, row = 0) => {
  const [{ code, params }] = batch.at(row).issues;
  return [code, ...["line", "column"].filter((name) => name in params).map((name) => Number(params[name]))];
};
const issues = (batch) => batch.issues.map(({ path, code, params }) => [path.join("."), code, params]);
const bytes = (text, littleEndian) => {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return view;
};

test("rejects an amount that its comma has split if the last cell is optional", () => {
  // Each row has the header's number of cells only because its amount is split.
  for (const row of ["4393,USD,2026-11-19,1,250.00", "4393,USD,2026-11-19,1,250", "4393,USD,2026-11-19,1250,00", "4393,USD,2026-11-19,1, 250.00", "4393,USD,2026-11-19,1,250.00 USD", "4393,USD,2026-11-19,1,250 by card"]) {
    const batch = many(file(row));
    assert.deepEqual(issue(batch), ["number_split", 2, 21], row);
    assert.deepEqual(batch.at(0).issues[0].path, ["amount"]);
  }
  assert.equal(many(file("4393,USD,2026-11-19,1,250.00")).at(0).issues[0].params.value, "1,250.00");
  // Three parts, digits of another script, and optional columns that are not fields.
  const wide = "invoiceId,currency,paidAt,amount,a,b\n";
  for (const row of ["4393,USD,2026-11-19,1,250,000.00", "4393,USD,2026-11-19,1,250.00", "4393,USD,2026-11-19,١,٢٥٠"]) {
    assert.deepEqual(issue(many(`${wide}${row}\n`)), ["number_split", 2, 21], row);
  }
  // The joined amount counts as a payment even if it exceeds the balance.
  assert.deepEqual(issue(many(file("4393,USD,2026-11-19,1,250.00"), { invoice: { id: "4393", currency: "USD", balance: "10.00" } })), ["number_split", 2, 21]);
  const fee = "invoiceId,currency,paidAt,amount,method,receiptNumber,feePercentage,transferReference\n156,AUD,2026-11-19,5.00,cash,7,2,5\n";
  assert.deepEqual(issue(many(fee, { provider: "ivvy" })), ["number_split", 2, 32]);
});

test("accepts a number after an amount if the two cannot be one number", () => {
  for (const row of ["4393,USD,2026-11-19,100.00,250", '4393,USD,2026-11-19,"1",250', '4393,USD,2026-11-19,1,"250"', "4393,USD,2026-11-19,1250,88412", "4393,USD,2026-11-19,1,2026-17", "4393,USD,2026-11-19,1,x 250"]) {
    assert.equal(many(file(row)).accepted, 1, row);
  }
  // A required column follows the amount: joined, the row would lack it.
  assert.equal(many("invoiceId,currency,amount,note,paidAt\n4393,USD,1,250,2026-11-19\n").accepted, 1);
  assert.equal(many(`${HEADER}\n4393,USD,2026-11-19,1,250.00\n`.replaceAll(",", ";")).accepted, 1);
  assert.equal(many(file('4393,USD,2026-11-19,"1,250.00",')).at(0).value.amount, "1250.00");
});

test("rejects a row with fewer cells unless only optional cells are missing", () => {
  assert.equal(many(file("4393,USD,2026-11-19,5.00")).accepted, 1);
  assert.deepEqual(issue(many(file(ROW, "", "4393,USD,2026-11-19"))  , 1), ["row_too_short", 4]);
  const known = { defaults: { amount: "5.00" }, currency: "USD" };
  assert.equal(many("invoiceId,paidAt,currency,amount\n4393,2026-11-19\n", known).accepted, 1);
  // The file is truncated in its last row.
  assert.deepEqual(issue(many(`${HEADER}\n${ROW}\n4393,USD,2026-11-19,5.00`), 1), ["row_cut", 3]);
  assert.equal(many(`${HEADER}\n${ROW}`).accepted, 1);
  assert.deepEqual(issue(many(`${HEADER}\r\n${ROW}\r`)), ["row_character", 2, 27]);
});

test("rejects a row with more cells, and reports a trailing separator as such", () => {
  const batch = many(file(ROW, '4393,USD,2026-11-19,1,250.00,x', `${ROW},`));
  assert.deepEqual([batch.accepted, issue(batch, 1), issue(batch, 2)], [1, ["row_too_long", 3], ["row_trailing_separator", 4]]);
  assert.deepEqual(batch.at(1).issues[0].params, { line: "3", cells: "6", expected: "5" });
  // A trailing separator in the header is a column without a name, whose cells must be empty.
  const trailing = many("invoiceId;currency;paidAt;amount;\n4393;USD;2026-11-19;5,00;\n4393;USD;2026-11-19;5,00;x\n4393;USD;2026-11-19;5,00\n");
  assert.deepEqual([trailing.accepted, issue(trailing, 1)], [2, ["row_too_long", 3]]);
});

test("rejects every line after a broken quotation mark, and counts each", () => {
  // 200 rows: one with an unclosed quotation mark in a column that is not a field, and one with text after a quoted cell.
  const rows = Array.from({ length: 200 }, (_, at) => `${at + 1},USD,2026-11-19,5.00,clerk`);
  rows[9] = rows[9].replace("clerk", '"Smith');
  rows[149] = rows[149].replace("clerk", '"Jones" Ltd');
  const text = ["invoiceId,currency,paidAt,amount,clerk", ...rows, ""].join("\n");
  for (const input of [text, new TextEncoder().encode(text)]) {
    const batch = many(input);
    assert.deepEqual([batch.length, batch.accepted, batch.refused], [200, 9, 191]);
    for (const row of [9, 10, 149, 199]) assert.deepEqual(issue(batch, row), ["file_unclosed_quote", 11, 24], `${row}`);
    assert.deepEqual([batch.passes(8), batch.passes(9), batch.line(150)], [true, false, 152]);
    assert.deepEqual([...batch].filter(({ ok }) => ok).length, 9);
    assert.equal(new TextDecoder().decode(batch.csv).trimEnd().split("\n").length, 10);
  }
  for (const [row, code, column] of [
    ['4393,USD,2026-11-19,5.00,"a" b', "file_text_after_quote", 29],
    ['4393,USD,2026-11-19,5.00,"a"b"', "file_text_after_quote", 29],
    ['4393,USD,2026-11-19,5.00, "a"', "stray_quote", 27],
    ['4393,USD,2026-11-19,5.00,"a', "file_unclosed_quote", 26],
  ]) {
    const batch = many(file(ROW, row, ROW, ROW));
    assert.deepEqual([batch.length, batch.accepted, issue(batch, 1), issue(batch, 3)], [4, 1, [code, 3, column], [code, 3, column]], row);
  }
  // A file of several pieces, with an unclosed quotation mark in the first row.
  const large = file(ROW.replace(",x", ',"x'), ...Array.from({ length: 30_000 }, () => ROW));
  assert.deepEqual([many(large).length, many(large).accepted], [30_001, 0]);
});

test("rejects rows that quotation marks enclose, even if the marks are closed later", () => {
  const swallowed = file(ROW, '4393,USD,2026-11-19,5.00,"a', ROW, ROW, 'b"', ROW);
  const batch = many(swallowed);
  assert.deepEqual([batch.length, batch.accepted, issue(batch, 1), issue(batch, 5)], [6, 1, ["file_unclosed_quote", 3, 26], ["file_unclosed_quote", 3, 26]]);
  // Enclosed lines that are not payments are part of the note.
  assert.equal(many(file('4393,USD,2026-11-19,5.00,"a\nb, c\nd"')).at(0).value.note, "a\nb, c\nd");
});

test("rejects only the row with a quotation mark or character that programs read differently", () => {
  for (const [row, code, column] of [
    ['4393,USD,2026-11-19,5.00,12" screen', "stray_quote", 28],
    ["4393,USD,2026-11-19,5.00,a\rb", "row_character", 27],
    ["4393,USD,2026-11-19,5.00,a\0b", "row_character", 27],
    ['4393,USD,2026-11-19,5.00,"a\0b"', "row_character", 28],
    ["4393,USD,2026-11-19,5.00,a\r", "row_character", 27],
  ]) {
    const batch = many(file(ROW, row, ROW));
    assert.deepEqual([batch.accepted, batch.refused, issue(batch, 1)], [2, 1, [code, 3, column]], JSON.stringify(row));
  }
  // After a line feed in a file with CRLF, the end of the record is unknown.
  const mixed = many(`${HEADER}\r\n${ROW}\r\n${ROW}\n${ROW}\r\n`);
  assert.deepEqual([mixed.length, mixed.accepted, issue(mixed, 2)], [3, 1, ["row_character", 3, 27]]);
});

test("reads UTF-16 with a byte order mark, and a first line that names the separator", () => {
  const text = `\ufeff${file("4393,USD,2026-11-19,5.00,Grüße 💶")}`;
  for (const littleEndian of [true, false]) {
    const batch = many(bytes(text, littleEndian));
    assert.deepEqual([batch.issues, batch.at(0)?.value.note], [[], "Grüße 💶"], `${littleEndian}`);
  }
  for (const [first, separator] of [["sep=;\n", ";"], ["sep=;\r\n", ";"], ["SEP=\t\n", "\t"], ["sep=,\n", ","]]) {
    // Without the first line, the commas in the names would count as separators.
    const batch = many(first + file("4393,USD,2026-11-19,5.00,a").replaceAll(",", separator).replaceAll("\n", first.includes("\r") ? "\r\n" : "\n"));
    assert.deepEqual([batch.issues, batch.accepted, batch.line(0)], [[], 1, 3], JSON.stringify(first));
  }
  // The separator that finds the most columns wins, not the most frequent one.
  const named = many("amount;invoiceId;currency;paidAt;x,y,z,a,b,c\n5,00;4393;USD;2026-11-19;\n");
  assert.deepEqual([named.issues, named.at(0)?.value.amount], [[], "5.00"]);
});

test("reports why it rejects an entire file", () => {
  const at = (line, column) => ({ line: String(line), column: String(column) });
  const row = "\n4393,USD,2026-11-19,5.00,x\n";
  for (const [input, expected, options] of [
    [Uint8Array.of(0x69, 0x64, 0xfc, 0x0a), ["", "encoding_unsupported", at(1, 3)]],
    [bytes(file(ROW), true), ["", "encoding_unsupported", at(1, 2)]],
    [bytes(`\ufeff${HEADER}\ud83d`, true), ["", "encoding_unsupported", at(1, 1)]],
    [Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0), ["", "encoding_unsupported", at(1, 6)]],
    [file(ROW).replaceAll(",", "|"), ["", "separator_unsupported", { value: "|" }]],
    ["sep=|\na|b\n", ["", "separator_unsupported", { value: "|" }]],
    [`Export of 2026-11-28\n\n${file(ROW)}`, ["", "file_lines_before_header", { line: "3" }]],
    [`a,b,c\n${file(ROW).replaceAll(",", ";")}`, ["", "file_lines_before_header", { line: "2" }]],
    ["", ["", "file_no_header", { expected: "invoiceId, currency, paidAt, amount, note" }]],
    ["foo,bar\n1,2\n", ["", "file_no_header", { expected: "invoiceId, currency, paidAt, amount, note" }]],
    [`${HEADER.replace("invoiceId", "InvoiceId")}${row}`, ["invoiceId", "column_unknown", { value: "InvoiceId", expected: "invoiceId", column: "1" }]],
    [`${HEADER.replace("paidAt", "Paid at")}${row}`, ["paidAt", "column_unknown", { value: "Paid at", expected: "paidAt", column: "3" }]],
    [`${HEADER};${row}`, ["note", "column_unknown", { value: "note;", expected: "note", column: "5" }]],
    [`${HEADER},amount${row}`, ["amount", "column_twice", { value: "amount", column: "6" }]],
    [file(ROW), ["options.columns.note", "column_missing", { value: "Notiz", option: "options.columns.note" }], { columns: { note: "Notiz" } }],
    [file(ROW), ["note", "column_unknown", { value: "note", expected: "NOTE", column: "5" }], { columns: { note: "NOTE" } }],
    [`invoiceId,"currency${row}`, ["", "file_unclosed_quote", at(1, 11)]],
    [`invoiceId,"currency"x,amount${row}`, ["", "file_text_after_quote", at(1, 21)]],
    [`invoiceId,curr"ency,amount${row}`, ["", "stray_quote", at(1, 15)]],
  ]) {
    const batch = many(input, options);
    assert.deepEqual(issues(batch), [expected], JSON.stringify(input));
    assert.deepEqual([batch.length, batch.accepted, batch.at(0)], [0, 0, undefined]);
    // Each has its own sentence, with every placeholder filled.
    assert.ok(batch.issues[0].message.length > 20 && !/[{}]|The request/.test(batch.issues[0].message), batch.issues[0].message);
  }
});

test("reports the same lines in any order of the rows", () => {
  const rows = Array.from({ length: 500 }, (_, at) => (at % 7 === 0 ? `${ROW.replace("x", '"two\r\nlines"')}` : ROW));
  const batch = many(`${HEADER}\n\n${rows.join("\n\n")}\n`);
  const forwards = Array.from({ length: batch.length }, (_, at) => batch.line(at));
  for (let at = batch.length - 1; at >= 0; at--) assert.equal(batch.line(at), forwards[at], `${at}`);
  for (const at of [400, 3, 499, 0, 250]) assert.equal(batch.line(at), forwards[at], `${at}`);
  assert.deepEqual(forwards.slice(0, 3), [3, 6, 8]);
});
