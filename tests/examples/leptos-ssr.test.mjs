// A page that a server renders: the browser takes it over without a visible change.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, press, type } from "../browser/stack.mjs";
import { startExample } from "./example.mjs";

let stack;
before(async () => (stack = await startExample("leptos-ssr")));
after(() => stack.stop());

const ready = ".remit-form";
/** The browser has the button for today's date, the server does not know the date. */
const taken = (page) => page.locator(".fill", { hasText: "Today" }).nth(1).waitFor();
/** The styles and the script are inline, and the demo's policy rejects them. */
const options = { ready, bypassCSP: true };

/** Opens the page, and holds back its module until the result is called. */
async function held() {
  let go;
  const gate = new Promise((resolve) => (go = resolve));
  const prepare = (page) => page.route("**/*.wasm", (route) => gate.then(() => route.continue()));
  const page = await open(stack, { ...options, prepare });
  return [page, go];
}

test("the browser keeps every element of the server's page, and nothing moves", async () => {
  const [page, go] = await held();
  const served = await page.evaluate(() => {
    window.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
    window.served = [...document.querySelectorAll("main, main *")];
    window.text = document.querySelector("main").innerText;
    return served.length;
  });
  assert.ok(served > 50);
  assert.match(await page.evaluate(() => text), /USD 1250\.00/);
  assert.equal(await page.locator("[type=submit]").first().isDisabled(), true);

  go();
  await taken(page);
  await page.locator("[type=submit]:enabled").first().waitFor();
  // As the browser writes them.
  await page.locator(".balance", { hasText: "Balance $1,250.00" }).waitFor();
  await page.locator(".balance", { hasText: "Balance €980.50" }).waitFor();
  // The line with the balance is written again.
  const lost = await page.evaluate(() => served.filter((element) => !element.isConnected && !element.closest(".lead")).map((element) => element.outerHTML));
  assert.deepEqual(lost, [], "hydration has replaced elements");
  // The entries of a frame arrive after it.
  await page.waitForTimeout(300);
  const moved = await page.evaluate(() => shifts.map(({ value, sources }) => [value, ...sources.map(({ node, previousRect, currentRect }) => `${(node.outerHTML ?? node.textContent).slice(0, 80)} ${JSON.stringify(previousRect)} ${JSON.stringify(currentRect)}`)]));
  assert.deepEqual(moved, []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("text that was typed before the browser took the page over stays", async () => {
  const [page, go] = await held();
  const amount = page.locator("[name=amount]").first();
  await amount.pressSequentially("1,000.50");
  await page.locator("[name=note]").first().pressSequentially("ACH 8841");
  await page.keyboard.press("Enter");
  go();
  await taken(page);
  assert.equal(await amount.inputValue(), "1,000.50");
  assert.equal(await page.locator("[name=note]").first().inputValue(), "ACH 8841\n");
  assert.equal(await page.locator("[name=amount]").nth(1).inputValue(), "80.50", "the draft of the application");
  assert.equal(await page.evaluate(() => location.search), "", "the form was not submitted");
  await page.context().close();
});

test("a payment in the page is recorded, by keyboard", async () => {
  const page = await open(stack, options);
  await taken(page);
  await type(page, { paidAt: "11192026", amount: "1,000.50" });
  await press(page, "Review payment");
  await page.locator(".review").waitFor();
  await press(page, "Record payment");
  await page.locator(".outcome").waitFor();
  assert.equal(await page.locator(".outcome").getAttribute("data-outcome"), "recorded");
  assert.equal(await page.locator("output").textContent(), "USD 1000.50");
  const [row] = stack.rows("select * from payments where provider = 'clockify' order by recorded_at desc, rowid desc");
  assert.equal(row.amount_minor, 100050);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("after a reload, a payment whose response was lost appears in the page that the server rendered", async () => {
  const page = await open(stack, options);
  await taken(page);
  await type(page, { paidAt: "11192026", amount: "2.25" });
  await press(page, "Review payment");
  await page.locator(".review").waitFor();
  await page.route("**/payments*", (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
  await press(page, "Record payment");
  await page.locator(".outcome[data-outcome=unknown]").waitFor();
  await page.reload();
  await page.locator(".remit-form").first().locator(".outcome[data-outcome=unknown]").waitFor();
  assert.equal(await page.locator(".remit-form").nth(1).locator("form").count(), 1, "the other invoice has no such payment");
  assert.deepEqual(page.complaints.filter((text) => !text.includes("net::ERR_FAILED")), []);
  await page.context().close();
});
