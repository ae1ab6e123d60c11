// When a request is made: in the same call as its payment, or later.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./package.mjs";

const { clockify, harvest, harvestV2, parseMany } = await import("remit-payments");

const draft = (amount) => ({
  workspaceId: "64a687e29ae1f428e7ebe303",
  invoiceId: "78a687e29ae1f428e7ebe303",
  currency: "USD",
  amount,
  paidAt: "2026-11-19T11:00:00+01:00",
  note: 'ACH "8841"\nfor Ørsted',
});
const amounts = Array.from({ length: 60 }, (_, at) => `${at + 1}.50`);
const minor = ({ request }) => JSON.parse(request.body).amount;

test("a request is the same if it is read at once, later, or after other payments", () => {
  const parsed = () => amounts.map((amount) => clockify.payment.parse(draft(amount)));
  const atOnce = amounts.map((amount) => clockify.payment.parse(draft(amount)).request);
  const [early, late] = [parsed(), parsed()];
  harvestV2.payment.parse({ invoiceId: "1", currency: "EUR", amount: "1", paidAt: "2026-11-19" });
  assert.deepEqual(late.map(({ request }) => request).reverse(), atOnce.toReversed());
  assert.deepEqual(early.map(({ request }) => request), atOnce);
  assert.deepEqual(atOnce.map(({ body }) => JSON.parse(body).amount), amounts.map((amount) => Number(amount) * 100));
});

test("a refused payment has no request, also between accepted ones", () => {
  const results = ["1.50", "no", "2.50"].map((amount) => clockify.payment.parse(draft(amount)));
  assert.deepEqual(results.map(({ request }) => request?.method), ["POST", undefined, "POST"]);
  const again = ["1.50", "no", "2.50"].map((amount) => clockify.payment.parse(draft(amount)).request?.method);
  assert.deepEqual(again, ["POST", undefined, "POST"]);
});

test("headers are those of the payment's own provider", () => {
  const media = (result) => result.request.headers["Content-Type"];
  for (let round = 0; round < 3; round += 1) {
    assert.equal(media(clockify.payment.parse(draft("1.50"))), "application/json");
    assert.equal(media(harvest.payment.parse({ invoiceId: "1", currency: "EUR", amount: "1.00", paidAt: "2026-11-19T10:00:00Z", note: "n" })), "application/xml");
  }
});

test("every row of a file has its own request, in order and out of order", () => {
  const header = "workspaceId,invoiceId,currency,amount,paidAt";
  const { workspaceId, invoiceId, currency, paidAt } = draft("");
  const lines = amounts.map((amount) => [workspaceId, invoiceId, currency, amount, paidAt].join(","));
  const batch = parseMany([header, ...lines, ""].join("\r\n"), { provider: "clockify" });
  const expected = amounts.map((amount) => Number(amount) * 100);
  const indexes = amounts.map((_, at) => at);
  assert.deepEqual(indexes.map((at) => minor(batch.at(at))), expected);
  assert.deepEqual(indexes.toReversed().map((at) => minor(batch.at(at))), expected.toReversed());
  assert.deepEqual([...batch].map(minor), expected);
  const rows = parseMany(amounts.map(draft), { provider: "clockify" });
  assert.deepEqual([...rows].map(minor), expected);
});
