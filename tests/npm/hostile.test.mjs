// No input makes a call throw or leaks memory, and no call affects another.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remit } from "./package.mjs";

const GOOD = {
  workspaceId: "64a687e29ae1f428e7ebe303",
  invoiceId: "78a687e29ae1f428e7ebe303",
  currency: "USD",
  amount: "1250.00",
  paidAt: "2026-11-19T10:00:00Z",
};
const thrower = () => {
  throw new Error("no");
};
const cycle = {};
cycle.amount = cycle;
const { proxy, revoke } = Proxy.revocable([], {});
revoke();

const HOSTILE = [
  null,
  undefined,
  42,
  "text",
  Symbol("x"),
  10n,
  [],
  () => 1,
  { get amount() { throw new Error("no"); } },
  new Proxy({}, { ownKeys: thrower }),
  new Proxy(GOOD, { get: thrower }),
  new Proxy(GOOD, { getOwnPropertyDescriptor: thrower }),
  cycle,
  { amount: { toString: thrower } },
  { amount: 10n },
  { amount: Symbol("x") },
  { amount: new Date(Number.NaN) },
  { amount: Object.create(Date.prototype) },
  { [Symbol.toPrimitive]: thrower },
  Object.create(null),
  Object.create(GOOD),
  proxy,
  { ...GOOD, amount: Number.NaN },
  { ...GOOD, amount: Number.POSITIVE_INFINITY },
  { ...GOOD, amount: 1e21 },
  { ...GOOD, amount: 0.1 + 0.2 },
  { ...GOOD, amount: -1 },
  { ...GOOD, amount: new Number(1) },
  { ...GOOD, invoiceId: "x\ud800" },
  { ...GOOD, amount: "9".repeat(9_000_000) },
  { ...GOOD, note: `${" ".repeat(9_000_000)}x` },
  Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`${"x".repeat(40)}${at}`, 1]).concat(Object.entries(GOOD))),
  { ...GOOD, note: "x".repeat(200_000) },
  JSON.parse('{"__proto__": {"amount": "1"}, "constructor": {"prototype": {}}}'),
];

test("a call rejects hostile input without an exception", () => {
  for (const draft of HOSTILE) {
    for (const { payment } of [...remit.providers, { payment: remit.anyPayment }]) {
      const result = payment.parse(draft, draft);
      assert.equal(result.ok, false);
      for (const { path, code, params, message } of result.issues) {
        assert.ok(Array.isArray(path) && typeof code === "string" && typeof params === "object");
        assert.ok(message.length > 5, `${code}: ${message}`);
      }
      assert.ok(payment["~standard"].validate(draft).issues.length > 0);
    }
    assert.equal(typeof remit.clockify.payment.receipt(draft, draft).state, "string");
    assert.equal(remit.payment(draft), undefined);
    assert.equal(typeof remit.parseMany(draft, { provider: "clockify" }).length, "number");
    assert.equal(typeof remit.parseMany(GOOD, draft).length, "number");
  }
});

test("members inherited from Object.prototype are ignored", () => {
  Object.prototype.note = "not mine";
  try {
    assert.equal(Object.hasOwn(remit.clockify.payment.parse({ ...GOOD }).value, "note"), false);
  } finally {
    delete Object.prototype.note;
  }
});

test("numbers and dates are parsed as JavaScript prints them", () => {
  for (const [amount, expected] of [[0.1, "0.10"], [1250, "1250.00"], [1238.5, "1238.50"], ["1,238.00", "1238.00"]]) {
    assert.equal(remit.clockify.payment.parse({ ...GOOD, amount }).value.amount, expected);
  }
  assert.equal(remit.clockify.payment.parse({ ...GOOD, paidAt: new Date("2026-11-19T10:00:00.000Z") }).value.paidAt, "2026-11-19T10:00:00Z");
});

test("blank texts are absent from the value and cause no notice", () => {
  const result = remit.clockify.payment.parse({ ...GOOD, note: "", other: "  " });
  assert.deepEqual(result.value, remit.clockify.payment.parse(GOOD).value);
  assert.deepEqual(result.notices, []);
});

