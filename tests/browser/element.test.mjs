// The behaviour that a developer who embeds the element relies on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { host, open, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const field = (page, name) => page.locator(`remit-payment [name=${name}]`);

test("entered values survive a change of provider, and moving or removing the element", async () => {
  const page = await open(stack);
  await type(page, { amount: "12.50", note: "kept" });
  await field(page, "provider").selectOption("ivvy");
  assert.equal(await field(page, "amount").inputValue(), "12.50");
  assert.equal(await field(page, "note").count(), 0, "iVvy has no note");
  await field(page, "provider").selectOption("harvest");
  assert.equal(await field(page, "note").inputValue(), "kept");
  await page.evaluate(() => document.body.prepend(document.querySelector("remit-payment")));
  assert.equal(await field(page, "note").inputValue(), "kept");
  await page.evaluate(async () => {
    const element = document.querySelector("remit-payment");
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    document.body.append(element);
  });
  await field(page, "note").waitFor();
  assert.equal(await field(page, "note").inputValue(), "kept");
  await page.context().close();
});

test("fields that depend on a choice appear and disappear with it", async () => {
  const page = await open(stack, { path: "/?provider=ivvy" });
  const shown = () => page.locator("remit-payment fieldset [name]").evaluateAll((all) => all.map(({ name }) => name));
  assert.deepEqual(await shown(), []);
  for (const [method, names] of [
    ["cheque", ["chequeNumber", "chequeDrawer", "chequeBranch"]],
    ["directDeposit", ["transferredAt", "transferReference"]],
    ["creditCard", ["cardType"]],
    ["custom", ["customMethodId"]],
    ["cash", []],
  ]) {
    await field(page, "method").selectOption(method);
    await page.waitForFunction((count) => document.querySelector("remit-payment").shadowRoot.querySelectorAll("fieldset [name]").length === count, names.length);
    assert.deepEqual(await shown(), names, method);
  }
  await page.context().close();
});

test("a notice says that a fee amount makes the fee percentage unused", async () => {
  const page = await open(stack, { path: "/?provider=ivvy" });
  await type(page, { feePercentage: "3", feeAmount: "2.00" });
  await page.keyboard.press("Tab");
  assert.match(await page.locator("remit-payment #n-feePercentage").textContent(), /not used/);
  await page.context().close();
});

test("properties set before the element is defined are applied", async () => {
  const page = await open(stack);
  const got = await page.evaluate(async () => {
    const element = document.createElement("remit-payment-early");
    element.invoice = { id: "4393", number: "INV-7", balance: "5.00", currency: "EUR" };
    element.baseUrl = "https://example.invalid";
    element.provider = "harvest";
    document.body.append(element);
    const { RemitPayment } = await import("/remit.js");
    customElements.define("remit-payment-early", class extends RemitPayment {});
    await new Promise((resolve) => element.addEventListener("remit-ready", resolve, { once: true }));
    return {
      lead: element.shadowRoot.querySelector(".lead").textContent,
      asks: [...element.shadowRoot.querySelectorAll("[name]")].map(({ name }) => name),
      attribute: element.getAttribute("base-url"),
      state: element.state,
    };
  });
  assert.deepEqual(got, {
    lead: "Invoice INV-7 · Balance €5.00",
    asks: ["paidAt", "amount", "note"],
    attribute: "https://example.invalid",
    state: "editing",
  });
  await page.context().close();
});

test("numbers in properties are parsed exactly as JavaScript prints them", async () => {
  const page = await open(stack, { path: "/?provider=harvest" });
  await page.evaluate(() => {
    document.querySelector("remit-payment").invoice = { id: 1, number: 7, balance: 1234.5, currency: "KWD" };
  });
  await page.getByText("Pay the balance").click();
  assert.equal(await field(page, "amount").inputValue(), "1234.500");
  await page.context().close();
});

