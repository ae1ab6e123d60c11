// The element in a page without a framework: definition, several elements, other trees and documents, memory, and layout.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { start } from "../browser/stack.mjs";
import { ready } from "./contract.mjs";
import { PACKAGE, here } from "./hosts.mjs";

const SITE = join(here, ".out", "lifecycle");
const HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Lifecycle</title><link rel="icon" href="data:,">';
const FALLBACK = "<p>The payment form is loading.</p>";
const RENDERED = `${HEAD}<link rel="stylesheet" href="rendered.css">
<body><div>Invoice INV-42</div>
<remit-payment provider="clockify" workspace-id="64a687e29ae1f428e7ebe303" invoice-id="78a687e29ae1f428e7ebe303" currency="USD">${FALLBACK}</remit-payment>
<p id="after">The text after the form</p>
<script type="module" src="remit/widget.js"></script></body></html>
`;

let stack;
before(async () => {
  rmSync(SITE, { recursive: true, force: true });
  mkdirSync(SITE, { recursive: true });
  cpSync(PACKAGE, join(SITE, "remit"), { recursive: true });
  writeFileSync(join(SITE, "index.html"), `${HEAD}<body></body></html>\n`);
  writeFileSync(join(SITE, "rendered.html"), RENDERED);
  writeFileSync(join(SITE, "rendered.css"), "remit-payment { display: flow-root; min-height: 30rem }\n");
  stack = await start({ page: SITE });
});
after(() => stack?.stop());

/** Opens a page with some functions for the tests, and collects the browser's errors. */
async function open(t, { path = "", defined = true, prepare, waitUntil } = {}) {
  const context = await stack.browser.newContext({ locale: "en-GB", reducedMotion: "reduce", viewport: { width: 1000, height: 1200 } });
  t.after(() => context.close());
  // The timeout allows for a slow machine.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await page.addInitScript(() => {
    globalThis.INVOICE = { id: "78a687e29ae1f428e7ebe303", number: "INV-42", balance: "1250.00", currency: "USD" };
    globalThis.define = () => import("/remit/widget.js");
    /** A new form for an invoice. */
    globalThis.form = (properties) =>
      Object.assign(document.createElement("remit-payment"), { provider: "clockify", workspaceId: "64a687e29ae1f428e7ebe303", invoice: INVOICE, ...properties });
    /** Waits until an element fires remit-ready. */
    globalThis.isReady = (element) =>
      new Promise((resolve, reject) => {
        if (element.state === "editing") resolve();
        element.addEventListener("remit-ready", resolve, { once: true });
        element.addEventListener("remit-load-error", ({ detail }) => reject(new Error(detail.message)), { once: true });
      });
    globalThis.control = (element, name) => element.shadowRoot.querySelector(`[name=${name}]`);
    globalThis.type = (element, name, text) => {
      control(element, name).value = text;
      control(element, name).dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
    };
    globalThis.isStyled = (element) => getComputedStyle(element.shadowRoot.querySelector("[part=frame]")).borderTopStyle === "solid";
  });
  await prepare?.(page);
  await page.goto(new URL(path, stack.page).href, { waitUntil });
  if (defined) await page.evaluate(() => define());
  return page;
}

/** Delays a file, by default the form's module. Returns a function that ends the delay. */
async function delay(page, file = "element/module.js") {
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  await page.route(`**/${file}`, async (route) => {
    await ended;
    await route.continue();
  });
  return end;
}

test("attributes and properties set before the definition are applied", async (t) => {
  const page = await open(t, { defined: false });
  await page.evaluate(() => {
    const element = form({ value: { amount: "12.50" }, transactions: [], disabled: false });
    element.setAttribute("locale", "de");
    document.body.append(element);
  });
  await page.evaluate(() => define());
  await ready(page);
  const got = await page.locator("remit-payment").evaluate((element) => ({
    own: Object.keys(element),
    workspace: element.getAttribute("workspace-id"),
    invoice: element.invoice.number,
    lead: element.shadowRoot.querySelector(".lead").textContent,
    amount: control(element, "amount").value,
    language: element.shadowRoot.querySelector(".remit").lang,
  }));
  assert.deepEqual(got, { own: [], workspace: "64a687e29ae1f428e7ebe303", invoice: "INV-42", lead: got.lead, amount: "12,50", language: "de" });
  assert.match(got.lead, /INV-42/);
  assert.deepEqual(page.complaints, []);
});