test("an option that cannot be parsed is an issue, and an absent one is not", () => {
  const path = (options) => remit.clockify.payment.parse(GOOD, options).issues?.map(({ path, code }) => `${path.join(".")} ${code}`);
  assert.deepEqual(path({ timeZone: "Europe/Nowhere" }), ["options.timeZone time_zone_unknown"]);
  assert.deepEqual(path({ now: {} }), ["options.now member_type"]);
  assert.deepEqual(path({ invoice: [] }), ["options.invoice member_type"]);
  assert.deepEqual(path({ invoice: { balance: "1.250" } }), ["options.invoice.balance amount_ambiguous"]);
  assert.deepEqual(path({ messages: 5n }), ["options.messages member_type"]);
  assert.equal(path({ now: null, invoice: undefined, messages: null }), undefined);
  // Options that are too large are an issue: without them, a forbidden amount would pass.
  assert.deepEqual(path({ invoice: { number: "x".repeat(9_000_000) } }), ["options member_type"]);
  const many = remit.parseMany("amount\n1", { provider: "clockify", invoice: { number: "x".repeat(9_000_000) } });
  assert.deepEqual(many.issues.map(({ path }) => path.join(".")), ["options"]);
  const transactions = Array.from({ length: 5000 }, (_, at) => ({ id: `t${at}`, currency: "USD", amount: "1.00" }));
  assert.equal(path({ transactions }), undefined);
});

test("a call without messages has English sentences after a call with German ones", async () => {
  const { default: german } = await import("remit-payments/locales/de.json", { with: { type: "json" } });
  const message = (options) => remit.clockify.payment.parse({ ...GOOD, amount: "x" }, options).issues[0].message;
  const english = message();
  assert.notEqual(message({ messages: german }), english);
  assert.equal(message(), english);
});

test("many calls with invalid input do not leak memory", { timeout: 240_000 }, () => {
  const bad = { ...GOOD, amount: "1.250", note: "x".repeat(1200), extra: {} };
  const run = (count) => {
    for (let at = 0; at < count; at++) remit.clockify.payment.parse(at % 7 === 0 ? HOSTILE[at % 22] : bad, at % 5 === 0 ? { timeZone: `x${at}` } : undefined);
  };
  run(20_000);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  run(Number(process.env.REMIT_CALLS ?? 200_000));
  globalThis.gc?.();
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 64 << 20, `${grown} bytes`);
});

test("headers in Node's form, with arrays and undefined values, are read", () => {
  const reply = { status: 503, headers: { "retry-after": ["60"], "x-undefined": undefined }, body: "" };
  assert.equal(remit.harvest.payment.receipt(reply, { currency: "USD" }).retryAfter, 60);
});

test("modifying a result does not affect later results", () => {
  const clean = { ...GOOD, amount: "10.00" };
  const first = remit.clockify.payment.parse(clean);
  const batch = remit.parseMany([{ provider: "harvest" }]);
  for (const list of [first.notices, batch.issues]) {
    try {
      list.push({ path: [], code: "mine", params: {}, message: "mine" });
    } catch {
      // A frozen list is also correct.
    }
  }
  assert.equal(remit.clockify.payment.parse(clean).ok, true);
  assert.deepEqual(remit.clockify.payment.parse(clean).notices, []);
  assert.deepEqual(remit.parseMany([GOOD], { provider: "clockify" }).issues, []);
});

test("a byte order mark at the start of a text shifts no other field", () => {
  const draft = { invoiceId: "1", currency: "USD", paidAt: "2024-01-02T10:00:00Z", amount: "100.00", method: "cheque", chequeNumber: "7" };
  const { value } = remit.ivvy.payment.parse({ ...draft, chequeDrawer: "\ufeffAda ", chequeBranch: "b", receiptNumber: "5", feeAmount: "12,50" });
  assert.deepEqual([value.feeAmount, value.chequeBranch, value.chequeDrawer.replace("\ufeff", "")], ["12.50", "b", "Ada"]);
  const { notices } = remit.clockify.payment.parse({ ...GOOD, note: "\ufeffx " });
  assert.ok(notices.every(({ path, code }) => path[0] === "note" && code === "trimmed"), JSON.stringify(notices));
});

test("messages that cannot be serialised are an issue, and the next call has English sentences", async () => {
  const { default: german } = await import("remit-payments/locales/de.json", { with: { type: "json" } });
  const message = (options) => remit.clockify.payment.parse({ ...GOOD, amount: "x" }, options).issues.at(-1).message;
  const english = message();
  const circular = {};
  circular.self = circular;
  for (const messages of [circular, { a: 1n }, () => 1]) {
    message({ messages: german });
    assert.deepEqual(remit.clockify.payment.parse(GOOD, { messages }).issues.map(({ path }) => path.join(".")), ["options.messages"]);
    assert.equal(message(), english);
  }
});

test("calls work after a stack overflow inside a call", () => {
  const deep = (depth) => {
    if (depth > 0) return deep(depth - 1);
    return remit.clockify.payment.parse(GOOD, { timeZone: "Europe/Berlin" }).notices;
  };
  for (let depth = 2_000; depth < 20_000; depth += 7) {
    try {
      deep(depth);
    } catch (error) {
      assert.ok(error instanceof RangeError, `${error}`);
    }
  }
  assert.equal(remit.clockify.payment.parse(GOOD).ok, true);
});

