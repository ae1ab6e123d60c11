// An application that runs only in the browser uses every component.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, press, start, type } from "../browser/stack.mjs";
import { startExample } from "./example.mjs";

let stack;
before(async () => (stack = await startExample("leptos")));
after(() => stack.stop());

/** Trunk's script and the styles are inline, and the demo's policy rejects them. */
const opened = (options = {}) => open(stack, { ready: ".remit-form", bypassCSP: true, ...options });
const tab = (page, name) => page.getByRole("button", { name, exact: true }).click();
const outcome = (page) => page.locator(".outcome");
const log = (page) => page.locator(".log li").allTextContents();
const stored = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("remit ")));
const latest = () => stack.rows("select * from payments where provider = 'clockify' order by recorded_at desc, rowid desc")[0];

/** Fills in the form and opens the review, by keyboard. */
async function review(page, amount) {
  await type(page, { paidAt: "11192026", amount });
  await press(page, "Review payment");
  await page.locator(".review").waitFor();
}

/** Holds back the request that records a payment until the result is called; it then ends as `end` says. */
async function hold(page, end = (route) => route.continue()) {
  let go, arrived;
  const gate = new Promise((resolve) => (go = resolve));
  const sent = new Promise((resolve) => (arrived = resolve));
  await page.route("**/invoices/*/payments", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    arrived();
    await gate;
    await end(route);
  });
  return { go, sent };
}

