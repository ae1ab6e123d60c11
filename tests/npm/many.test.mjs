// `parseMany`: the results of a file or of rows equal those of the payments checked one by one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { maker } from "./drafts.mjs";
import { remit } from "./package.mjs";

const HEADER = "workspaceId,invoiceId,amount,currency,paidAt,note";
const IDS = "64a687e29ae1f428e7ebe303,78a687e29ae1f428e7ebe303";
const file = (...rows) => [HEADER, ...rows].join("\n");
const many = (input, options) => remit.parseMany(input, { provider: "clockify", ...options });
const text = (bytes) => new TextDecoder().decode(bytes);

test("a file's results equal those of its payments checked one by one", () => {
  const rows = [
    `${IDS},1250.00,USD,2026-11-19,ACH 8841`,
    `${IDS},"1,250.00",usd,2026-11-19T11:00:00+01:00," quoted ""so"", with a comma\nand a line"`,
    `${IDS},1.250,USD,2026-11-19,`,
    `${IDS},٥٠,USD,2026-02-30,naïve 💶`,
    "",
    `${IDS},0,XYZ,,`,
  ];
  const batch = many(file(...rows));
  const drafts = [
    { amount: "1250.00", currency: "USD", paidAt: "2026-11-19", note: "ACH 8841" },
    { amount: "1,250.00", currency: "usd", paidAt: "2026-11-19T11:00:00+01:00", note: ' quoted "so", with a comma\nand a line' },
    { amount: "1.250", currency: "USD", paidAt: "2026-11-19" },
    { amount: "٥٠", currency: "USD", paidAt: "2026-02-30", note: "naïve 💶" },
    { amount: "0", currency: "XYZ" },
  ];
  assert.deepEqual([batch.length, batch.accepted, batch.refused], [5, 2, 3]);
  drafts.forEach((draft, at) => {
    const [workspaceId, invoiceId] = IDS.split(",");
    const one = remit.clockify.payment.parse({ workspaceId, invoiceId, ...draft });
    assert.deepEqual(JSON.parse(JSON.stringify(batch.at(at))), JSON.parse(JSON.stringify(one)), draft.amount);
    assert.equal(batch.passes(at), one.ok);
  });
  assert.deepEqual([...batch].map(({ ok }) => ok), [true, true, false, false, false]);
  assert.equal(batch.at(5), undefined);
});

test("reads its own CSV of the accepted payments as the same payments", () => {
  const batch = many(file(`${IDS},"1,250.00",usd,2026-11-19,"a, ""b""\nc"`, `${IDS},5,EUR,2026-11-19T10:00:00Z,`));
  const again = many(batch.csv);
  assert.deepEqual([...again].map(({ value }) => value), [...batch].map(({ value }) => value));
  assert.equal(text(again.csv), text(batch.csv));
  assert.ok([...again].every(({ notices }) => notices.length === 0));
});

test("accepts a spreadsheet's separator, byte order mark, column names and line ends", () => {
  const german = "\ufeffArbeitsbereich;Rechnung;Betrag;Währung;Datum;Egal\r\n" + `${IDS.replace(",", ";")};1.250,00;EUR;2026-11-19;x\r\n`;
  const columns = { workspaceId: "Arbeitsbereich", invoiceId: "Rechnung", amount: "Betrag", currency: "Währung", paidAt: "Datum" };
  const batch = many(new TextEncoder().encode(german), { columns });
  assert.deepEqual([...batch].map(({ value }) => value.amount), ["1250.00"]);
  assert.equal(many(file(`${IDS},1,USD,2026-11-19,x`).replaceAll(",", "\t")).accepted, 1);
});

test("rejects a cell that is not UTF-8", () => {
  const bytes = Buffer.concat([Buffer.from(`${HEADER}\n${IDS},1,USD,2026-11-19,caf`), Buffer.from([0xe9]), Buffer.from("\n")]);
  const [result] = many(bytes);
  assert.deepEqual(result.issues.map(({ path, code }) => [path, code]), [[["note"], "character"]]);
});