test("an invalid attribute is reported in the console and as an event, and can be corrected", async () => {
  const page = await open(stack);
  const message = await page.evaluate(async () => {
    const element = document.createElement("remit-payment");
    element.provider = "clokify";
    const error = new Promise((resolve) => element.addEventListener("remit-load-error", ({ detail }) => resolve(detail.message), { once: true }));
    document.body.append(element);
    return error;
  });
  assert.match(message, /provider="clokify" is unknown\. Set one or more of: clockify, dayzero, harvest, harvest-v2, ivvy/);
  const corrected = await page.evaluate(async () => {
    const element = [...document.querySelectorAll("remit-payment")].at(-1);
    const ready = new Promise((resolve) => element.addEventListener("remit-ready", ({ detail }) => resolve(detail.provider), { once: true }));
    element.provider = "clockify";
    return ready;
  });
  assert.equal(corrected, "clockify", "the attribute can be corrected without a new element");
  assert.ok(page.complaints.some((text) => text.includes("clokify")), page.complaints.join());
  await page.context().close();
});

test("a page whose policy forbids WebAssembly gets a message with the remedy, and the fallback is shown", async () => {
  const page = await open(stack);
  // Only the page itself is routed: its policy is the one that counts, and a routed request that is pending when the page
  // closes fails the test.
  await page.route(({ pathname }) => pathname === "/", async (route) => {
    const response = await route.fetch();
    const policy = (response.headers()["content-security-policy"] ?? "").replace("'wasm-unsafe-eval'", "");
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
  });
  await page.reload();
  await page.locator("#log").getByText("wasm-unsafe-eval").first().waitFor();
  assert.match(await page.locator("remit-payment").evaluate((element) => element.shadowRoot.textContent), /^The form could not be loaded\.$/);
  await page.unrouteAll({ behavior: "wait" });
  await page.context().close();
});

/** Waits until an event of the form has been fired, and returns its detail. */
const fired = (page, name) =>
  page.waitForFunction((name) => window.events.find(([known]) => known === name)?.[1], name).then((handle) => handle.jsonValue());
const PLAIN = '<remit-payment provider="harvest"><p id="fallback">Write to us.</p></remit-payment>';

test("without WebAssembly, the fallback is shown and the page is notified", async () => {
  const page = await host(stack, PLAIN, { prepare: (page) => page.addInitScript(() => delete globalThis.WebAssembly) });
  const { message } = await fired(page, "load-error");
  assert.match(message, /has no WebAssembly/);
  assert.ok(await page.locator("#fallback").isVisible());
  assert.ok(page.complaints.every((text) => text.startsWith("<remit-payment>")), page.complaints.join());
  await page.context().close();
});

for (const [what, answer] of Object.entries({
  "HTML in place of the module": () => ({ contentType: "text/html", body: "<!doctype html><p>Not found</p>" }),
  "a truncated module": (body) => ({ contentType: "application/wasm", body: body.subarray(0, 10_000) }),
})) {
  test(`${what} is not blamed on the page's policy`, async () => {
    const prepare = (page) =>
      page.route("**/*.wasm", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ status: 200, ...answer(await response.body()) });
      });
    const page = await host(stack, PLAIN, { prepare });
    const { message } = await fired(page, "load-error");
    assert.match(message, /module is damaged or is another file/);
    assert.doesNotMatch(message, /Policy/);
    assert.ok(await page.locator("#fallback").isVisible());
    await page.context().close();
  });
}

for (const file of ["remit-element_bg.wasm", "remit.css", "locales/de.json"]) {
  test(`after a network failure, ${file} is requested once more`, async () => {
    let requests = 0;
    const prepare = (page) => page.route(`**/${file}`, (route) => ((requests += 1) === 1 ? route.abort("connectionreset") : route.continue()));
    const page = await host(stack, PLAIN.replace(">", ' locale="de">'), { prepare });
    await fired(page, "ready");
    assert.equal(requests, 2);
    assert.equal(await page.locator("remit-payment .remit").getAttribute("lang"), "de");
    await page.context().close();
  });
}

for (const [what, answer] of Object.entries({ missing: { status: 404 }, unparsable: { status: 200, body: "<!doctype html>" } })) {
  test(`if a language's file is ${what}, the form is in English`, async () => {
    let requests = 0;
    const prepare = (page) => page.route("**/locales/ar.json", (route) => ((requests += 1), route.fulfill(answer)));
    const page = await host(stack, PLAIN.replace(">", ' locale="ar">'), { prepare });
    await fired(page, "ready");
    assert.deepEqual(await page.locator("remit-payment .remit").evaluate(({ lang, dir }) => [lang, dir]), ["en", "ltr"]);
    assert.match(page.warnings.join(), /language "ar" could not be loaded/);
    await page.evaluate(() => (document.querySelector("remit-payment").currency = "EUR"));
    await page.locator("remit-payment [name=currency]").waitFor({ state: "detached" });
    assert.equal(requests, 1, "a change of another attribute does not request the file again");
    await page.context().close();
  });
}

