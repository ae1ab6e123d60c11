// Every host shows the form, sets its values, receives its events, and records a payment through the relay.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createServer } from "vite";
import { start } from "../browser/stack.mjs";
import { CONTRACT, ready } from "./contract.mjs";
import { HOSTS, SITE, config, copied, here, prepare, renderAndBundle } from "./hosts.mjs";

let stack;
before(async () => {
  prepare();
  stack = await start({ page: SITE });
});
after(() => stack?.stop());

/** A page that collects the browser's warnings and errors. */
async function blank({ lax, ...options } = {}) {
  const context = await stack.browser.newContext({ locale: "en-GB", reducedMotion: "reduce", bypassCSP: lax !== undefined, ...options });
  // The timeout allows for a slow machine.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  return page;
}

const data = () => new URL("demo.json", stack.page).href;

/** The values that each application sets, and the payments that the sandbox has recorded. */
const account = async () => {
  const { relay, providers } = await (await fetch(data())).json();
  const { ids, invoices, transactions } = providers.find(({ id }) => id === "dayzero");
  const recorded = () => stack.rows("select id from payments where provider = 'dayzero'");
  return { baseUrl: `${relay}/dayzero`, businessId: ids.businessId, invoices, transactions, recorded };
};

for (const host of HOSTS) {
  test(host.name, async (t) => {
    await host.make(host.folder);
    const page = await blank({ lax: host.lax });
    const set = await account();
    await page.goto(new URL(`${host.folder}/`, stack.page).href);
    for (const [name, holds] of Object.entries(CONTRACT)) await t.test(`${host.name}: ${name}`, () => holds(page, set));
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

/** The assertions for a page that a server rendered. Svelte's server renders objects as attributes, which the element ignores. */
const RENDERED = Object.entries(CONTRACT).filter(([name]) => name !== "sets an object and an array as properties, not as attributes");

for (const { folder, name, rendered, lax } of HOSTS.filter(({ rendered }) => rendered)) {
  test(`${name}: a server renders the fallback, and the browser continues with the form`, async (t) => {
    const set = await account();
    if (rendered !== folder) await renderAndBundle(folder, set);
    const address = new URL(`${rendered}/`, stack.page).href;
    const still = await blank({ lax, javaScriptEnabled: false });
    await still.goto(address);
    await still.getByText(/^Pay .* by bank transfer\.$/).waitFor({ state: "visible" });
    await still.context().close();

    const page = await blank({ lax });
    await page.goto(address);
    for (const [assertion, holds] of RENDERED) await t.test(`${name}, rendered: ${assertion}`, () => holds(page, set));
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("Next.js: the form replaces the fallback without a layout shift, because the page reserves the height", async () => {
  const { folder, lax } = HOSTS.find(({ name }) => name === "Next.js");
  const page = await blank({ lax });
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(new URL(`${folder}/`, stack.page).href);
  await page.locator("remit-payment .lead").waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
  assert.deepEqual(await page.evaluate(() => shifts), []);
  await page.context().close();
});

for (const { folder, name, component, remounts } of HOSTS.filter(({ component }) => component)) {
  const effect = remounts ? "gets a new form" : "keeps its form and the entered values";
  test(`${name}: an edited component ${effect}, without a reload of the page`, async () => {
    const root = copied(folder);
    // A build has set it to "production".
    process.env.NODE_ENV = "development";
    const server = await createServer({ ...config(folder, root), server: { host: "127.0.0.1", port: 0, fs: { allow: [here] } } });
    try {
      await server.listen();
      const page = await blank();
      // The development server does not have the demo's data.
      await page.route("**/demo.json", async (route) => route.fulfill({ response: await route.fetch({ url: data() }) }));
      await page.goto(server.resolvedUrls.local[0]);
      await ready(page);
      const amount = page.locator("remit-payment [name=amount]");
      await amount.fill("1.25");
      const element = await page.locator("remit-payment").elementHandle();

      const path = join(root, component);
      const source = readFileSync(path, "utf8");
      const edited = source.replace("Next invoice", "Another invoice").replace("by bank transfer", "by wire");
      assert.notEqual(edited, source);
      writeFileSync(path, edited);
      await page.getByRole("button", { name: "Another invoice" }).waitFor();
      await ready(page);

      assert.equal(await amount.inputValue(), remounts ? "" : "1.25");
      assert.equal(await page.locator("remit-payment").evaluate((now, before) => now === before, element), !remounts);
      assert.match(await page.locator("remit-payment > p").textContent(), /by wire/);
      await amount.fill("2.50");
      await page.locator("output", { hasText: "2.50" }).waitFor();
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    } finally {
      await server.close();
    }
  });
}