test("counts a row that spans two pieces of a file once", () => {
  const note = "é".repeat(300);
  const rows = Array.from({ length: 3000 }, (_, at) => `${IDS},${at + 1}.00,USD,2026-11-19T10:00:00Z,"${note}, ${at}"`);
  const batch = many(file(...rows));
  assert.deepEqual([batch.length, batch.accepted], [3000, 3000]);
  for (const at of [0, 427, 428, 2999]) assert.equal(batch.at(at).value.note, `${note}, ${at}`);
  assert.equal(text(batch.csv).trimEnd().split("\n").length, 3001);
});

test("keeps the rows of two files apart", () => {
  const [one, two] = [many(file(`${IDS},1,USD,2026-11-19,a`)), many(`paidAt,amount,invoiceId,currency\n2026-11-19,2,4393,USD`, { provider: "harvest" })];
  assert.equal(one.at(0).value.amount, "1.00");
  assert.equal(two.at(0).value.amount, "2.00");
  assert.equal(one.at(-1).value.amount, "1.00");
});

test("checks rows against the time zone, the current time and the invoice", () => {
  const options = { timeZone: "Europe/Berlin", now: "2026-01-01T00:00:00Z", invoice: { id: IDS.split(",")[1], balance: "1", currency: "USD" } };
  const [row] = many(file(`${IDS},2,USD,2026-03-29T02:30,`), options);
  assert.deepEqual(row.issues.map(({ code }) => code), ["date_skipped"]);
  const batch = many(file(`${IDS},2,USD,2026-11-19T10:00,`), { ...options, invoice: undefined });
  assert.deepEqual(batch.at(0).notices.map(({ code }) => code), ["converted_to_utc", "in_future"]);
  const wrong = many(file(`${IDS},2,USD,2026-11-19T10:00,`), { timeZone: "Nowhere" });
  assert.deepEqual([wrong.length, wrong.issues.map(({ path }) => path.join("."))], [0, ["options.timeZone"]]);
});

test("counts rows of objects like the rows of a file", () => {
  const [workspaceId, invoiceId] = IDS.split(",");
  const draft = { workspaceId, invoiceId, amount: "5", currency: "USD", paidAt: "2026-11-19T10:00:00Z" };
  const batch = many([draft, { ...draft, amount: "x" }]);
  assert.deepEqual([batch.length, batch.accepted, batch.refused], [2, 1, 1]);
  const mixed = remit.parseMany([{ provider: "clockify", ...draft }, { provider: "nobody" }]);
  assert.deepEqual([...mixed].map(({ ok }) => ok), [true, false]);
  assert.deepEqual(remit.parseMany("a,b\n1,2", { provider: "nobody" }).issues.map(({ path }) => path), [["provider"]]);
  assert.equal(many("").length, 0);
});

const plainly = (result) => JSON.parse(JSON.stringify(result));

for (const [provider, { payment }] of Object.entries({ clockify: remit.clockify, dayzero: remit.dayzero, harvest: remit.harvest, "harvest-v2": remit.harvestV2, ivvy: remit.ivvy })) {
  test(`${provider}: each of many rows has the result of the payment checked alone`, () => {
    const make = maker(4711);
    const rows = Array.from({ length: 900 }, (_, at) => {
      const draft = make.draft(payment.fields);
      // The rows of an application often contain numbers, and members that are not fields.
      if (at % 3 === 0) draft.amount = at / 100;
      if (at % 5 === 0) draft.rowNumber = at;
      // Some of the last two hundred cannot be read.
      if (at >= 700 && at % 50 === 0) draft.amount = at % 100 === 0 ? Symbol("x") : "1".repeat(40_000);
      return draft;
    });
    for (const options of [{ timeZone: "Europe/Berlin", now: "2026-11-19T10:00:00Z" }, { currency: "EUR" }, { invoice: { balance: "10.00" } }]) {
      const batch = remit.parseMany(rows, { provider, ...options });
      const alone = rows.map((row) => payment.parse(row, options));
      assert.deepEqual([...batch].map(plainly), alone.map(plainly));
      assert.deepEqual([batch.accepted, batch.length], [alone.filter(({ ok }) => ok).length, rows.length]);
    }
  });
}

