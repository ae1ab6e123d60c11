// Values: characters that typing and copying add to numbers, numbers that JavaScript cannot hold, and days in a time zone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remit } from "./package.mjs";

const DRAFT = { invoiceId: "4393", currency: "USD", amount: "5.00", paidAt: "2026-11-19" };
const harvest = (draft, options) => remit.harvest.payment.parse({ ...DRAFT, ...draft }, options);
const codes = ({ ok, issues, notices }) => (ok ? notices : issues).map(({ path, code, params }) => [path.join("."), code, params.code ?? params.value].filter((part) => part !== undefined));

test("reads an amount with the marks, signs and spaces of any keyboard", () => {
  for (const [amount, value] of [
    ["１，２５０．００", "1250.00"],
    ["１２５０", "1250.00"],
    ["1\u00a0250,00", "1250.00"],
    ["1\u2009250.00", "1250.00"],
    ["1\u202f250,00", "1250.00"],
    ["1\u3000250.00", "1250.00"],
    ["1\u2019250.00", "1250.00"],
    ["1\u2018250.00", "1250.00"],
    ["1＇250．00", "1250.00"],
    ["١٬٢٥٠٫٠٠", "1250.00"],
    ["\u200e1,250.00\u200f", "1250.00"],
    ["\u2068\u202b1250.00\u202c\u2069", "1250.00"],
    ["\ufeff\u200b1250.00\u2060\u00a0", "1250.00"],
  ]) {
    assert.equal(harvest({ amount }).value?.amount, value, JSON.stringify(amount));
  }
});

test("names a character that cannot be part of a number", () => {
  for (const [amount, expected] of [
    // Invisible characters between digits, and one that reverses the digits.
    ["12\u200b50", "U+200B"],
    ["12\u200f50", "U+200F"],
    ["\u202e0521", "U+202E"],
    ["1\u00b7250", "U+00B7"],
    ["1、250", "U+3001"],
    ["1。5", "U+3002"],
    ["1،250", "U+060C"],
    ["–5", "U+2013"],
    ["12½", undefined],
    ["5 €", undefined],
    ["５０円", undefined],
  ]) {
    const wanted = expected === undefined ? ["amount", "amount_sign"] : ["amount", "character", expected];
    assert.deepEqual(codes(harvest({ amount })), [wanted], JSON.stringify(amount));
  }
  assert.deepEqual(codes(harvest({ invoiceId: "43\u200b93" })), [["invoiceId", "character", "U+200B"]]);
  assert.deepEqual(codes(harvest({ paidAt: "2026-11\u201319" })), [["paidAt", "character", "U+2013"]]);
  const clockify = { ...DRAFT, workspaceId: "64a6\u200d87", invoiceId: "\u200e78a6\ufeff" };
  assert.deepEqual(codes(remit.clockify.payment.parse(clockify)), [["workspaceId", "character", "U+200D"]]);
  assert.equal(remit.clockify.payment.parse({ ...clockify, workspaceId: "a" }).value.invoiceId, "78a6");
  const invoice = { id: "4393", currency: "USD", balance: "1\u200b0" };
  const [issue] = harvest({}, { invoice }).issues;
  assert.deepEqual([issue.path.join("."), issue.code, issue.params], ["options.invoice.balance", "character", { code: "U+200B" }]);
});

test("reads a date with full-width digits and any hyphen that looks like one", () => {
  for (const paidAt of ["２０２６－１１－１９", "2026\u201011\u201119", "2026\u221211\u221219", "\u200e2026-11-19\u200e"]) {
    assert.equal(harvest({ paidAt }).value?.paidAt, "2026-11-19T12:00:00Z", JSON.stringify(paidAt));
  }
  assert.equal(harvest({ paidAt: "2026-11-19\u00a010：00：00" }).value?.paidAt, "2026-11-19T10:00:00Z");
});

test("reports a field with only invisible characters as missing", () => {
  assert.deepEqual(codes(harvest({ amount: "\u200b", invoiceId: "\ufeff" })), [["invoiceId", "required"], ["amount", "required"]]);
  assert.deepEqual(codes(remit.clockify.payment.parse({ ...DRAFT, workspaceId: "\u2060" })), [["workspaceId", "required"]]);
});

