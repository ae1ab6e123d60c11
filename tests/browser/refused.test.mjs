// A payment that was not recorded is never reported as recorded, and a payment that may be recorded is never sent twice.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focused, open, outcome, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const payments = (id) => stack.rows(`select * from payments where provider = '${id}'`);

/** Fills in the form for Clockify and opens the review. */
async function review(page, invoice, amount = "10.00") {
  const { ids } = stack.provider("clockify");
  await type(page, { workspaceId: ids.workspaceId, invoiceId: invoice.id, currency: invoice.currency, paidAt: "11192026", amount });
  await press(page, "Review payment");
  await page.locator("remit-payment .review").waitFor();
}

const inState = (id, state) => {
  const [row] = stack.rows(`select id, currency from invoices where provider = '${id}' and state = '${state}'`);
  return row;
};

test("the error summary lists every field with an error and links to it", async () => {
  const page = await open(stack);
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await type(page, { amount: "12.3456" });
  await press(page, "Review payment");
  const summary = page.locator("remit-payment .summary");
  await summary.waitFor();
  await page.waitForFunction(() => document.querySelector("remit-payment").shadowRoot.activeElement?.className === "summary");
  assert.deepEqual(await summary.locator("li").allTextContents(), [
    "Workspace is required.",
    "Invoice is required.",
    "Currency is required.",
    "Payment date is required.",
  ]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "workspaceId");
  await type(page, { currency: "EUR" });
  await page.keyboard.press("Tab");
  assert.match(await page.locator("remit-payment #e-amount").textContent(), /at most 2 decimals in EUR/);
  assert.deepEqual(sent, []);
  await page.context().close();
});

test("an error appears only after the field is left, and disappears once it is corrected", async () => {
  const page = await open(stack);
  const error = page.locator("remit-payment #e-amount");
  await type(page, { currency: "EUR", amount: "12.3x" });
  assert.equal(await error.count(), 0);
  await page.keyboard.press("Tab");
  await error.waitFor();
  await page.locator("remit-payment [name=amount]").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await error.waitFor({ state: "detached" });
  await page.context().close();
});

test("a click on the submit button from an invalid field is not lost", async () => {
  const page = await open(stack, { path: "/?provider=ivvy" });
  await page.locator("remit-payment [name=amount]").click();
  await page.keyboard.type("12.x");
  await page.locator("remit-payment button[type=submit]").click();
  await page.locator("remit-payment .summary").waitFor();
  await page.context().close();
});

