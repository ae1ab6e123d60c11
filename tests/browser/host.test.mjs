// Changes that a page makes at any moment never send a payment that the user has not reviewed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focused, open, outcome, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const field = (page, name) => page.locator(`remit-payment [name=${name}]`);
const state = (page) => page.evaluate(() => document.querySelector("remit-payment").state);
const until = (page, wanted) => page.waitForFunction((wanted) => document.querySelector("remit-payment").state === wanted, wanted);
const recordedOf = (id) => stack.rows(`select * from payments where provider = '${id}'`).length;

/** A page whose form pays a Clockify invoice set by the page. It collects the POST requests. */
async function paying(at = 0) {
  const page = await open(stack);
  const { ids, invoices } = stack.provider("clockify");
  page.posts = [];
  page.on("request", (request) => request.method() === "POST" && page.posts.push(request.url()));
  await page.evaluate(
    ({ workspace, invoice }) => {
      // A new element: the demo sets the invoice of its own element.
      const [original, element] = [document.querySelector("remit-payment"), document.createElement("remit-payment")];
      Object.assign(element, { provider: "clockify harvest", baseUrl: original.baseUrl, workspaceId: workspace, invoice });
      original.replaceWith(element);
      window.events = [];
      for (const name of ["ready", "change", "invalid", "submit", "success", "failure", "unknown", "load-error"]) {
        element.addEventListener(`remit-${name}`, ({ detail }) => window.events.push([name, detail]));
      }
    },
    { workspace: ids.workspaceId, invoice: invoices[at] },
  );
  await page.locator("remit-payment .lead").waitFor();
  return page;
}

async function review(page) {
  await type(page, { paidAt: "11192026", amount: "1.00" });
  await press(page, "Review payment");
  await until(page, "review");
}

const setInvoice = (page, invoice) => page.evaluate((invoice) => (document.querySelector("remit-payment").invoice = invoice), invoice);
const events = (page, name) => page.evaluate((name) => window.events.filter(([known]) => known === name).map(([, detail]) => detail), name);

test("another invoice, provider, address or value during the review returns to the form", async () => {
  const [, other] = stack.provider("clockify").invoices;
  for (const change of [
    (element, other) => (element.invoice = other),
    (element) => (element.provider = "harvest"),
    (element) => (element.baseUrl = "http://127.0.0.1:9/elsewhere"),
    (element) => (element.value = { paidAt: "2026-11-19", amount: "2.00" }),
  ]) {
    const page = await paying();
    await review(page);
    await page.evaluate(`(${change})(document.querySelector("remit-payment"), ${JSON.stringify(other)})`);
    await until(page, "editing");
    assert.notEqual(await field(page, "amount").inputValue(), "", "the entered values are kept");
    assert.deepEqual(page.posts, []);
    await page.context().close();
  }
});

test("setting the same invoice again keeps the review", async () => {
  const page = await paying();
  await review(page);
  await setInvoice(page, { ...stack.provider("clockify").invoices[0] });
  await page.waitForTimeout(200);
  assert.equal(await state(page), "review");
  await page.context().close();
});

test("if the page changes the invoice during a payment, the outcome names the paid invoice", async () => {
  const page = await paying(1);
  const [, paid, next] = stack.provider("clockify").invoices;
  await stack.fault("delay=1*1");
  await review(page);
  await press(page, "Record payment");
  await until(page, "sending");
  assert.equal(await focused(page), "Recording…", "the pressed button keeps the focus");
  await setInvoice(page, { ...next, balance: "70.00" });
  assert.equal(await settled(page), "recorded");
  assert.ok((await outcome(page).locator(".sentence").textContent()).includes(paid.number));
  const [success] = await events(page, "success");
  assert.equal(success.payment.invoiceId, paid.id);
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").invoice.balance), "70.00", "the next invoice keeps its own balance");
  await page.context().close();
});