test("attributes and properties set after the definition are applied, before and after the form is shown", async (t) => {
  const page = await open(t);
  const leads = await page.evaluate(async () => {
    const element = document.createElement("remit-payment");
    document.body.append(element);
    element.setAttribute("provider", "clockify");
    element.invoice = INVOICE;
    await isReady(element);
    const lead = () => element.shadowRoot.querySelector(".lead").textContent;
    const first = lead();
    element.invoice = { ...INVOICE, number: "INV-43" };
    await new Promise((resolve) => setTimeout(resolve, 100));
    return [first, lead()];
  });
  assert.match(leads[0], /INV-42/);
  assert.match(leads[1], /INV-43/);
  assert.deepEqual(page.complaints, []);
});

test("several elements on one page are independent", async (t) => {
  const page = await open(t);
  const got = await page.evaluate(async () => {
    const elements = ["clockify", "harvest", "clockify"].map((provider, at) => form({ provider, invoice: { ...INVOICE, id: `${at}`, number: `INV-${at}` } }));
    elements.push(Object.assign(document.createElement("remit-invoice"), { provider: "clockify" }));
    const changed = [];
    elements.forEach((element, at) => element.addEventListener("remit-change", () => changed.push(at)));
    document.body.append(...elements);
    await Promise.all(elements.map(isReady));
    type(elements[1], "amount", "3.00");
    elements[2].remove();
    return { changed, amounts: elements.slice(0, 2).map(({ value }) => value.amount ?? ""), states: elements.map(({ state }) => state) };
  });
  assert.deepEqual(got, { changed: [1], amounts: ["", "3.00"], states: ["editing", "editing", "editing", "editing"] });
  await page.waitForFunction(() => document.querySelectorAll("remit-payment").length === 2);
  assert.deepEqual(page.complaints, []);
});

test("the element works in other shadow roots, and its events leave them", async (t) => {
  const page = await open(t);
  const got = await page.evaluate(async () => {
    const [outer, inner] = [document.createElement("section"), document.createElement("div")];
    outer.lang = "de";
    document.body.append(outer);
    outer.attachShadow({ mode: "closed" }).append(inner);
    const element = form();
    const events = [];
    for (const name of ["remit-ready", "remit-change"]) document.addEventListener(name, ({ type, target }) => events.push([type, target.localName]));
    inner.attachShadow({ mode: "open" }).append(element);
    await isReady(element);
    type(element, "amount", "3,00");
    element.focus();
    return {
      events,
      styled: isStyled(element),
      language: element.shadowRoot.querySelector(".remit").lang,
      focused: document.activeElement.localName,
      amount: element.value.amount,
    };
  });
  assert.deepEqual(got, {
    events: [["remit-ready", "section"], ["remit-change", "section"]],
    styled: true,
    language: "de",
    focused: "section",
    amount: "3.00",
  });
  assert.deepEqual(page.complaints, []);
});

test("the element works in a modal dialog, and keeps the entered values while the dialog is closed", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    const dialog = document.createElement("dialog");
    dialog.append(form());
    document.body.append(dialog);
    dialog.showModal();
  });
  const amount = page.locator("remit-payment [name=amount]");
  await amount.fill("3.00");
  await page.keyboard.press("Escape");
  await amount.waitFor({ state: "hidden" });
  await page.evaluate(() => document.querySelector("dialog").showModal());
  await amount.waitFor();
  assert.equal(await amount.inputValue(), "3.00");
  assert.ok(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)));
  await page.locator("remit-payment [name=paidAt]").fill("2026-11-19");
  await amount.press("Enter");
  await page.locator("remit-payment .review").waitFor();
  assert.ok(await page.evaluate(() => document.querySelector("dialog").open), "the form's submission leaves the dialog open");
  assert.deepEqual(page.complaints, []);
});

test("an element that moves in the document keeps its form", async (t) => {
  const page = await open(t);
  const got = await page.evaluate(async () => {
    const [first, second] = [document.createElement("div"), document.createElement("div")];
    document.body.append(first, second);
    const element = form();
    let readies = 0;
    element.addEventListener("remit-ready", () => (readies += 1));
    first.append(element);
    await isReady(element);
    type(element, "amount", "3.00");
    const before = control(element, "amount");
    const same = [];
    for (const move of [() => second.append(element), () => first.moveBefore?.(element, null), () => document.body.prepend(element)]) {
      move();
      await new Promise((resolve) => setTimeout(resolve, 50));
      same.push(control(element, "amount") === before && before.value === "3.00");
    }
    return { same, readies, styled: isStyled(element) };
  });
  assert.deepEqual(got, { same: [true, true, true], readies: 1, styled: true });
  assert.deepEqual(page.complaints, []);
});