test("an empty bank transaction in the options is an issue", () => {
  const issues = remit.dayzero.payment.parse({}, { transactions: [{}] }).issues.map(({ path }) => path.join("."));
  assert.deepEqual(issues, ["options.transactions.id", "options.transactions.currency"]);
});

test("a response with an invalid status is not recorded", () => {
  const body = '{"id":1,"amount":1}';
  for (const status of [4294967497, 201.7, -1, "two"]) {
    assert.notEqual(remit.harvestV2.payment.receipt({ status, headers: {}, body }, { currency: "USD" }).state, "recorded", `${status}`);
  }
});

test("the fields and their choices are frozen", () => {
  const { fields } = remit.ivvy.payment;
  assert.throws(() => fields.reverse(), TypeError);
  assert.throws(() => Object.assign(fields[0], { name: "amount" }), TypeError);
  assert.throws(() => fields.find(({ choices }) => choices).choices.pop(), TypeError);
});

test("results and batches are frozen", () => {
  const batches = [remit.parseMany([GOOD], { provider: "clockify" }), remit.parseMany("amount\n1", { provider: "clockify" })];
  for (const kept of [remit.clockify.payment.parse(GOOD), remit.clockify.payment.parse({}), remit.anyPayment({ provider: "clockify", ...GOOD }), ...batches]) {
    assert.ok(Object.isFrozen(kept));
  }
});

test("a member of the wrong type is reported with the other issues, an invalid option alone", () => {
  const paths = (draft, options) => remit.clockify.payment.parse(draft, options).issues.map(({ path, code }) => `${path.join(".")} ${code}`);
  assert.deepEqual(paths({ ...GOOD, note: {}, amount: "x", currency: undefined }), ["note member_type", "currency required", "amount amount_sign"]);
  assert.deepEqual(paths({ ...GOOD, amount: [] }), ["amount member_type"]);
  // The rules that use an invalid option would give wrong issues, so they are skipped.
  assert.deepEqual(paths({ ...GOOD, currency: undefined }, { currency: {} }), ["options.currency member_type"]);
});

test("invoice identifiers match regardless of leading zeros, whitespace and digit script", () => {
  const draft = { invoiceId: "00565", currency: "USD", amount: "12.50", paidAt: "2026-11-19" };
  for (const invoice of [{ balance: "100.00" }, { id: "565" }, { id: " 00565" }, { id: "٥٦٥" }, { id: "" }]) {
    assert.equal(remit.harvest.payment.parse(draft, { invoice }).ok, true, JSON.stringify(invoice));
  }
  assert.deepEqual(remit.harvest.payment.parse(draft, { invoice: { id: "5650" } }).issues.map(({ code }) => code), ["invoice_mismatch"]);
});

test("the issue of an option has the parameters of its sentence", () => {
  const [issue] = remit.harvest.payment.parse({}, { invoice: { id: 1, currency: "USD", balance: "1.2345" } }).issues;
  assert.deepEqual(issue.params, { max: "2", currency: "USD" });
  assert.match(issue.message, /2 decimals in USD/);
});

test("local times in the options are read in the time zone of the options", () => {
  const draft = { invoiceId: "1", currency: "USD", amount: "1", paidAt: "2026-11-20T00:30" };
  const codes = (options) => remit.harvest.payment.parse(draft, { timeZone: "Europe/Berlin", ...options }).notices.map(({ code }) => code);
  assert.deepEqual(codes({ now: "2026-11-18T12:00" }), ["converted_to_utc", "in_future"]);
  assert.deepEqual(codes({ invoice: { id: "1", issued: "2026-11-20T00:15" } }), ["converted_to_utc"]);
});

test("an unreadable header does not affect the others", () => {
  const headers = { get bad() { throw new Error("no"); }, "Retry-After": "15", symbol: Symbol("x") };
  const retryAfter = (headers) => remit.harvest.payment.receipt({ status: 503, headers, body: "" }, { currency: "USD" }).retryAfter;
  assert.equal(retryAfter([["Retry-After", "15"], 5]), 15);
  assert.equal(retryAfter({ "Retry-After": "15", symbol: Symbol("x") }), 15);
  assert.equal(retryAfter(new Headers({ "Retry-After": "15" })), 15);
  assert.equal(retryAfter(headers), 15);
});

test("validate() ignores unreadable options, and jsonSchema.input() rejects a missing target", () => {
  const standard = remit.clockify.payment["~standard"];
  assert.equal(standard.validate(GOOD, { get libraryOptions() { throw new Error("no"); } }).issues, undefined);
  assert.throws(() => standard.jsonSchema.input(), /not supported/);
});