test("reset and removal during a payment neither allow a second one nor lose the outcome", async () => {
  const page = await paying();
  const before = recordedOf("clockify");
  await stack.fault("delay=1*1");
  await review(page);
  await press(page, "Record payment");
  await until(page, "sending");
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.reset();
    window.kept = element;
  });
  assert.equal(await state(page), "sending");
  await page.evaluate(() => window.kept.remove());
  await page.waitForFunction(() => window.events.some(([name]) => name === "success"));
  await page.waitForFunction(() => window.kept.state === "loading", undefined, { timeout: 2000 });
  assert.equal(page.posts.length, 1);
  assert.equal(recordedOf("clockify"), before + 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a payment that the page sends itself is handed over once, and settle() shows its outcome", async () => {
  const page = await paying();
  await page.evaluate(() => document.querySelector("remit-payment").addEventListener("remit-submit", (event) => event.preventDefault()));
  await review(page);
  await page.locator("remit-payment .review .primary").dblclick();
  await until(page, "handed-over");
  assert.equal((await events(page, "submit")).length, 1);
  assert.deepEqual(page.posts, []);
  const body = JSON.stringify({ id: "78a687e29ae1f428e7ebe303", number: "1", currency: "USD", balance: 0, paid: 100, status: "PAID" });
  const settle = (reply) => page.evaluate((reply) => document.querySelector("remit-payment").settle(reply), reply);
  assert.equal(await settle({ status: 201, headers: { "content-type": "application/json" }, body }), true);
  assert.equal(await settled(page), "recorded");
  assert.equal(await settle({ status: 201, headers: {}, body }), false, "no payment waits for a response");
  await press(page, "Record another payment");
  await review(page);
  await press(page, "Record payment");
  await until(page, "handed-over");
  await settle(null);
  assert.equal(await settled(page), "unknown", "without a response the outcome is unknown");
  await page.context().close();
});

test("a value is decimal text in every locale, and the form shows it in the locale's notation", async () => {
  const page = await open(stack, { path: "/?provider=harvest&locale=de", locale: "de-DE" });
  await setInvoice(page, { id: 7, currency: "KWD" });
  await page.evaluate(() => (document.querySelector("remit-payment").value = { amount: 1.125, paidAt: "2026-11-19" }));
  assert.equal(await field(page, "amount").inputValue(), "1,125");
  await page.locator("remit-payment button[type=submit]").click();
  assert.match(await page.locator("remit-payment .sentence").textContent(), /\s1,125\s/);
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").value.amount), "1.125");
  // A value entered in one locale keeps its meaning in another.
  await page.evaluate(() => document.querySelector("remit-payment").reset());
  await field(page, "amount").fill("1.250,500");
  await page.evaluate(() => (document.querySelector("remit-payment").locale = "en"));
  await page.getByText("Review payment").waitFor();
  assert.equal(await field(page, "amount").inputValue(), "1250.500");
  await page.context().close();
});

test("a local time gets the UTC offset of its date", async () => {
  const page = await open(stack, { path: "/?provider=harvest", timezoneId: "Europe/Berlin" });
  await setInvoice(page, { id: 7, currency: "EUR" });
  const sent = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const element = document.querySelector("remit-payment");
        element.addEventListener("remit-submit", (event) => (event.preventDefault(), resolve(event.detail.request.body)));
        element.value = { amount: "1.00", paidAt: "2026-07-01T10:00" };
        element.submit();
        requestAnimationFrame(() => element.shadowRoot.querySelector(".review .primary").click());
      }),
  );
  assert.ok(sent.includes("2026-07-01T08:00:00Z"), sent);
  await page.context().close();
});

test("with an invalid property, the form stays and records nothing until the property is valid", async () => {
  const page = await paying();
  const [, next] = stack.provider("clockify").invoices;
  await type(page, { paidAt: "11192026", amount: "5.00" });
  await setInvoice(page, { ...next, balance: "abc" });
  await page.locator("remit-payment .blocked").waitFor();
  const [{ message }] = await events(page, "load-error");
  assert.match(message, /invoice\.balance must be a decimal amount/);
  assert.equal(await field(page, "amount").inputValue(), "5.00");
  assert.equal(await page.locator("remit-payment :is(button, input, select, textarea):not(:disabled)").count(), 0);
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").submit()), false);
  await setInvoice(page, next);
  await page.locator("remit-payment .blocked").waitFor({ state: "detached" });
  assert.equal(await field(page, "amount").inputValue(), "5.00");
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").submit()), true);
  await page.context().close();
});

