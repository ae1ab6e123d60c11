// The demo as a real host: its server asks the relay for sessions, and each payment has a key.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start({ sessions: true })));
after(() => stack.stop());

/** The headers of the requests that the page sent to the relay with POST. */
const posted = (page) => {
  const requests = [];
  page.on("request", (request) => {
    if (request.url().startsWith(stack.relay) && request.method() === "POST") requests.push(request.allHeaders());
  });
  return () => Promise.all(requests);
};

const values = ({ invoices: [invoice] }, amount) => ({ invoiceId: invoice.id, currency: invoice.currency, paidAt: "11192026", amount, note: "Session" });
const recorded = (amount) => stack.rows(`select * from payments where provider = 'harvest-v2' and amount_minor = ${amount}`).length;

test("the relay refuses a request without a session", async () => {
  const { invoices: [invoice] } = stack.provider("harvest-v2");
  const response = await fetch(`${stack.relay}/harvest-v2/v2/invoices/${invoice.id}`);
  assert.equal(response.status, 401);
  assert.equal((await response.json()).code, "session");
});

test("the demo's page records a payment with its session and a key", async () => {
  const page = await open(stack, { path: "/?provider=harvest-v2" });
  const headers = posted(page);
  await type(page, values(stack.provider("harvest-v2"), "11.50"));
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  const [sent, ...more] = await headers();
  assert.equal(more.length, 0);
  assert.match(sent.authorization, /^Bearer v4\.local\./);
  assert.match(sent["idempotency-key"], /^"[!-~]{16,}"$/);
  assert.equal(recorded(1150), 1);
  assert.deepEqual(page.complaints, []);
});

test("after its session has expired, the page gets a new one and loses no entry", async () => {
  const page = await open(stack, { path: "/?provider=harvest-v2" });
  await type(page, values(stack.provider("harvest-v2"), "12.50"));
  await page.evaluate(() => { document.querySelector("remit-payment").session = "v4.local.expired"; });
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "not-sent");
  await page.waitForFunction(() => document.querySelector("remit-payment").session !== "v4.local.expired");
  await press(page, "Try again");
  await press(page, "Record payment");
  await page.locator('remit-payment .outcome[data-outcome="recorded"]').waitFor();
  assert.equal(recorded(1250), 1);
});