test("the fallback is shown until the form is mounted, and again after the element is removed", async () => {
  let go;
  const loads = new Promise((resolve) => (go = resolve));
  const page = await host(stack, PLAIN, { prepare: (page) => page.route("**/*.wasm", (route) => loads.then(() => route.continue())) });
  await page.waitForFunction(() => customElements.get("remit-payment"));
  assert.ok(await page.locator("#fallback").isVisible());
  go();
  await fired(page, "ready");
  assert.ok(!(await page.locator("#fallback").isVisible()));
  const slots = await page.evaluate(async () => {
    const element = document.querySelector("remit-payment");
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return element.shadowRoot.querySelectorAll("slot").length;
  });
  assert.equal(slots, 1);
  await page.context().close();
});

test("a form moved into another document keeps its styles and its entries", async () => {
  const page = await host(stack, `${PLAIN}<iframe></iframe>`);
  await fired(page, "ready");
  await type(page, { amount: "5.00" });
  const got = await page.evaluate(async () => {
    const element = document.querySelector("remit-payment");
    const padding = () => element.ownerDocument.defaultView.getComputedStyle(element.shadowRoot.querySelector("[part=frame]")).paddingTop;
    const look = () => [padding(), element.shadowRoot.adoptedStyleSheets.length, element.value.amount, element.state];
    const before = look();
    document.querySelector("iframe").contentDocument.body.append(element);
    const inside = look();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const later = look();
    document.body.append(element);
    return { before, inside, later, back: look() };
  });
  assert.notEqual(got.before[0], "0px");
  for (const look of [got.inside, got.later, got.back]) assert.deepEqual(look.slice(1), got.before.slice(1));
  assert.notEqual(got.inside[0], "0px");
  assert.equal(got.back[0], got.before[0]);
  await page.context().close();
});

test("a click on empty space moves neither the focus nor the page", async () => {
  const page = await host(stack, `<div style="height: 700px"></div>${PLAIN}<div style="height: 3000px"></div>`);
  await fired(page, "ready");
  await page.evaluate(() => scrollTo(0, 900));
  const box = await page.locator("remit-payment [part=frame]").boundingBox();
  await page.mouse.click(box.x + 4, Math.max(box.y, 0) + 20);
  assert.deepEqual(await page.evaluate(() => [document.activeElement.localName, scrollY]), ["body", 900]);
  await page.context().close();
});

test("focus() focuses the first control, or the current page of the form, as soon as the form is mounted", async () => {
  const page = await host(stack, PLAIN);
  await page.evaluate(() => customElements.whenDefined("remit-payment").then(() => document.querySelector("remit-payment").focus()));
  await fired(page, "ready");
  const active = () => page.evaluate(() => document.querySelector("remit-payment").shadowRoot.activeElement?.outerHTML.slice(0, 400));
  assert.match(await active(), /name="invoiceId"/);
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.value = { invoiceId: 7, currency: "EUR", amount: 1, paidAt: "2026-11-19" };
    element.submit();
  });
  await page.locator("remit-payment .review").waitFor();
  await page.evaluate(() => (document.querySelector("remit-payment").shadowRoot.activeElement?.blur(), document.querySelector("remit-payment").focus()));
  assert.match(await active(), /class="review"/);
  await page.context().close();
});

test("validate() shows every issue and never opens the review", async () => {
  const page = await host(stack, PLAIN);
  await fired(page, "ready");
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").validate()), false);
  assert.equal(await page.locator("remit-payment .summary li").count(), 4);
  assert.equal((await fired(page, "invalid")).issues.length, 4);
  const valid = await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.value = { invoiceId: 7, currency: "EUR", amount: 1, paidAt: "2026-11-19" };
    return [element.validate(), element.state, element.checkOutcome()];
  });
  assert.deepEqual(valid, [true, "editing", false]);
  await page.context().close();
});