test("an invalid property does not hide the outcome of a payment", async () => {
  const page = await paying(2);
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.addEventListener("remit-success", () => (element.invoice = { ...element.invoice, balance: 64.95 - 1.01 }));
  });
  await review(page);
  await press(page, "Record payment");
  await page.locator("remit-payment .blocked").waitFor();
  assert.equal(await state(page), "recorded");
  assert.match(await outcome(page).textContent(), /was recorded in Clockify/);
  assert.match((await events(page, "load-error"))[0].message, /63\.940000000000005/);
  await page.context().close();
});

test("with an invalid property, an unknown outcome can still be checked", async () => {
  const page = await paying(2);
  await stack.fault("drop-after-commit*1");
  // The note distinguishes the payment from one that someone else has recorded.
  await type(page, { paidAt: "11192026", amount: "1.00", note: "Save 1" });
  await press(page, "Review payment");
  await until(page, "review");
  await press(page, "Record payment");
  assert.equal(await settled(page), "unknown");
  await page.evaluate(() => (document.querySelector("remit-payment").provider = "clokify"));
  await page.locator("remit-payment .blocked").waitFor();
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").checkOutcome()), true);
  await until(page, "recorded");
  assert.equal(page.posts.length, 1);
  await page.context().close();
});

test("an invalid property during a removal loses neither the form nor the event", async () => {
  const page = await paying(2);
  await review(page);
  await press(page, "Record payment");
  await until(page, "recorded");
  await press(page, "Record another payment");
  await stack.fault("delay=1*1");
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.removable = true;
    element.addEventListener("remit-remove", ({ detail }) => window.events.push(["remove", detail]));
  });
  await page.locator("remit-payment .toggle").click();
  await page.getByText("Remove", { exact: true }).first().click();
  await page.getByText("Remove payment", { exact: true }).click();
  await page.evaluate(() => {
    window.kept = document.querySelector("remit-payment");
    window.kept.invoice = { id: 1, currency: "XXXX" };
  });
  await page.waitForFunction(() => window.events.some(([name]) => name === "load-error"));
  await page.evaluate(() => window.kept.remove());
  await page.waitForFunction(() => window.events.some(([name]) => name === "remove"));
  await page.waitForFunction(() => window.kept.state === "loading");
  assert.ok(page.complaints.every((text) => text.startsWith("<remit-payment>")), page.complaints.join());
  await stack.fault();
  await page.context().close();
});

test("after a payment, the balance of an invoice is updated however its identifier is written", async () => {
  const { invoices } = stack.provider("harvest");
  const page = await paying();
  await page.evaluate((invoice) => Object.assign(document.querySelector("remit-payment"), { provider: "harvest", baseUrl: document.querySelector("remit-payment").baseUrl.replace("{provider}", "harvest").replace("clockify", "harvest"), invoice }), {
    ...invoices[0],
    id: `00${invoices[0].id}`,
    currency: invoices[0].currency.toLowerCase(),
  });
  await page.waitForFunction(() => document.querySelector("remit-payment").shadowRoot.querySelectorAll("[name=note]").length === 1);
  await review(page);
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  const [{ outcome: { balance } }] = await events(page, "success");
  const invoice = await page.evaluate(() => document.querySelector("remit-payment").invoice);
  assert.ok(balance);
  assert.equal(invoice.balance, balance);
  await page.context().close();
});

