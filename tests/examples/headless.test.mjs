// examples/react-headless and examples/svelte-headless, built by Vite, record payments through the demo's relay.
//
// The package must be installed in examples/, as the step `examples` does.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { start } from "../browser/stack.mjs";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

const { build } = await import(pathToFileURL(createRequire(join(examples, "package.json")).resolve("vite")));

const UNKNOWN = "We do not know whether the payment was recorded";
const NAMES = ["react-headless", "svelte-headless"];

let stack, out;
before(async () => {
  out = mkdtempSync(join(tmpdir(), "remit-examples-"));
  for (const name of NAMES) {
    await build({ root: join(examples, name), logLevel: "error", build: { outDir: join(out, name), emptyOutDir: true } });
  }
  writeFileSync(join(out, "index.html"), NAMES.map((name) => `<a href="${name}/">${name}</a>`).join(" "));
  stack = await start({ page: out });
});
after(async () => {
  await stack?.stop();
  rmSync(out, { recursive: true, force: true });
});

/** Opens an example for an invoice in the sandbox, and collects the browser's errors. */
const open = async (name, invoice) => {
  const context = await stack.browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  const query = new URLSearchParams({ relay: `${stack.relay}/harvest-v2`, invoice: invoice.id, currency: invoice.currency });
  await page.goto(new URL(`/${name}/?${query}`, stack.page).href);
  return page;
};

const recorded = (invoice) => stack.rows(`select * from payments where provider = 'harvest-v2' and invoice_id = '${invoice.id}' order by rowid`);
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const heading = (page, name) =>
  page.getByRole("heading", { name }).waitFor().catch(async (error) => {
    throw new Error(`the page shows no heading "${name}": ${await page.innerText("main")}\n${page.complaints.join("\n")}`, { cause: error });
  });

for (const name of NAMES) {
  test(`${name} checks what is entered, and records a payment`, async () => {
    const [invoice] = stack.provider("harvest-v2").invoices;
    const before = recorded(invoice).length;
    const page = await open(name, invoice);
    await press(page, "Review payment");
    await page.getByText("Amount is required.").waitFor();
    await page.getByLabel("Payment date").fill("2026-11-19");
    await page.getByLabel("Amount").fill("1,2");
    await page.getByLabel("Note").fill(`from ${name}`);
    await page.getByLabel("Amount").fill("1,000.50");
    await press(page, "Review payment");
    await heading(page, "Check before recording");
    await page.getByText(/1,000\.50.*19\sNovember\s2026/).first().waitFor();
    assert.equal(recorded(invoice).length, before);
    await press(page, "Record payment");
    await heading(page, "Payment recorded");
    const rows = recorded(invoice);
    assert.equal(rows.length, before + 1);
    assert.deepEqual([rows.at(-1).amount_minor, rows.at(-1).note], [100050, `from ${name}`]);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test(`${name} finds a payment whose response was lost`, async () => {
    const [, invoice] = stack.provider("harvest-v2").invoices;
    const before = recorded(invoice).length;
    const page = await open(name, invoice);
    await page.getByLabel("Payment date").fill("2026-11-19");
    await page.getByLabel("Amount").fill("2.25");
    await page.getByLabel("Note").fill(`lost, from ${name}`);
    await press(page, "Review payment");
    await heading(page, "Check before recording");
    await stack.fault("drop-after-commit*1");
    await press(page, "Record payment");
    await heading(page, UNKNOWN);
    await press(page, "Check again");
    await heading(page, "Payment recorded");
    assert.equal(recorded(invoice).length, before + 1);
    await page.context().close();
  });

  test(`${name} shows an unknown outcome again after a reload`, async () => {
    const [, , invoice] = stack.provider("harvest-v2").invoices;
    const before = recorded(invoice).length;
    const page = await open(name, invoice);
    await page.getByLabel("Payment date").fill("2026-11-19");
    await page.getByLabel("Amount").fill(name === NAMES[0] ? "3.25" : "4.25");
    await press(page, "Review payment");
    await heading(page, "Check before recording");
    await stack.fault("drop-after-commit*1");
    await press(page, "Record payment");
    await heading(page, UNKNOWN);
    await page.reload();
    await heading(page, UNKNOWN);
    await press(page, "Check again");
    await press(page, "It is this payment");
    await heading(page, "Payment recorded");
    assert.equal(recorded(invoice).length, before + 1);
    await page.context().close();
  });
}