test("a Date is a value, and what is no value is refused by its name", async () => {
  const page = await host(stack, PLAIN);
  await fired(page, "ready");
  const got = await page.evaluate(async () => {
    const element = document.querySelector("remit-payment");
    const messages = [];
    element.addEventListener("remit-load-error", ({ detail }) => messages.push(detail.message));
    element.value = { paidAt: new Date("2026-11-19T10:00:00Z"), amount: 2 };
    const { value } = element;
    for (const wrong of [{ paidAt: new Date(NaN) }, { amount: { units: 5 } }, { amount: NaN }, "text"]) element.value = wrong;
    for (const [name, wrong] of [
      ["invoice", { id: 7, currency: "EUR", issued: new Date(NaN) }],
      ["invoice", { id: [7], currency: "EUR" }],
      ["transactions", [{ id: 7, currency: "EUR", datetime: {} }]],
      ["transactions", {}],
    ]) {
      element.invoice = element.transactions = null;
      element[name] = wrong;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    element.transactions = null;
    element.invoice = { id: 7, currency: "EUR", issued: new Date("2026-11-01T00:00:00Z"), lines: [{}] };
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { value, after: element.value, messages, lead: element.shadowRoot.querySelector(".lead").textContent };
  });
  assert.deepEqual(got.value, { paidAt: "2026-11-19T10:00:00.000Z", amount: "2" });
  assert.deepEqual(got.after, got.value, "a refused value changes nothing");
  assert.deepEqual(got.messages, [
    "value.paidAt is an invalid Date.",
    "value.amount must be a text, a number or a Date, not an object.",
    "value.amount must be a text, a number or a Date, not NaN.",
    "value must be an object.",
    "invoice.issued is an invalid Date.",
    "invoice.id must be a text, a number or a Date, not an array.",
    "transactions[].datetime must be a text, a number or a Date, not an object.",
    "transactions must be an array.",
  ]);
  assert.match(got.lead, /7/);
  await page.context().close();
});

test("an amount with German separators keeps its value", async () => {
  const page = await open(stack, { path: "/?provider=harvest&locale=de", locale: "de-DE" });
  await page.evaluate(() => {
    document.querySelector("remit-payment").invoice = { id: "1", balance: "9000.00", currency: "EUR" };
  });
  await field(page, "amount").fill("1.250,50");
  await field(page, "paidAt").fill("2026-11-19");
  await page.locator("remit-payment button[type=submit]").click();
  const sentence = await page.locator("remit-payment .sentence").textContent();
  assert.match(sentence, /1\.250,50\s€/);
  assert.match(sentence, /19\.\s+November\s+2026/);
  await page.context().close();
});

test("a pasted amount may have the sign of the form's currency, and of no other", async () => {
  const page = await open(stack, { path: "/?provider=harvest&locale=de", locale: "de-DE" });
  await page.evaluate(() => {
    document.querySelector("remit-payment").invoice = { id: "1", balance: "9000.00", currency: "EUR" };
  });
  const amount = field(page, "amount");
  for (const [pasted, shown] of [["1.250,50 €", "1.250,50"], ["EUR 7", "7"], ["€8,5", "8,5"]]) {
    await amount.fill(pasted);
    assert.equal(await amount.inputValue(), shown, "the control's unit is the currency");
  }
  assert.equal(await page.locator("remit-payment").evaluate((element) => element.value.amount), "8.5");
  await amount.fill("$7");
  await field(page, "paidAt").fill("2026-11-19");
  await page.locator("remit-payment button[type=submit]").click();
  await page.locator("remit-payment .error").first().waitFor();
  assert.equal(await amount.inputValue(), "$7");
  await page.context().close();
});

test("the element participates in its form: reset, disabled, and a value once the payment is recorded", async () => {
  const page = await open(stack, { path: "/?provider=clockify" });
  await page.evaluate(() => {
    const form = document.createElement("form");
    const set = document.createElement("fieldset");
    const element = document.querySelector("remit-payment");
    element.setAttribute("name", "payment");
    set.append(element);
    form.append(set);
    document.body.prepend(form);
  });
  await type(page, { amount: "1.00" });
  await page.evaluate(() => (document.querySelector("fieldset").disabled = true));
  await page.waitForFunction(() => document.querySelector("remit-payment").shadowRoot.querySelector("[name=amount]").disabled);
  await page.evaluate(() => {
    document.querySelector("fieldset").disabled = false;
    document.querySelector("form").reset();
  });
  assert.equal(await field(page, "amount").inputValue(), "");
  const { ids, invoices } = stack.provider("clockify");
  await type(page, { workspaceId: ids.workspaceId, invoiceId: invoices[0].id, currency: invoices[0].currency, paidAt: "11192026", amount: "1.00" });
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  const value = await page.evaluate(() => new FormData(document.querySelector("form")).get("payment"));
  assert.equal(JSON.parse(value).amount, "1.00");
  await page.context().close();
});

for (const [name, options] of Object.entries({
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 320, height: 700 } },
  "right to left": { path: "/?locale=ar", locale: "ar" },
})) {
  test(`axe reports no violation, and nothing overflows (${name})`, async () => {
    const page = await open(stack, options);
    const clean = async (where) => {
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
      assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map(({ target }) => target.flat().join(" ")).join()}`), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows`);
    };
    await clean("empty");
    await page.locator("remit-payment button[type=submit]").click();
    await page.locator("remit-payment .summary").waitFor();
    await clean("with errors");
    await page.locator("#invoice").selectOption({ index: 1 });
    await page.locator("remit-payment .lead").waitFor();
    await page.locator("remit-payment .fill").first().click();
    await field(page, "amount").fill("1");
    await page.locator("remit-payment button[type=submit]").click();
    await page.locator("remit-payment .review").waitFor();
    await clean("review");
    await page.locator("remit-payment .review .primary").click();
    assert.equal(await settled(page), "recorded");
    await clean("recorded");
    await page.context().close();
  });
}