test("an incomplete date is reported as malformed, not as missing", async () => {
  const page = await open(stack);
  await type(page, { paidAt: "1119" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.match(await page.locator("remit-payment #e-paidAt").textContent(), /year-month-day/);
  await page.context().close();
});

test("a refusal shows the provider's words, and the payment can be corrected", async () => {
  const page = await open(stack);
  const before = payments("clockify").length;
  // The form could not read the invoice. Otherwise it would refuse the payment itself.
  await page.route(/\/invoices\/[^/]+$/, (route) => route.abort());
  await review(page, inState("clockify", "void"));
  await press(page, "Record payment");
  assert.equal(await settled(page), "refused");
  assert.match(await outcome(page).textContent(), /Nothing was recorded in this attempt\..*Clockify says: .*\(501\)/s);
  assert.equal(payments("clockify").length, before);
  await press(page, "Edit and try again");
  assert.equal(await page.locator("remit-payment [name=amount]").inputValue(), "10.00");
  await page.context().close();
});

test("a payment for a void invoice is refused before anything is sent, although the page did not set the invoice", async () => {
  const page = await open(stack);
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  const [{ ids }, { id, currency }] = [stack.provider("clockify"), inState("clockify", "void")];
  await type(page, { workspaceId: ids.workspaceId, invoiceId: id, currency, paidAt: "11192026", amount: "10.00" });
  await page.locator("remit-payment .lead").waitFor();
  await press(page, "Review payment");
  await page.locator("remit-payment .summary", { hasText: "“Void” do not accept payments" }).waitFor();
  assert.deepEqual(sent, []);
  await page.context().close();
});

test("if the response to a recorded payment is lost, the outcome is unknown and the payment is not sent again", async () => {
  const page = await open(stack);
  const before = payments("clockify").length;
  await stack.fault("drop-after-commit@clockify");
  await review(page, inState("clockify", "open"));
  await press(page, "Record payment");
  assert.equal(await settled(page), "unknown");
  assert.match(await outcome(page).textContent(), /may be recorded in Clockify\. Check there before/);
  assert.equal(await page.locator("remit-payment .remit").getAttribute("data-state"), "unknown");
  assert.equal(await page.getByText("Try again").count(), 0);
  await page.waitForTimeout(1500);
  assert.equal(payments("clockify").length, before + 1, "sent once, recorded once");
  await stack.fault();
  await page.context().close();
});

test("fifty clicks record one payment", async () => {
  const page = await open(stack);
  const before = payments("clockify").length;
  await stack.fault("delay=1@clockify");
  await review(page, inState("clockify", "open"), "1.23");
  await page.locator("remit-payment .review .primary").evaluate((button) => {
    for (let click = 0; click < 50; click += 1) button.click();
  });
  await page.locator("remit-payment .primary.busy").waitFor();
  await page.locator("remit-payment .primary.busy").click({ force: true });
  assert.equal(await settled(page), "recorded");
  assert.equal(payments("clockify").length, before + 1);
  await stack.fault();
  await page.context().close();
});

test("cancelling remit-submit keeps the form from sending the payment", async () => {
  const page = await open(stack);
  const before = payments("clockify").length;
  await page.evaluate(() => document.querySelector("remit-payment").addEventListener("remit-submit", (event) => event.preventDefault()));
  await review(page, inState("clockify", "open"));
  await press(page, "Record payment");
  await page.waitForTimeout(500);
  assert.equal(await page.locator("remit-payment .remit").getAttribute("data-state"), "handed-over");
  assert.equal(payments("clockify").length, before);
  await page.context().close();
});

test("no credential of a provider is in an event, a request or a response", async () => {
  const page = await open(stack);
  const secrets = stack.describe.providers.flatMap(({ credentials }) => credentials.flatMap((one) => Object.values(one)));
  const seen = [];
  page.on("request", (request) => seen.push(JSON.stringify([request.url(), request.headers(), request.postData()])));
  const responses = [];
  page.on("response", (response) => responses.push(Promise.all([response.allHeaders(), response.text()]).catch(() => "")));
  await page.exposeFunction("report", (text) => seen.push(text));
  await page.evaluate(() => {
    for (const name of ["change", "submit", "success"]) {
      document.addEventListener(`remit-${name}`, (event) => window.report(JSON.stringify(event.detail)));
    }
  });
  await review(page, inState("clockify", "open"));
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  seen.push(...(await Promise.all(responses)).map((response) => JSON.stringify(response)));
  assert.ok(seen.some((text) => text.includes("PARTIALLY_PAID")), "the provider's response was collected");
  const ids = Object.values(stack.provider("dayzero").ids);
  for (const secret of secrets.filter((secret) => !ids.includes(secret))) {
    assert.ok(!seen.some((text) => text.includes(secret)), `${secret} was seen`);
  }
  await page.context().close();
});

// This test is the last one because it ends the demo's relay.
test("with the relay down, the outcome is not-sent and the entered values are kept", async () => {
  const page = await open(stack);
  await review(page, stack.provider("clockify").invoices[0]);
  stack.killRelay();
  await page.waitForTimeout(300);
  await press(page, "Record payment");
  assert.equal(await settled(page), "not-sent");
  assert.match(await outcome(page).textContent(), /Nothing was recorded/);
  await press(page, "Change");
  assert.equal(await page.locator("remit-payment [name=amount]").inputValue(), "10.00");
  await page.context().close();
});