/** Moves a form with an entered amount to an iframe. Returns the frame. */
async function moved(page) {
  await page.evaluate(async () => {
    const [element, iframe] = [form(), document.createElement("iframe")];
    iframe.width = iframe.height = 900;
    document.body.append(element, iframe);
    await isReady(element);
    type(element, "amount", "3.00");
    globalThis.element = element;
    iframe.contentDocument.body.append(element);
  });
  const frame = page.frames().at(-1);
  await ready(frame);
  return frame;
}

test("an element that moves to another document keeps the entered values, works, and can move back", async (t) => {
  const page = await open(t);
  const frame = await moved(page);
  const amount = (where) => where.locator("remit-payment [name=amount]");
  assert.equal(await amount(frame).inputValue(), "3.00");
  await amount(frame).fill("4.00");
  await frame.locator("remit-payment [name=paidAt]").fill("2026-11-19");
  await frame.locator("remit-payment button[type=submit]").click();
  await frame.locator("remit-payment .review").waitFor();
  await page.evaluate(() => (element.invoice = { ...INVOICE, number: "INV-43" }));
  await frame.locator("remit-payment .lead", { hasText: "INV-43" }).waitFor();
  await page.evaluate(() => document.body.append(element));
  await ready(page);
  assert.equal(await amount(page).inputValue(), "4.00");
  assert.deepEqual(page.complaints, []);
});

test("an element that moves to another document keeps its style, there and back", async (t) => {
  const page = await open(t);
  await moved(page);
  assert.ok(await page.evaluate(() => isStyled(element)), "the iframe");
  await page.evaluate(() => document.body.append(element));
  await ready(page);
  assert.ok(await page.evaluate(() => isStyled(element)), "the page");
});

test("an element that moves to another document while it loads is shown there, with its style", async (t) => {
  const page = await open(t);
  const end = await delay(page);
  await page.evaluate(() => {
    const iframe = document.createElement("iframe");
    globalThis.element = form();
    document.body.append(element, iframe);
    iframe.contentDocument.body.append(element);
  });
  end();
  assert.ok(await page.evaluate(() => isReady(element).then(() => isStyled(element))));
  assert.deepEqual(page.complaints, []);
});

test("a detached element accepts attributes and properties, and shows the entered values when it is attached again", async (t) => {
  const page = await open(t);
  const got = await page.evaluate(async () => {
    const element = form();
    const states = [element.state];
    document.body.append(element);
    await isReady(element);
    type(element, "amount", "3.00");
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    states.push(element.state);
    Object.assign(element, { locale: "de", invoice: { ...INVOICE, number: "INV-43" } });
    const detached = element.value.amount;
    document.body.append(element);
    await isReady(element);
    states.push(element.state);
    return { states, detached, amount: control(element, "amount").value, lead: element.shadowRoot.querySelector(".lead").textContent.includes("INV-43") };
  });
  assert.deepEqual(got, { states: ["loading", "loading", "editing"], detached: "3.00", amount: "3,00", lead: true });
  assert.deepEqual(page.complaints, []);
});

test("an element that is removed while it loads shows nothing, until it is attached again", async (t) => {
  const page = await open(t);
  const end = await delay(page);
  const requested = page.waitForRequest("**/element/module.js");
  await page.evaluate(() => {
    globalThis.element = form();
    globalThis.events = [];
    for (const name of ["remit-ready", "remit-load-error"]) element.addEventListener(name, ({ type }) => events.push(type));
    document.body.append(element);
  });
  await requested;
  await page.evaluate(() => element.remove());
  end();
  await page.waitForTimeout(300);
  assert.deepEqual(await page.evaluate(() => [element.state, events]), ["loading", []]);
  await page.evaluate(() => document.body.append(element));
  await ready(page);
  assert.deepEqual(await page.evaluate(() => events), ["remit-ready"]);
  assert.deepEqual(page.complaints, []);
});