test("the last of two overlapping changes wins", async () => {
  const page = await paying();
  const [, next] = stack.provider("clockify").invoices;
  await page.route("**/locales/de.json", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.evaluate(() => (document.querySelector("remit-payment").locale = "de"));
  await page.waitForTimeout(50);
  await page.evaluate((next) => Object.assign(document.querySelector("remit-payment"), { locale: "en", invoice: next }), next);
  await page.waitForTimeout(1000);
  assert.match(await page.locator("remit-payment .lead").textContent(), new RegExp(next.number));
  assert.equal(await page.locator("remit-payment .primary").textContent(), "Review payment");
  await page.unrouteAll({ behavior: "wait" });
  await page.context().close();
});

test("the form value of a recorded payment is cleared when another payment is started", async () => {
  const page = await paying();
  await page.evaluate(() => {
    const [form, element] = [document.createElement("form"), document.querySelector("remit-payment")];
    element.setAttribute("name", "payment");
    element.before(form);
    form.append(element);
  });
  await review(page);
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  const value = () => page.evaluate(() => new FormData(document.querySelector("form")).get("payment"));
  assert.ok(await value());
  await press(page, "Record another payment");
  assert.equal(await value(), null);
  await page.context().close();
});

test("typing rebuilds no element, and a link of the error summary works from any field", async () => {
  const page = await open(stack, { path: "/?provider=ivvy" });
  await press(page, "Review payment");
  await page.locator("remit-payment .summary").waitFor();
  await page.evaluate(() => {
    const root = document.querySelector("remit-payment").shadowRoot;
    window.added = [];
    new MutationObserver((all) => {
      for (const { addedNodes } of all) for (const node of addedNodes) if (node.nodeType === 1) window.added.push(node.outerHTML);
    }).observe(root, { childList: true, subtree: true });
  });
  await type(page, { receiptNumber: "R" });
  await page.evaluate(() => (window.added = []));
  await page.keyboard.type("-1234");
  assert.deepEqual(await page.evaluate(() => window.added), []);
  await field(page, "paidAt").focus();
  await page.keyboard.type("11");
  await page.locator("remit-payment .summary a", { hasText: "Amount" }).click();
  assert.equal(await focused(page), "amount");
  await page.context().close();
});

test("bank transactions that the page sets later are offered", async () => {
  const page = await open(stack, { path: "/?provider=dayzero" });
  assert.equal(await field(page, "transactionId").evaluate((control) => control.localName), "input");
  const { transactions } = stack.provider("dayzero");
  await page.evaluate((transactions) => (document.querySelector("remit-payment").transactions = transactions), transactions);
  await page.locator("remit-payment select[name=transactionId]").waitFor();
  assert.equal(await field(page, "transactionId").locator("option").count(), transactions.length + 1);
  await page.context().close();
});

test("a disabled form can be neither filled in nor sent", async () => {
  const page = await paying();
  const disable = (disabled) => page.evaluate((disabled) => (document.querySelector("remit-payment").disabled = disabled), disabled);
  await disable(true);
  await page.locator("remit-payment .fill:disabled").first().waitFor();
  assert.equal(await page.locator("remit-payment :is(button, input, select, textarea):not(:disabled)").count(), 0);
  await disable(false);
  await page.locator("remit-payment .fill:not(:disabled)").first().waitFor();
  await review(page);
  await disable(true);
  await page.locator("remit-payment .review .primary:disabled").waitFor();
  await page.evaluate(() => document.querySelector("remit-payment").shadowRoot.querySelector(".primary").dispatchEvent(new MouseEvent("click", { bubbles: true })));
  await page.waitForTimeout(200);
  assert.deepEqual(page.posts, []);
  await page.context().close();
});

test("remit-change is dispatched only when the user changes a value", async () => {
  const page = await paying();
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.value = { note: "from the page" };
    element.addEventListener("remit-change", ({ detail }) => (element.value = detail.value));
  });
  await field(page, "paidAt").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.deepEqual(await events(page, "change"), []);
  await type(page, { amount: "1" });
  const changes = await events(page, "change");
  assert.deepEqual(changes.map(({ value }) => [value.amount, value.note]), [["1", "from the page"]]);
  await page.context().close();
});

test("a locale without a table has English sentences and its own number format", async () => {
  const page = await open(stack, { path: "/?provider=harvest&locale=fa" });
  assert.deepEqual(
    await page.locator("remit-payment .remit").evaluate(({ lang, dir }) => [lang, dir]),
    ["en", "ltr"],
  );
  await setInvoice(page, { id: 7, balance: "1250.00", currency: "EUR" });
  assert.match(await page.locator("remit-payment .balance").textContent(), /[۰-۹]/);
  await page.context().close();
});

test("changing the locale during the review translates the review", async () => {
  const page = await paying();
  await review(page);
  await page.evaluate(() => (document.querySelector("remit-payment").locale = "de"));
  await page.locator("remit-payment .remit[lang=de] .review").waitFor();
  assert.match(await page.locator("remit-payment .sentence").textContent(), /19\.\s+November/);
  assert.notEqual(await page.locator("remit-payment .review .title").textContent(), "Check before recording");
  await page.context().close();
});