test("the element works in a dialog, in a foreign shadow root, and in a subtree attached later", async () => {
  const page = await open(stack);
  for (const put of [
    (element) => {
      const dialog = document.body.appendChild(document.createElement("dialog"));
      dialog.append(element);
      dialog.showModal();
    },
    (element) => {
      const [outer, inner] = [document.createElement("div"), document.createElement("div")];
      outer.lang = "de";
      document.body.append(outer);
      outer.attachShadow({ mode: "open" }).append(inner);
      inner.attachShadow({ mode: "open" }).append(element);
    },
    async (element) => {
      const holder = document.createElement("div");
      holder.append(element);
      await new Promise((resolve) => setTimeout(resolve, 50));
      document.body.append(holder);
    },
  ]) {
    const got = await page.evaluate(async (put) => {
      const element = document.createElement("remit-payment");
      Object.assign(element, { provider: "harvest", invoice: { id: 7, currency: "EUR" } });
      const ready = new Promise((resolve) => element.addEventListener("remit-ready", resolve, { once: true }));
      await eval(`(${put})`)(element);
      await ready;
      const root = element.shadowRoot;
      root.querySelector("[name=amount]").focus();
      root.querySelector("button[type=submit]").click();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [summary, lang] = [root.querySelectorAll(".summary li").length, root.querySelector(".remit").lang];
      element.closest("dialog")?.close();
      return { summary, lang };
    }, `${put}`);
    assert.equal(got.summary, 2, `${put}`);
    assert.equal(got.lang, `${put}`.includes('"de"') ? "de" : "en");
  }
  await page.context().close();
});

test("showing and hiding the form repeatedly leaks no nodes or listeners", async () => {
  const page = await open(stack);
  const session = await page.context().newCDPSession(page);
  const round = async () => {
    await page.evaluate(async () => {
      for (let times = 0; times < 60; times += 1) {
        const element = document.createElement("remit-payment");
        element.provider = "ivvy";
        document.body.append(element);
        await new Promise((resolve) => element.addEventListener("remit-ready", resolve, { once: true }));
        element.remove();
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await session.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    return { nodes, jsEventListeners };
  };
  await round();
  const [before, after] = [await round(), await round()];
  assert.ok(after.nodes - before.nodes < 60, `${before.nodes} nodes became ${after.nodes}`);
  assert.ok(after.jsEventListeners - before.jsEventListeners < 60, `${before.jsEventListeners} listeners became ${after.jsEventListeners}`);
  await page.context().close();
});
