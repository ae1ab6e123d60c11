// A payment that is not recorded is never said to be, and one that may be is never sent twice.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focused, open, outcome, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const payments = (id) => stack.rows(`select * from payments where provider = '${id}'`);

/** A filled-in Clockify form, up to the review. */
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

test("the form refuses what is wrong, names every field, and leads to each", async () => {
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

test("nobody is scolded while typing, and an error goes as soon as it is mended", async () => {
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

test("a click on the button is not lost to what is said about the field that it leaves", async () => {
  const page = await open(stack, { path: "/?provider=ivvy" });
  await page.locator("remit-payment [name=amount]").click();
  await page.keyboard.type("12.x");
  await page.locator("remit-payment button[type=submit]").click();
  await page.locator("remit-payment .summary").waitFor();
  await page.context().close();
});

test("half a date is called half a date, not a missing one", async () => {
  const page = await open(stack);
  await type(page, { paidAt: "1119" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.match(await page.locator("remit-payment #e-paidAt").textContent(), /year-month-day/);
  await page.context().close();
});

test("a payment that the provider refuses is told in its own words, and can be corrected", async () => {
  const page = await open(stack);
  const before = payments("clockify").length;
  await review(page, inState("clockify", "void"));
  await press(page, "Record payment");
  assert.equal(await settled(page), "refused");
  assert.match(await outcome(page).textContent(), /Nothing was recorded in this attempt\..*Clockify says: .*\(501\)/s);
  assert.equal(payments("clockify").length, before);
  await press(page, "Edit and try again");
  assert.equal(await page.locator("remit-payment [name=amount]").inputValue(), "10.00");
  await page.context().close();
});

test("when the provider commits and the answer is lost, the widget says unknown and never sends again", async () => {
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

test("a storm of clicks records one payment", async () => {
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

test("a page that takes the payment over keeps the widget from sending it", async () => {
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

test("no credential of a provider is in the page, in an event, or in what the browser sends", async () => {
  const page = await open(stack);
  const secrets = stack.describe.providers.flatMap(({ credentials }) => credentials.flatMap((one) => Object.values(one)));
  const seen = [];
  page.on("request", (request) => seen.push(JSON.stringify([request.url(), request.headers(), request.postData()])));
  const answers = [];
  page.on("response", (response) => answers.push(Promise.all([response.allHeaders(), response.text()]).catch(() => "")));
  await page.exposeFunction("told", (text) => seen.push(text));
  await page.evaluate(() => {
    for (const name of ["change", "submit", "success"]) {
      document.addEventListener(`remit-${name}`, (event) => window.told(JSON.stringify(event.detail)));
    }
  });
  await review(page, inState("clockify", "open"));
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  seen.push(...(await Promise.all(answers)).map((answer) => JSON.stringify(answer)));
  assert.ok(seen.some((text) => text.includes("PARTIALLY_PAID")), "the provider's answer was looked at");
  const ids = Object.values(stack.provider("dayzero").ids);
  for (const secret of secrets.filter((secret) => !ids.includes(secret))) {
    assert.ok(!seen.some((text) => text.includes(secret)), `${secret} was seen`);
  }
  assert.ok(seen.length > 3);
  await page.context().close();
});

// Last: it ends the demo.
test("with the relay down nothing is sent, what was typed is kept, and it is said to be safe to try again", async () => {
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