test("3,000 mounts leave no memory behind", async (t) => {
  const page = await open(t, {
    defined: false,
    prepare: (page) =>
      page.addInitScript(() => {
        for (const name of ["instantiate", "instantiateStreaming"]) {
          const original = WebAssembly[name];
          WebAssembly[name] = async (...parts) => {
            const made = await original.apply(WebAssembly, parts);
            globalThis.wasm = (made.instance ?? made).exports.memory;
            return made;
          };
        }
      }),
  });
  await page.evaluate(() => define());
  const mount = (times) =>
    page.evaluate(async (times) => {
      for (let mounted = 0; mounted < times; mounted += 20) {
        const elements = Array.from({ length: 20 }, () => form({ value: { amount: "1.00" } }));
        document.body.append(...elements);
        await Promise.all(elements.map(isReady));
        for (const element of elements) element.remove();
        // The elements unmount their forms after this turn.
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, times);
  const devtools = await page.context().newCDPSession(page);
  const measured = async () => {
    for (let time = 0; time < 3; time += 1) {
      await devtools.send("HeapProfiler.collectGarbage");
      await page.waitForTimeout(100);
    }
    const { usedSize } = await devtools.send("Runtime.getHeapUsage");
    const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
    return { heap: usedSize, wasm: await page.evaluate(() => wasm.buffer.byteLength), nodes, jsEventListeners };
  };
  // Code is compiled and caches are filled during the first mounts.
  await mount(400);
  const before = await measured();
  await mount(3000);
  const after = await measured();
  t.diagnostic(JSON.stringify({ before, after }));
  assert.ok(after.heap - before.heap < 1 << 19, `the JavaScript heap grew by ${after.heap - before.heap} bytes`);
  assert.equal(after.wasm, before.wasm, "the WebAssembly memory grew");
  assert.ok(after.nodes - before.nodes < 100, `${after.nodes - before.nodes} nodes were left`);
  assert.ok(after.jsEventListeners - before.jsEventListeners < 100, `${after.jsEventListeners - before.jsEventListeners} listeners were left`);
  assert.deepEqual(page.complaints, []);
});

const observe = (page) =>
  page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) shifts.push([value, sources.map(({ node }) => node?.localName ?? "text")]);
    }).observe({ type: "layout-shift", buffered: true });
  });
/** Waits until the browser has painted. */
const painted = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));

/** The rendered page, step by step: with the fallback, while the form's module loads, and with the form. Returns the top of the
    text after the form in each step, and the layout shifts. */
async function rendered(t, style) {
  let define, load;
  const page = await open(t, {
    path: "rendered.html",
    defined: false,
    waitUntil: "commit",
    prepare: async (page) => {
      await observe(page);
      if (style !== undefined) await page.route("**/rendered.css", (route) => route.fulfill({ contentType: "text/css", body: style }));
      [define, load] = [await delay(page, "widget.js"), await delay(page)];
    },
  });
  const tops = [];
  const top = async () => {
    await painted(page);
    tops.push(await page.locator("#after").evaluate((node) => node.getBoundingClientRect().top));
  };
  await page.locator("remit-payment > p").waitFor({ state: "visible" });
  await top();
  define();
  await page.waitForFunction(() => customElements.get("remit-payment"));
  await top();
  load();
  await ready(page);
  await top();
  assert.deepEqual(page.complaints, []);
  return { tops, shifts: await page.evaluate(() => shifts) };
}

test("a fallback from the server is replaced without a layout shift, if the page reserves the height", async (t) => {
  const { tops, shifts } = await rendered(t);
  assert.deepEqual(tops, [tops[0], tops[0], tops[0]]);
  assert.deepEqual(shifts, []);
});

test("without a reserved height, the text after the form shifts", async (t) => {
  const { tops, shifts } = await rendered(t, "");
  assert.ok(tops[2] > tops[0], tops);
  assert.notDeepEqual(shifts, []);
});

test("the fallback is visible until the form is shown", async (t) => {
  let end;
  const page = await open(t, { path: "rendered.html", defined: false, prepare: async (page) => (end = await delay(page)) });
  await page.waitForFunction(() => customElements.get("remit-payment"));
  await painted(page);
  const fallback = page.locator("remit-payment > p");
  assert.ok(await fallback.isVisible(), "while the module loads");
  end();
  await ready(page);
  assert.equal(await fallback.isVisible(), false);
});
