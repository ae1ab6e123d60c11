// The assertions of custom-elements-everywhere, for an application with <remit-payment>. They run against every host.

import assert from "node:assert/strict";

const form = (page) => page.locator("remit-payment");
const field = (page, name) => form(page).locator(`[name=${name}]`);
const button = (page, name) => page.getByRole("button", { name, exact: true });
const properties = (page) =>
  form(page).evaluate(({ provider, businessId, baseUrl, invoice, transactions, disabled }) => ({ provider, businessId, baseUrl, invoice, transactions, disabled }));
const plain = (value) => JSON.parse(JSON.stringify(value));

/** Waits until the form can be filled in. */
export const ready = (page) => field(page, "amount").and(page.locator(":enabled")).waitFor();

/** Waits until `read` returns `expected`. A framework may render later than an event. */
const until = async (label, read, expected) => {
  const end = Date.now() + 10_000;
  let value;
  do {
    value = await read();
    try {
      return assert.deepEqual(value, expected, label);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (true);
};

const next = async (page, { invoices }) => {
  const shown = await page.locator("h1").textContent();
  const at = invoices.findIndex(({ number }) => shown.endsWith(number));
  const invoice = invoices[(at + 1) % invoices.length];
  await button(page, "Next invoice").click();
  await page.getByRole("heading", { name: `Invoice ${invoice.number}`, exact: true }).waitFor();
  return invoice;
};

/** Closes the form and opens it again. */
const reopen = async (page) => {
  await button(page, "Close form").click();
  await form(page).waitFor({ state: "detached" });
  await button(page, "Open form").click();
  await form(page).waitFor({ state: "attached" });
};

/** By name, each assertion. `account` contains the values that the application sets. */
export const CONTRACT = {
  async "shows the form"(page) {
    await ready(page);
    assert.equal(await form(page).count(), 1);
    assert.equal(await form(page).evaluate(({ state }) => state), "editing");
  },

  async "sets attributes and camelCase properties"(page, { baseUrl, businessId }) {
    const attributes = await form(page).evaluate((element) => ["provider", "business-id", "base-url"].map((name) => element.getAttribute(name)));
    assert.deepEqual(attributes, ["dayzero", businessId, baseUrl]);
    const set = await properties(page);
    assert.deepEqual([set.provider, set.businessId, set.baseUrl], ["dayzero", businessId, baseUrl]);
    assert.equal(await field(page, "businessId").count(), 0, "the form does not ask for a value that the host has set");
  },

  async "sets an object and an array as properties, not as attributes"(page, { invoices: [invoice], transactions }) {
    const set = await properties(page);
    assert.deepEqual(plain(set.invoice), invoice);
    assert.ok(Array.isArray(set.transactions));
    assert.deepEqual(plain(set.transactions), transactions);
    const attributes = await form(page).evaluate((element) => element.getAttributeNames().filter((name) => /^(invoice|transactions)$|[A-Z]/.test(name)));
    assert.deepEqual(attributes, []);
    assert.match(await form(page).locator(".lead").textContent(), new RegExp(invoice.number));
    assert.equal(await field(page, "transactionId").locator("option").count(), transactions.length + 1);
  },

  async "sets and clears a boolean"(page) {
    const disabled = () => form(page).evaluate((element) => [element.disabled, element.hasAttribute("disabled")]);
    assert.deepEqual(await disabled(), [false, false]);
    await page.getByLabel("Disabled").check();
    await until("disabled", disabled, [true, true]);
    await form(page).locator(".primary:disabled").waitFor();
    await page.getByLabel("Disabled").uncheck();
    await until("enabled", disabled, [false, false]);
    await ready(page);
  },

  async "passes a new object to the same element, and renders its children again"(page, account) {
    const element = await form(page).elementHandle();
    const invoice = await next(page, account);
    await until("the invoice", async () => plain((await properties(page)).invoice), invoice);
    await form(page).locator(".lead", { hasText: invoice.number }).waitFor();
    assert.ok(await form(page).evaluate((now, before) => now === before, element), "the element was replaced");
    assert.equal((await form(page).locator("> p").textContent()).trim(), `Pay ${invoice.number} by bank transfer.`);
    for (let step = account.invoices.length; step > 1; step -= 1) await next(page, account);
    await form(page).locator(".lead", { hasText: account.invoices[0].number }).waitFor();
  },

  async "receives an event that it listens to imperatively"(page) {
    await field(page, "amount").fill("1.25");
    await until("the amount", () => page.locator("output").textContent(), "1.25");
  },

  async "keeps the entered values when the host renders again"(page, account) {
    await page.getByLabel("Disabled").check();
    await page.getByLabel("Disabled").uncheck();
    await next(page, account);
    for (let step = account.invoices.length; step > 1; step -= 1) await next(page, account);
    await ready(page);
    assert.equal(await field(page, "amount").inputValue(), "1.25");
  },

  async "keeps the form, but blocks it, while a property is invalid"(page, { invoices: [invoice] }) {
    const [children, alert] = [form(page).locator("> p"), form(page).getByRole("alert")];
    await field(page, "amount").fill("1.25");
    await form(page).evaluate((element) => (element.provider = "unknown"));
    await alert.waitFor();
    assert.equal(await field(page, "amount").isDisabled(), true);
    await form(page).evaluate((element) => (element.provider = "dayzero"));
    await alert.waitFor({ state: "detached" });
    await ready(page);
    assert.equal(await field(page, "amount").inputValue(), "1.25");
    // The host's children are the fallback of a form that cannot be loaded.
    assert.equal(await children.isVisible(), false);
    assert.equal((await children.textContent()).trim(), `Pay ${invoice.number} by bank transfer.`);
    assert.equal(page.complaints.splice(0).filter((text) => text.includes('provider="unknown"')).length, 1);
  },

  async "removes and shows the form again, with its properties, children and listeners"(page, { invoices: [invoice], transactions }) {
    for (let time = 0; time < 20; time += 1) await reopen(page);
    await ready(page);
    assert.equal(await form(page).count(), 1);
    const set = await properties(page);
    assert.deepEqual(plain([set.invoice, set.transactions]), [invoice, transactions]);
    assert.equal((await form(page).locator("> p").textContent()).trim(), `Pay ${invoice.number} by bank transfer.`);
    await field(page, "amount").fill("1.00");
    await until("the amount", () => page.locator("output").textContent(), "1.00");
  },

  async "records a payment, and receives the event that it listens to declaratively once"(page, { transactions, recorded }) {
    const before = recorded();
    const [transaction] = transactions.filter(({ currency, unallocated }) => currency === "USD" && Number(unallocated) > 100);
    await field(page, "transactionId").selectOption(transaction.id);
    await field(page, "paidAt").fill("2026-11-19");
    await field(page, "amount").fill("1.00");
    await form(page).locator("button[type=submit]").click();
    await form(page).locator(".review .primary").click();
    await form(page).locator(".outcome[data-outcome=recorded]").waitFor();
    const receipts = page.locator("ul:not(remit-payment ul) > li");
    await receipts.first().waitFor();
    const payments = recorded();
    assert.equal(payments.length, before.length + 1);
    const [payment] = payments.filter(({ id }) => !before.some((known) => known.id === id));
    assert.deepEqual((await receipts.allTextContents()).map((text) => text.trim()), [`USD 1.00 recorded: ${payment.id}`]);
  },
};