test("a payment is recorded by keyboard, and the application learns of it", async () => {
  const page = await opened();
  await type(page, { paidAt: "11192026", amount: "1,000.5" });
  await page.locator("output", { hasText: "1000.5" }).waitFor();
  await press(page, "Review payment");
  await press(page, "Record payment");
  await outcome(page).waitFor();
  assert.equal(await outcome(page).getAttribute("data-outcome"), "recorded");
  assert.deepEqual(await log(page), ["recorded USD 1000.50"]);
  assert.equal(latest().amount_minor, 100050);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a draft that the application changes is shown, and a locked form accepts no input", async () => {
  const page = await opened();
  const amount = page.locator("[name=amount]");
  await amount.fill("12.50");
  await page.getByLabel("Locked").check();
  await page.locator("[name=amount]:disabled").waitFor();
  assert.equal(await page.locator(".remit-form :is(input, textarea, button):enabled").count(), 0);
  await page.getByLabel("Locked").uncheck();
  await page.locator("[name=amount]:enabled").waitFor();
  // The draft belongs to the application, so it outlives the form.
  await tab(page, "New invoice");
  await tab(page, "One invoice");
  await amount.waitFor();
  assert.equal(await amount.inputValue(), "12.50");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("an invalid prop shows an alert in place of the form until it is valid", async () => {
  const page = await opened();
  const provider = page.getByLabel("Provider");
  await tab(page, "Recorded payments");
  await provider.fill("xero");
  await tab(page, "One invoice");
  const alert = page.locator(".remit-form [role=alert]");
  await alert.waitFor();
  assert.match(await alert.textContent(), /provider="xero" is unknown\. Set one or more of: clockify, /);
  assert.equal(await page.locator(".remit-form form").count(), 0);
  assert.ok(page.complaints.some((text) => text.includes('remit: provider="xero" is unknown')), page.complaints.join());
  await provider.fill("clockify");
  await page.locator(".remit-form form").waitFor();
  assert.equal(await alert.count(), 0);
  await page.context().close();
});

test("a prop that becomes invalid keeps the form, and blocks it", async () => {
  const page = await opened();
  const [provider, amount] = [page.getByLabel("Provider"), page.locator("[name=amount]")];
  await amount.fill("12.50");
  await provider.fill("clockify xero");
  const alert = page.locator(".blocked[role=alert]");
  await alert.waitFor();
  assert.equal(await amount.inputValue(), "12.50");
  assert.equal(await page.locator(".form :is(input, textarea, button):enabled").count(), 0);
  await provider.fill("clockify");
  await page.locator("[name=amount]:enabled").waitFor();
  assert.equal(await alert.count(), 0);
  assert.equal(await amount.inputValue(), "12.50");
  await page.context().close();
});

test("the application takes a payment over, and settles it", async () => {
  const page = await opened();
  await page.getByLabel("The application sends").check();
  await page.locator(".settings input").last().focus();
  await review(page, "3.25");
  const { go, sent } = await hold(page);
  await press(page, "Record payment");
  await sent;
  assert.equal(await page.locator(".remit").getAttribute("data-state"), "handed-over");
  go();
  await outcome(page).waitFor();
  assert.equal(await outcome(page).getAttribute("data-outcome"), "recorded");
  assert.deepEqual(await log(page), ["recorded USD 3.25"]);
  assert.equal(latest().amount_minor, 325);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a payment is recorded although its form is unmounted while it is being sent", async () => {
  const page = await opened();
  await review(page, "4.25");
  const { go, sent } = await hold(page);
  await press(page, "Record payment");
  await sent;
  assert.equal((await stored(page)).length, 1, "an intent is stored before its request is sent");
  await tab(page, "New invoice");
  await page.locator("[name=amount]").waitFor({ state: "detached" });
  go();
  await page.locator(".log li").waitFor();
  assert.deepEqual(await log(page), ["recorded USD 4.25"]);
  assert.equal(latest().amount_minor, 425);
  assert.deepEqual(await stored(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the next form shows a payment whose response was lost after its form was unmounted", async () => {
  const page = await opened();
  await review(page, "5.25");
  // The relay has recorded it, and the response is lost; the list of payments cannot be read either.
  const { go, sent } = await hold(page, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await press(page, "Record payment");
  await sent;
  await page.route("**/invoices/*", (route) => (route.request().method() === "GET" ? route.abort() : route.fallback()));
  await page.route("**/payments*", (route) => (route.request().method() === "GET" ? route.abort() : route.fallback()));
  await tab(page, "New invoice");
  await page.locator("[name=amount]").waitFor({ state: "detached" });
  go();
  await page.locator(".log li", { hasText: "unknown 5.25" }).waitFor();
  assert.equal((await stored(page)).length, 1);
  await tab(page, "One invoice");
  await outcome(page).waitFor();
  assert.equal(await outcome(page).getAttribute("data-outcome"), "unknown");
  // The relay is reachable again, and knows what became of the payment's key.
  await page.unrouteAll();
  await press(page, "Check again");
  await page.locator(".outcome[data-outcome=recorded]").waitFor();
  assert.equal(latest().amount_minor, 525);
  assert.deepEqual(await stored(page), []);
  await page.context().close();
});

test("a form that is mounted while the payment is being sent waits for it", async () => {
  const page = await opened();
  await review(page, "6.25");
  const { go, sent } = await hold(page);
  await press(page, "Record payment");
  await sent;
  await tab(page, "New invoice");
  await page.locator("[name=amount]").waitFor({ state: "detached" });
  await tab(page, "One invoice");
  await outcome(page).waitFor();
  assert.equal(await outcome(page).getAttribute("data-outcome"), "unknown");
  assert.match(await outcome(page).textContent(), /is recording this payment now/);
  go();
  // It leaves the payment to the other form, and is ready for the next one.
  await page.locator("[name=amount]").waitFor();
  assert.deepEqual(await log(page), ["unknown 6.25", "recorded USD 6.25"]);
  assert.deepEqual(await stored(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("two forms of a page have different ids, and each records its own invoice", async () => {
  const page = await opened();
  await tab(page, "Two invoices");
  await page.locator(".remit-form").nth(1).waitFor();
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length, ids.join());
  const second = page.locator(".remit-form").nth(1);
  await second.getByLabel("Payment date").fill("2026-11-19");
  await second.getByLabel("Amount").fill("7.25");
  await second.getByRole("button", { name: "Review payment" }).press("Enter");
  await second.getByRole("button", { name: "Record payment" }).press("Enter");
  await outcome(page).waitFor();
  assert.equal(await second.locator(".outcome").getAttribute("data-outcome"), "recorded");
  assert.equal(await page.locator(".remit-form").first().locator("form").count(), 1);
  assert.deepEqual(await log(page), ["recorded EUR 7.25"]);
  assert.equal(latest().invoice_id, "0000000064a687e29ae103ea");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the list of payments is open, and an invoice can be added", async () => {
  const page = await opened();
  await tab(page, "Recorded payments");
  await page.locator(".payments .line").first().waitFor();
  assert.ok((await page.locator(".payments .remove").count()) > 0);
  await tab(page, "New invoice");
  await page.locator("[name=clientId]").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

/** The computed styles in which the component could differ from the element. */
const looks = (page, root) =>
  page.evaluate((root) => {
    const host = document.querySelector(root);
    const within = host.shadowRoot ?? host;
    const of = (selector) => {
      const style = getComputedStyle(within.querySelector(selector));
      const names = ["color", "backgroundColor", "borderRadius", "borderColor", "padding", "margin", "fontWeight", "minHeight", "display", "boxSizing"];
      return [selector, ...names.map((name) => style[name])].join(" | ");
    };
    return [".remit", ".title", ".form", ".field[data-kind=amount]", ".field[data-kind=amount] .label", ".field[data-kind=amount] .control", "[name=amount]", ".primary", ".toggle"].map(of);
  }, root);

for (const colorScheme of ["light", "dark"]) {
  test(`in ${colorScheme} mode the component looks as the element of the release page does`, async () => {
    const page = await opened({ colorScheme });
    const other = await start();
    try {
      const demo = await open(other, { colorScheme });
      await demo.locator("#invoice").selectOption({ index: 1 });
      await demo.locator("remit-payment .toggle").waitFor();
      assert.deepEqual(await looks(page, ".remit-form"), await looks(demo, "remit-payment"));
    } finally {
      await other.stop();
    }
    await page.context().close();
  });
}

test("the form fits a narrow window", async () => {
  const page = await opened({ viewport: { width: 320, height: 700 } });
  for (const name of ["One invoice", "Two invoices", "Recorded payments", "New invoice"]) {
    await tab(page, name);
    await page.locator(".remit-form").first().waitFor();
    const [width, wide] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
    assert.equal(wide, width, `${name} is wider than the window`);
  }
  await page.context().close();
});