test("iteration and `at` return the same results, even with other calls in between", () => {
  const make = maker(4712);
  const names = remit.clockify.payment.fields.map(({ name }) => name);
  const cell = (value) => `"${(typeof value === "string" ? value : "").replaceAll('"', '""')}"`;
  const rows = Array.from({ length: 700 }, () => make.draft(remit.clockify.payment.fields));
  const batch = many([names, ...rows.map((row) => names.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\r\n\r\n"));
  let at = 0;
  for (const result of batch) {
    assert.deepEqual(plainly(result), plainly(batch.at(at)), `${at}`);
    // Other calls in between start other batches.
    if (at % 100 === 0) assert.deepEqual([...many(file(`${IDS},1,USD,2026-11-19,a`))].map(({ ok }) => ok), [true]);
    if (at % 100 === 50) assert.equal(many([{}]).refused, 1);
    at += 1;
  }
  assert.equal(at, rows.length);
  assert.ok(batch.accepted > 70 && batch.refused > 70);
});

test("keeps its own time zone and language when another call uses different ones", async () => {
  const { default: german } = await import("remit-payments/locales/de.json", { with: { type: "json" } });
  const batch = many(file(`${IDS},1,USD,2026-11-19T10:00,`, `${IDS},x,USD,2026-11-19,`), { timeZone: "Europe/Berlin", messages: german });
  const wanted = batch.at(1).issues[0].message;
  remit.clockify.payment.parse({}, { timeZone: "America/New_York" });
  assert.equal(batch.at(0).value.paidAt, "2026-11-19T09:00:00Z");
  assert.equal(batch.at(0).request.body.includes("T09:00:00Z"), true);
  assert.equal(batch.at(1).issues[0].message, wanted);
  assert.match(wanted, /^Betrag/);
  const one = remit.clockify.payment.parse({ amount: "1", paidAt: "2026-11-19T10:00" }, { timeZone: "Europe/Berlin" });
  remit.clockify.payment.parse({}, { timeZone: "America/New_York", messages: german });
  assert.deepEqual(one.notices.map(({ params }) => params.value), ["2026-11-19T09:00:00Z"]);
});

test("reports the line on which each row begins", () => {
  const rows = [`${IDS},1,USD,2026-11-19,"two\nlines"`, "", `${IDS},2,USD,2026-11-19,`, `\n\n${IDS},3,USD,2026-11-19,`, `${IDS},4,USD,2026-11-19,`];
  const batch = many(file(...rows));
  assert.deepEqual([0, 1, 2, 3].map((at) => batch.line(at)), [2, 5, 8, 9]);
  assert.deepEqual([batch.line(1), batch.line(-1), batch.line(0), batch.line(4)], [5, 9, 2, undefined]);
  assert.equal(many([{}]).line(0), undefined);
  assert.equal(batch.passes(-1), true);
});

test("applies defaults to fields that a row leaves empty", () => {
  const rows = "amount;invoiceId;note\n1,50;78a687e29ae1f428e7ebe303;\n2,50;88a687e29ae1f428e7ebe303;own\n";
  const defaults = { workspaceId: "64a687e29ae1f428e7ebe303", currency: "EUR", paidAt: new Date("2026-11-19T10:00:00Z"), note: "from the bank" };
  const batch = many(rows, { defaults });
  assert.deepEqual([...batch].map(({ value }) => [value.amount, value.currency, value.note]), [["1.50", "EUR", "from the bank"], ["2.50", "EUR", "own"]]);
  assert.equal(text(batch.csv).split("\n")[1], "64a687e29ae1f428e7ebe303,78a687e29ae1f428e7ebe303,EUR,2026-11-19T10:00:00Z,1.50,from the bank");
  const drafts = [{ amount: "1,50", invoiceId: "78a687e29ae1f428e7ebe303", note: " " }, { amount: "2,50", invoiceId: "88a687e29ae1f428e7ebe303", note: "own" }];
  const same = many(drafts, { defaults });
  assert.deepEqual([...same].map(({ value }) => value), [...batch].map(({ value }) => value));
});

test("rejects misspelt and duplicate columns and unknown fields in the options", () => {
  const row = `${IDS},1,USD,2026-11-19,x`;
  const paths = (input, options) => {
    const batch = many(input, options);
    if (batch.issues.length > 0) assert.deepEqual([batch.length, batch.accepted, text(batch.csv ?? new Uint8Array()).split("\n")[1] ?? ""], [0, 0, ""]);
    return batch.issues.map(({ path }) => path.join("."));
  };
  assert.deepEqual(paths(file(row), { columns: { note: "Notiz" } }), ["options.columns.note"]);
  assert.deepEqual(paths(file(row), { columns: { notes: "note" } }), ["options.columns.notes"]);
  assert.deepEqual(paths(file(row), { columns: 5 }), ["options.columns"]);
  assert.deepEqual(paths(file(row), { defaults: { notes: "x" } }), ["options.defaults.notes"]);
  assert.deepEqual(paths(`${HEADER},amount\n${row},2`), ["amount"]);
  assert.deepEqual(paths(file(row), { columns: { note: "note" } }), []);
  assert.match(many(file(row), { provider: "harvest_v2" }).issues[0].message, /clockify, dayzero, harvest, harvest-v2, ivvy/);
});

test("reads a quoted column name after a byte order mark", () => {
  const quoted = `\ufeff"note",${HEADER.replace(",note", "")}\n"kept",${IDS},1,USD,2026-11-19\n`;
  for (const input of [quoted, `\ufeff\n\r\n${quoted.slice(1).replaceAll(",", ";")}`]) {
    const batch = many(input);
    assert.deepEqual([batch.issues, batch.at(0).value.note, batch.line(0)], [[], "kept", input === quoted ? 2 : 4]);
  }
});

test("requires the identifier and the currency of an invoice for a file", () => {
  const row = file(`${IDS},100,USD,2026-11-19,`);
  const paths = (invoice, more) => many(row, { invoice, ...more }).issues.map(({ path }) => path.join("."));
  assert.deepEqual(paths({ balance: "10.00" }), ["options.invoice.id"]);
  assert.deepEqual(paths({ id: "78a687e29ae1f428e7ebe303", balance: "10.00" }), ["options.invoice.currency"]);
  assert.deepEqual(paths({ id: "78a687e29ae1f428e7ebe303", balance: "10.00" }, { currency: "USD" }), []);
  assert.deepEqual(paths({ balance: "10.00" }, { defaults: { invoiceId: "78a687e29ae1f428e7ebe303", currency: "USD" } }), []);
});

test("rejects a file without any known column, even if the defaults are complete", () => {
  const defaults = { workspaceId: "a", invoiceId: "b", amount: "1", currency: "USD", paidAt: "2026-11-19" };
  assert.deepEqual(many("foo\nbar\n", { defaults }).issues.map(({ path, code }) => [path, code]), [[[], "file_no_header"]]);
});

test("reports an issue of the options once and checks no row", () => {
  const rows = [{ invoiceId: "1", currency: "USD", amount: "1", paidAt: "2026-11-19" }];
  const reported = (input, options) => {
    const { length, issues } = remit.parseMany(input, options);
    return [length, ...issues.map(({ path }) => path.join("."))];
  };
  for (const input of [rows, [], "invoiceId\n1"]) {
    assert.deepEqual(reported(input, { provider: "harvest", timeZone: "Mars" }), [0, "options.timeZone"]);
    assert.deepEqual(reported(input, { provider: "harvest", invoice: { id: "1", currency: "USD", balance: "1.250" } }), [0, "options.invoice.balance"]);
  }
  const named = rows.map((row) => ({ provider: "harvest", ...row }));
  assert.deepEqual(reported(named, { timeZone: "Mars" }), [0, "options.timeZone"]);
  assert.deepEqual(reported(named, { defaults: { curency: "EUR" } }), [0, "options.defaults.curency"]);
  assert.deepEqual(reported(rows, { provider: " harvest " }), [1]);
});

test("applies defaults to rows that name their provider", () => {
  const rows = [
    { provider: "harvest", invoiceId: "1", amount: "1", paidAt: "2026-11-19" },
    { provider: "clockify", workspaceId: "a", invoiceId: "b", amount: "1", paidAt: "2026-11-19" },
  ];
  const batch = remit.parseMany(rows, { defaults: { currency: "EUR", note: "paid" } });
  assert.deepEqual([...batch].map(({ value }) => [value.currency, value.note]), [["EUR", "paid"], ["EUR", "paid"]]);
});

test("reports a row that is too large and input that cannot be read in the chosen language", async () => {
  const { default: messages } = await import("remit-payments/locales/de.json", { with: { type: "json" } });
  const row = { workspaceId: "a", invoiceId: "b", currency: "USD", paidAt: "2026-11-19T10:00" };
  const rows = Array.from({ length: 300 }, (_, at) => (at === 255 ? { ...row, amount: "1", note: "x".repeat(9_000_000) } : row));
  const batch = many(rows, { messages, timeZone: "Europe/Berlin" });
  const alone = remit.clockify.payment.parse(row, { messages, timeZone: "Europe/Berlin" });
  assert.match(alone.issues[0].message, /Betrag/);
  assert.deepEqual(plainly(batch.at(299)), plainly(alone));
  assert.deepEqual(batch.at(255).issues.map(({ path, code }) => [path[0], code]), [["note", "too_long"]]);
  assert.match(batch.at(255).issues[0].message, /Zeichen/);
  for (const [given, sentence] of [
    [many(5, { messages }), /^Die Anfrage/],
    [many("foo\nbar", { messages }), /^Die erste Zeile nennt keine/],
    [many(file(), { messages, columns: { note: "Notiz" } }), /keine Spalte „Notiz“/],
  ]) {
    assert.match(given.issues[0].message, sentence);
  }
});

test("rejects every row whose bytes have changed since the check", () => {
  const bytes = new TextEncoder().encode(file(`${IDS},1,USD,2026-11-19,a`, `${IDS},2,USD,2026-11-19,b`));
  const [one, two] = [many(bytes), many(bytes.slice())];
  bytes.fill(10);
  for (const result of [one.at(0), ...one]) assert.deepEqual([result.ok, result.issues.map(({ path }) => path), result.request], [false, [[]], undefined]);
  assert.deepEqual(one.at(0).issues.map(({ code, message }) => [code, message]), [["file_changed", "The file has changed since it was checked. Check it again."]]);
  assert.deepEqual([...two].map(({ ok }) => ok), [true, true]);
  const moved = new TextEncoder().encode(file(`${IDS},1,USD,2026-11-19,a`));
  const batch = many(moved);
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  assert.equal(batch.at(0).ok, false);
});

test("rejects half of a surrogate pair", () => {
  assert.deepEqual(many(file(`${IDS},1,USD,2026-11-19,a\ud83db`)).at(0).issues.map(({ path, code }) => [path[0], code]), [["note", "character"]]);
});

test("treats a note of only whitespace alike in rows and in files", () => {
  for (const note of ["\ufeff", "\u0085", "\u00a0", "\u180e"]) {
    const options = { defaults: { note: "from the bank" } };
    const row = { workspaceId: "a", invoiceId: "b", amount: "1", currency: "USD", paidAt: "2026-11-19", note };
    const read = (batch) => batch.at(0).value?.note ?? batch.at(0).issues[0].code;
    assert.equal(read(many([row], options)), read(many(`workspaceId,invoiceId,amount,currency,paidAt,note\na,b,1,USD,2026-11-19,"${note}"`, options)), JSON.stringify(note));
  }
});

test("returns no result for an index without a row", () => {
  for (const batch of [many([{}, {}]), many(file("a", "b"))]) {
    for (const index of [NaN, 0.5, "x", 2, -3, undefined]) assert.equal(batch.at(index), undefined, String(index));
    assert.equal(batch.at(-2).ok, false);
  }
});

test("a getter of a row may check another provider's rows", () => {
  const [workspaceId, invoiceId] = IDS.split(",");
  const row = { workspaceId, invoiceId, currency: "USD", paidAt: "2026-11-19", get amount() { return String(remit.parseMany([{ invoiceId: 7 }], { provider: "harvest" }).length); } };
  assert.deepEqual([...many([row, row])].map(({ value }) => value.amount), ["1.00", "1.00"]);
});

test("a getter of the table of sentences may check another file", () => {
  const two = `paidAt,amount,invoiceId,currency\n2026-11-19,2,12,USD`;
  const messages = { get "issue.required"() { remit.parseMany(two, { provider: "harvest" }).at(0); return "!"; } };
  const batch = remit.parseMany("invoiceId,amount,currency,paidAt\n4393,1,USD,2026-11-19", { provider: "harvest", messages });
  remit.harvest.payment.parse({});
  assert.deepEqual([batch.at(0).value.invoiceId, batch.at(0).value.amount], ["4393", "1.00"]);
});