test("rejects a number that JavaScript does not hold exactly, in every field and option", () => {
  for (const number of [9007199254740993, -9007199254740993, 2 ** 53, 1e21, -1e300, NaN, Infinity, -Infinity, 0.1 + 0.2, 90071992547409.93]) {
    for (const field of ["invoiceId", "amount", "note", "paidAt", "currency"]) {
      const { ok, issues } = harvest({ [field]: number });
      const found = issues?.filter(({ path }) => path[0] === field).map(({ code }) => code);
      assert.deepEqual([ok, found], [false, ["number_inexact"]], `${field} ${number}`);
    }
    for (const option of ["balance", "id", "number"]) {
      const { issues } = harvest({}, { invoice: { id: "4393", currency: "USD", [option]: number } });
      assert.deepEqual(issues?.map(({ path, code }) => [path.join("."), code]), [[`options.invoice.${option}`, "number_inexact"]], `${option} ${number}`);
    }
    assert.deepEqual(remit.parseMany("invoiceId\n1\n", { provider: "harvest", defaults: { amount: number } }).issues.map(({ code }) => code), ["number_inexact"]);
  }
  const transactions = [{ id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", currency: "USD", amount: 2 ** 60 }];
  assert.deepEqual(remit.dayzero.payment.parse({}, { transactions }).issues.map(({ code, params }) => [code, params.value]), [["number_inexact", "options.transactions.amount"]]);
  // Other issues are reported at the same time.
  assert.deepEqual(codes(harvest({ invoiceId: 2 ** 53, amount: "x" })), [["invoiceId", "number_inexact", "invoiceId"], ["amount", "amount_sign"]]);
});

test("accepts exact numbers, and integers of any size as a BigInt", () => {
  for (const [draft, field, value] of [
    [{ invoiceId: 9007199254740991 }, "invoiceId", "9007199254740991"],
    [{ invoiceId: 9007199254740993n }, "invoiceId", "9007199254740993"],
    [{ amount: 12345678901.25 }, "amount", "12345678901.25"],
    [{ amount: 10n }, "amount", "10.00"],
    [{ amount: 0.07 }, "amount", "0.07"],
  ]) {
    assert.equal(harvest(draft).value?.[field], value);
  }
  assert.match(harvest({ invoiceId: 9007199254740993n }).request.path, /9007199254740993/);
  assert.equal(harvest({}, { invoice: { id: 4393n, currency: "USD", balance: 5n } }).ok, true);
  assert.deepEqual(codes(harvest({ amount: -0 })), [["amount", "amount_too_small"]]);
});

test("compares days in the time zone of the options", () => {
  const notices = (paidAt, options) => harvest({ paidAt }, { timeZone: "Pacific/Auckland", ...options }).notices.map(({ code }) => code);
  const invoice = (issued) => ({ invoice: { id: "4393", currency: "USD", issued } });
  // In UTC, the payment is on the day before the invoice.
  assert.deepEqual(notices("2026-11-19T08:00", invoice("2026-11-19")), ["converted_to_utc"]);
  assert.deepEqual(notices("2026-11-18T23:00", invoice("2026-11-19")), ["converted_to_utc", "before_invoice"]);
  assert.deepEqual(notices("2026-11-19", invoice("2026-11-19T08:00")), ["day_only"]);
  assert.deepEqual(notices("2026-11-18", invoice("2026-11-19T14:00")), ["day_only", "before_invoice"]);
  // The provider may keep the invoice's day in UTC, where it is the same day.
  assert.deepEqual(notices("2026-11-18", invoice("2026-11-19T08:00")), ["day_only"]);
  assert.deepEqual(notices("2026-11-20T08:00", { now: "2026-11-19T20:00" }), ["converted_to_utc", "in_future"]);
  assert.deepEqual(notices("2026-11-19T23:00", { now: "2026-11-19T08:00" }), ["converted_to_utc"]);
  // In Havana, midnight occurs twice on the day on which the clocks go back.
  const havana = (paidAt, issued) => harvest({ paidAt }, { timeZone: "America/Havana", ...invoice(issued) }).notices.map(({ code }) => code);
  assert.deepEqual(havana("2026-11-01T04:30:00Z", "2026-11-01T12:00"), []);
  assert.deepEqual(havana("2026-11-01T05:30:00Z", "2026-11-01T12:00"), []);
  assert.deepEqual(havana("2026-11-01T03:30:00Z", "2026-11-01T12:00"), ["other_day", "before_invoice"]);
});

test("reports a Date whose day differs in UTC", () => {
  const midnight = new Date("2026-11-19T00:00:00+01:00");
  const { value, notices } = harvest({ paidAt: midnight }, { timeZone: "Europe/Berlin" });
  assert.equal(value.paidAt, "2026-11-18T23:00:00Z");
  assert.deepEqual(notices.map(({ code, params, message }) => [code, params.value, message]), [
    ["other_day", "2026-11-18T23:00:00Z", "In UTC this is another day: recorded as 2026-11-18T23:00:00Z."],
  ]);
  assert.deepEqual(harvest({ paidAt: new Date("2026-11-19T12:00:00Z") }, { timeZone: "Europe/Berlin" }).notices, []);
  assert.deepEqual(harvest({ paidAt: midnight }).notices, []);
});

test("reports a dropped fraction as well as a conversion", () => {
  const { notices } = harvest({ paidAt: "2026-11-19T10:00:00.5+01:00" });
  assert.deepEqual(notices.map(({ code }) => code), ["converted_to_utc", "fraction_dropped"]);
});
