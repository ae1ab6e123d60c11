// What a caller gets cannot be changed, and is the same at each access; what a caller passes is read or refused by name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remit } from "./package.mjs";

const { clockify, dayzero, harvest, harvestV2, anyPayment, parseMany, providers } = remit;
const DRAFT = { invoiceId: "4393", currency: "USD", paidAt: "2026-11-19", amount: "5.00" };
const CLOCKIFY = { ...DRAFT, workspaceId: "64a687e29ae1f428e7ebe303", invoiceId: "78a687e29ae1f428e7ebe303" };
const FILE = "invoiceId,currency,paidAt,amount\n4393,USD,2026-11-19,5.00\n4393,USD,2026-11-19,x\n";

/** The path of the first object that is not frozen. */
const thawed = (value, path = "it") => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  if (!Object.isFrozen(value)) return path;
  const names = new Set([...Object.keys(value), ...["notices", "request"].filter((name) => name in value)]);
  for (const name of names) {
    const found = thawed(value[name], `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
};

test("every result is frozen deeply, and each member is the same object at each access", () => {
  const batch = parseMany([DRAFT, {}], { provider: "harvest" });
  const file = parseMany(FILE, { provider: "harvest" });
  const receipt = (status, body) => harvestV2.payment.receipt({ status, body });
  const results = [
    clockify.payment.parse(CLOCKIFY),
    clockify.payment.parse({}),
    clockify.payment.parse(null),
    harvest.payment.parse({ ...DRAFT, amount: "1,250.00" }),
    anyPayment.parse({ provider: "harvest", ...DRAFT }),
    anyPayment.parse({}),
    harvest.payment.parse(DRAFT, { timeZone: "Mars" }),
    ...[0, 1].flatMap((at) => [batch.at(at), file.at(at)]),
    ...file,
    batch,
    file,
    parseMany("a|b", { provider: "harvest" }),
    receipt(201, '{"id":1,"amount":5.0}'),
    receipt(422, '{"message":"No"}'),
    receipt(502, ""),
    receipt("x"),
    providers,
    clockify,
    clockify.payment.fields,
    clockify.payment["~standard"],
  ];
  for (const [at, result] of results.entries()) {
    assert.equal(thawed(result), undefined, `${at}`);
    for (const name of ["value", "request", "issues", "notices", "csv", "payment"]) assert.equal(result[name], result[name], `${at}: ${name}`);
  }
  const { request } = results[0];
  assert.throws(() => (request.headers.authorization = "x"), TypeError);
  assert.equal(request.headers, results[0].request.headers);
  assert.throws(() => harvest.payment.assert({}), (error) => thawed(error.issues) === undefined);
});

test("the same row of a batch is the same object", () => {
  const batch = parseMany(FILE, { provider: "harvest" });
  assert.equal(batch.at(0), batch.at(0));
  assert.equal(batch.at(0).request, batch.at(-2).request);
  assert.equal(batch.csv, batch.csv);
});

test("reads a draft from FormData, URLSearchParams and Map as from an object", () => {
  const form = new FormData();
  for (const [name, value] of Object.entries(CLOCKIFY)) form.append(name, value);
  const map = new Map(Object.entries(CLOCKIFY));
  const expected = clockify.payment.parse(CLOCKIFY).value;
  for (const draft of [form, new URLSearchParams(CLOCKIFY), map]) {
    assert.deepEqual(clockify.payment.parse(draft).value, expected);
    assert.deepEqual(clockify.payment["~standard"].validate(draft).value, expected);
    assert.deepEqual(parseMany([draft], { provider: "clockify" }).at(0).value, expected);
  }
  map.set("provider", "clockify");
  form.append("provider", "clockify");
  for (const draft of [form, map]) assert.deepEqual(anyPayment.parse(draft).value, { provider: "clockify", ...expected });
  assert.equal(clockify.payment.parse(new Map([...Object.entries({ ...CLOCKIFY, amount: 5n })])).ok, true);
  form.set("note", new Blob(["x"]));
  assert.deepEqual(clockify.payment.parse(form).issues.map(({ path, code }) => [path, code]), [[["note"], "member_type"]]);
});

test("refuses a field with several values, and reports the other issues as well", () => {
  const form = new FormData();
  for (const [name, value] of [...Object.entries(CLOCKIFY), ["amount", "6.00"], ["amount", "7.00"]]) form.append(name, value);
  const params = new URLSearchParams(form);
  const found = ({ issues }) => issues?.map(({ path, code, params, message }) => [path.join("."), code, params.value, message]);
  const twice = ["amount", "field_twice", "amount", "The draft has several values for amount. Pass only one."];
  for (const draft of [form, params]) {
    assert.deepEqual(found(clockify.payment.parse(draft)), [twice]);
    draft.delete("paidAt");
    assert.deepEqual(found(clockify.payment.parse(draft)).map(([field, code]) => [field, code]).sort(), [["amount", "field_twice"], ["paidAt", "required"]]);
    draft.append("provider", "clockify");
    assert.equal(found(anyPayment.parse(draft))[0][1], "field_twice");
    draft.append("provider", "harvest");
    assert.ok(found(anyPayment.parse(draft)).some(([path, code]) => path === "provider" && code === "field_twice"));
  }
});

test("refuses an option that does not exist, at every depth, and names the nearest one", () => {
  const invoice = { id: "4393", currency: "USD" };
  const one = { id: "e1a687e2-9ae1-4428-87eb-e303d1a687e2", currency: "USD" };
  const cases = [
    ["timezone", "timeZone"], ["time_zone", "timeZone"], ["nwo", "now"], ["curency", "currency"], ["Invoice", "invoice"], ["transaction", "transactions"], ["message", "messages"],
  ].map(([name, expected]) => [{ [name]: "x" }, `options.${name}`, expected]);
  for (const [name, expected] of [["balanc", "balance"], ["ID", "id"], ["Number", "number"], ["curreny", "currency"], ["status", "state"], ["isued", "issued"]]) {
    cases.push([{ invoice: { ...invoice, [name]: "x" } }, `options.invoice.${name}`, expected]);
  }
  for (const [name, expected] of [["ammount", "amount"], ["unalocated", "unallocated"], ["dateTime", "datetime"], ["descripton", "description"]]) {
    cases.push([{ transactions: [one, { ...one, [name]: "1" }] }, `options.transactions.${name}`, expected]);
  }
  cases.push([{ xyzzy: 1 }, "options.xyzzy", "timeZone, now, currency, invoice, transactions, messages"]);
  for (const [options, option, expected] of cases) {
    const calls = [
      () => dayzero.payment.parse({}, options),
      () => dayzero.payment({}, options),
      () => anyPayment.parse({ provider: "dayzero" }, options),
      () => dayzero.payment["~standard"].validate({}, { libraryOptions: options }),
      () => remit.payment("dayzero").parse({}, options),
    ];
    for (const call of calls) {
      const [issue, ...others] = call().issues;
      assert.deepEqual([issue.path.join("."), issue.code, issue.params], [option, "option_unknown", { option, expected }]);
      assert.equal(issue.message, `There is no option ${option}. Did you mean ${expected}?`);
      assert.deepEqual(others.filter(({ path }) => path[0] !== "options"), []);
    }
    assert.throws(() => dayzero.payment.assert({}, options), { name: "PaymentError" });
  }
});

test("refuses an option of parseMany and receipt that does not exist", () => {
  for (const [options, option, expected] of [
    [{ provder: "harvest" }, "options.provder", "provider"],
    [{ column: {} }, "options.column", "columns"],
    [{ default: {} }, "options.default", "defaults"],
    [{ defaults: { ammount: "5" } }, "options.defaults.ammount", "amount"],
    [{ columns: { paidat: "Date" } }, "options.columns.paidat", "paidAt"],
    [{ invoice: { balanc: "1" } }, "options.invoice.balanc", "balance"],
  ]) {
    for (const input of [[DRAFT], FILE]) {
      const { issues, accepted } = parseMany(input, { provider: "harvest", ...options });
      assert.deepEqual([accepted, issues[0].code, issues[0].params], [0, "option_unknown", { option, expected }]);
    }
  }
  assert.equal(parseMany([DRAFT], { defaults: { ammount: "5" } }).issues[0].code, "option_unknown");
  const receipt = harvestV2.payment.receipt({ status: 201, body: '{"id":1}' }, { curency: "USD" });
  assert.deepEqual(receipt, { state: "unknown", code: "unreadable", words: "There is no option curency. Did you mean currency?" });
});
