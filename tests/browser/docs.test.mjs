// The HTML examples and the policies of the pages work in a browser, as they are written.
//
// A route serves each example as a page of https://books.example.com. Its relay, https://relay.example.com, is the relay of the demo,
// and the identifiers in its requests are replaced with those of an invoice in the sandbox.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ROOT, examples } from "../docs/blocks.mjs";
import { start } from "./stack.mjs";

const PAGE = "https://books.example.com";
const RELAY = "https://relay.example.com";
const WORKSPACE = "64a687e29ae1f428e7ebe303";
const INVOICE = "78a687e29ae1f428e7ebe303";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };
/** An import map, in place of a bundler, that resolves the names of the package. */
const IMPORTS = '<script type="importmap">{ "imports": { "remit-payments/widget": "/remit-payments/widget.js" } }</script>';

const dist = new URL("dist/", ROOT);
const packed = process.env.REMIT_PACKAGE ? pathToFileURL(`${process.env.REMIT_PACKAGE}/`) : new URL("target/npm/package/", ROOT);
if (!existsSync(packed)) throw new Error("the package is missing: run `cargo xtask package`");

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

/** The file behind a path: the built element under /remit/, the package under /remit-payments/. */
const fileOf = (path) => {
  if (path.startsWith("/remit/")) return new URL(path.slice("/remit/".length), dist);
  if (path.startsWith("/remit-payments/")) return new URL(path.slice("/remit-payments/".length), packed);
  return undefined;
};

/** Forwards a request to the demo's relay, for an invoice that the sandbox has. */
const relayed = async (route, path) => {
  const { ids, invoices } = stack.provider("clockify");
  const url = `${stack.relay}/clockify${path}`.replace(WORKSPACE, ids.workspaceId).replace(INVOICE, invoices[0].id);
  const headers = { ...(await route.request().allHeaders()), origin: new URL(stack.page).origin };
  delete headers["sec-fetch-site"];
  // The server of the page's own that an example sends to has to add a key.
  if (new URL(route.request().url()).origin !== RELAY) headers["idempotency-key"] ??= `"${crypto.randomUUID()}"`;
  delete headers.host;
  const response = await route.fetch({ url, headers });
  await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": PAGE, "access-control-expose-headers": "*" } });
};

/** Opens a page with this HTML, and collects its console output and the browser's errors. */
const open = async (html, { policy, script } = {}) => {
  const context = await stack.browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  Object.assign(page, { printed: [], complaints: [] });
  page.on("console", (message) => (message.type() === "error" ? page.complaints : page.printed).push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await page.route("**/*", (route) => {
    const url = new URL(route.request().url());
    if (url.origin === RELAY) return relayed(route, `${url.pathname}${url.search}`.replace(/^\/clockify/, ""));
    if (url.origin !== PAGE) return route.abort();
    if (url.pathname === "/") {
      return route.fulfill({ contentType: "text/html", body: `<!doctype html><link rel="icon" href="data:,">${html}`, headers: policy ? { "content-security-policy": policy } : {} });
    }
    if (url.pathname.startsWith("/payments/")) return relayed(route, `${url.pathname}${url.search}`.replace(/^\/payments/, ""));
    if (url.pathname === "/session") return route.fulfill({ contentType: "text/plain", body: "a-token" });
    if (url.pathname === "/page.js") return route.fulfill({ contentType: "text/javascript", body: script });
    const file = fileOf(url.pathname);
    if (!file || !existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: TYPES[extname(url.pathname)] ?? "text/plain", body: readFileSync(fileURLToPath(file)) });
  });
  await page.goto(`${PAGE}/`);
  return page;
};

const state = (page, wanted) => page.waitForFunction((wanted) => wanted.includes(document.querySelector("remit-payment").state), wanted);
const recorded = () => stack.rows("select * from payments where provider = 'clockify'").length;

/** Fills in the form and records a payment. */
const pay = async (page) => {
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.value = { ...element.value, paidAt: "2026-11-19", amount: "1.00" };
    element.submit();
  });
  await state(page, ["review"]);
  // A confirmation right after the review appears may be taken for a double click.
  await page.waitForTimeout(1_000);
  await page.locator("remit-payment .review button.primary, remit-payment .form button.primary").first().click();
};

for (const { code, where } of examples("html")) {
  const isForm = code.includes("<remit-payment");
  const html = code.includes('import "remit-payments') ? `${IMPORTS}\n${code}` : code;

  test(`${where}: the page works`, async () => {
    const page = await open(html);
    if (isForm) {
      await state(page, ["editing"]);
    } else {
      await page.waitForFunction(() => import("/remit-payments/slim.js").then(({ isInitialized }) => isInitialized()));
    }
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  if (code.includes("settle(") || code.includes("remit-success")) {
    test(`${where}: a payment is recorded, and the page is notified`, async () => {
      const page = await open(html);
      await state(page, ["editing"]);
      const before = recorded();
      await pay(page);
      await state(page, ["recorded"]);
      assert.equal(recorded(), before + 1);
      if (code.includes("remit-success")) assert.match(page.printed.at(-1), /^recorded /);
      await page.context().close();
    });
  }

  if (code.includes("remit-unknown")) {
    test(`${where}: the page is notified about an unknown outcome`, async () => {
      const page = await open(html);
      await state(page, ["editing"]);
      await stack.fault("drop-after-commit*1");
      await pay(page);
      await state(page, ["unknown"]);
      assert.match(page.printed.at(-1), /^check before you send again /);
      await page.context().close();
    });
  }
}

const FORM = `<script type="module" src="/page.js"></script><remit-payment provider="clockify" base-url="${RELAY}/clockify"></remit-payment>`;
for (const { code, where } of examples("http")) {
  const policy = code.match(/^Content-Security-Policy: (.*)\n$/)?.[1];
  for (const [entry, trusted] of [
    ["/remit/remit.js", false],
    ["/remit/remit.js", true],
    ["/remit-payments/widget.js", true],
  ]) {
    const whole = trusted ? `${policy}; require-trusted-types-for 'script'` : policy;
    test(`${where}: ${entry} works under ${whole}`, async () => {
      assert.ok(policy, "the block is not a policy");
      const page = await open(FORM, { policy: whole, script: `import "${entry}";` });
      await state(page, ["editing"]);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }
}

test("without the keyword of the policies, the element does not load and names the keyword", async () => {
  const page = await open(FORM, { policy: "script-src 'self'", script: 'import "/remit/remit.js";' });
  await page.waitForFunction(() => document.querySelector("remit-payment").shadowRoot?.querySelector("slot"));
  assert.match(page.complaints.join("\n"), /'wasm-unsafe-eval' in script-src/);
  await page.context().close();
});
