// The behaviour that a developer who embeds the element relies on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { open, press, settled, start, type } from "./stack.mjs";

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
  assert.match(await page.locator("remit-payment").evaluate((element) => element.shadowRoot.textContent), /Nothing was sent/);
  await page.unrouteAll({ behavior: "wait" });
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
