// Existing payments, checks after a lost response, removals, added invoices, bank transactions and credentials.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { focused, open, outcome, press, settled, start, tabTo, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const paymentsOf = (provider, invoice) =>
  stack.rows(`select id, amount_minor from payments where provider = '${provider}' and invoice_id = '${invoice}' order by rowid`);
const paid = (provider, invoice) =>
  stack.rows(`select paid_minor, state from invoices where provider = '${provider}' and id = '${invoice}'`)[0];

/** A page whose form pays an invoice of a provider. It collects the requests and the events. */
async function paying(provider, at = 0) {
  const page = await open(stack, { path: `/?provider=${provider}` });
  page.sent = [];
  page.on("request", (request) => page.sent.push(`${request.method()} ${request.url()}`));
  page.events = await page.evaluateHandle(() => {
    const events = [];
    for (const name of ["success", "unknown", "remove"]) {
      document.querySelector("remit-payment").addEventListener(`remit-${name}`, ({ detail }) => events.push([name, detail]));
    }
    return events;
  });
  const invoice = stack.provider(provider).invoices[at];
  await page.locator("#invoice").selectOption(invoice.id);
  await page.locator("remit-payment .lead").waitFor();
  return { page, invoice };
}

async function record(page, amount, more = {}) {
  await type(page, { paidAt: "11192026", amount, ...more });
  await press(page, "Review payment");
  await press(page, "Record payment");
  return settled(page);
}

/** Waits until the focus is on the button that opens the list. */
const atToggle = async (page) => {
  for (let times = 0; times < 50 && (await focused(page)) !== "Payments so far"; times += 1) await page.waitForTimeout(20);
  assert.equal(await focused(page), "Payments so far");
};
const posts = (page, path) => page.sent.filter((line) => line.startsWith("POST") && line.endsWith(path)).length;

test("a check finds a recorded payment whose response was lost, and sends no second payment", async () => {
  for (const provider of ["clockify", "harvest", "harvest-v2"]) {
    const { page, invoice } = await paying(provider);
    const before = paymentsOf(provider, invoice.id).length;
    await stack.fault(`drop-after-commit@${provider}*1`);
    assert.equal(await record(page, "12.34", { note: "ACH 8841" }), "unknown", provider);
    await press(page, "Check again");
    await page.locator("remit-payment [data-outcome=recorded]").waitFor();
    const rows = paymentsOf(provider, invoice.id);
    assert.equal(rows.length, before + 1, provider);
    assert.ok((await outcome(page).textContent()).includes(rows.at(-1).id), "the outcome shows the payment's identifier");
    assert.equal(posts(page, "/payments"), 1, "the check sends no payment");
    const events = await page.events.jsonValue();
    assert.deepEqual(events.map(([name]) => name), ["unknown", "success"]);
    assert.equal(events[1][1].outcome.paymentId, rows.at(-1).id);
    await page.context().close();
  }
});

test("once no request can be pending, an unrecorded payment can be sent again from the entered values", async () => {
  const { page, invoice } = await paying("clockify", 1);
  await stack.fault("drop-before-commit@clockify*1");
  assert.equal(await record(page, "5.55"), "unknown");
  assert.equal(await page.getByText("Back to the form").count(), 0, "no check has run yet");
  await press(page, "Check again");
  await page.getByText("It may still arrive late").waitFor();
  assert.deepEqual(paymentsOf("clockify", invoice.id), []);
  assert.equal(await page.getByText("Back to the form").count(), 0, "the relay may still be waiting for the provider");
  // The computer's clock is set an hour ahead. No time has passed.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  await press(page, "Check again");
  await page.getByText("It may still arrive late").waitFor();
  // A minute later, on the clock that nobody can set.
  await page.evaluate(() => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 60_000;
  });
  await press(page, "Check again");
  await page.getByText("no request is still pending").waitFor();
  assert.equal(await page.locator("remit-payment").evaluate((element) => element.state), "unknown", "it may still arrive");
  await press(page, "Back to the form");
  assert.equal(await page.locator("remit-payment [name=amount]").inputValue(), "5.55");
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  assert.equal(paymentsOf("clockify", invoice.id).length, 1);
  await page.context().close();
});

test("two new payments of the same amount leave the outcome unknown", async () => {
  const { page, invoice } = await paying("harvest-v2", 1);
  await stack.fault("drop-before-commit@harvest-v2*1");
  assert.equal(await record(page, "7.00"), "unknown");
  // Another client records two equal payments: either could be the lost one.
  for (let times = 0; times < 2; times += 1) {
    const { basePath, credentials } = stack.provider("harvest-v2");
    const reply = await fetch(`${stack.sandbox}${basePath}/v2/invoices/${invoice.id}/payments`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${credentials[0].token}`, "harvest-account-id": credentials[0].accountId },
      body: JSON.stringify({ amount: 7, paid_at: "2026-11-19T12:00:00Z", send_thank_you: false }),
    });
    assert.equal(reply.status, 201);
  }
  await press(page, "Check again");
  await page.getByText("does not show enough to tell").waitFor();
  assert.equal(await page.getByText("Back to the form").count(), 0);
  await page.context().close();
});

test("a payment without a note, a number or a transaction is not taken for the lost one until the user says so", async () => {
  const { page, invoice } = await paying("harvest-v2", 1);
  const before = paymentsOf("harvest-v2", invoice.id).length;
  await stack.fault("drop-after-commit@harvest-v2*1");
  assert.equal(await record(page, "6.50"), "unknown");
  await press(page, "Check again");
  await page.getByText(/A payment like this one is in Harvest v2: .*6\.50/).waitFor();
  assert.equal(paymentsOf("harvest-v2", invoice.id).length, before + 1);
  assert.equal(await page.getByText("Back to the form").count(), 0);
  assert.equal(await page.locator("remit-payment").evaluate((element) => element.state), "unknown");
  await press(page, "It is this payment");
  await page.locator("remit-payment [data-outcome=recorded]").waitFor();
  assert.equal(paymentsOf("harvest-v2", invoice.id).length, before + 1);
  await page.context().close();
});

test("a check that fails says so and can be repeated", async () => {
  const { page } = await paying("harvest", 1);
  await stack.fault("drop-after-commit@harvest*1");
  assert.equal(await record(page, "3.21", { note: "ACH 8842" }), "unknown");
  await page.context().setOffline(true);
  await press(page, "Check again");
  await page.getByText("could not be checked").waitFor();
  await page.context().setOffline(false);
  await press(page, "Check again");
  await page.locator("remit-payment [data-outcome=recorded]").waitFor();
  await page.context().close();
});

test("if the response has no payment identifier, the outcome has the one from the list", async () => {
  const { page, invoice } = await paying("clockify");
  const before = paymentsOf("clockify", invoice.id).map(({ id }) => id);
  assert.equal(await record(page, "1.11"), "recorded");
  const [added] = paymentsOf("clockify", invoice.id).filter(({ id }) => !before.includes(id));
  const [[, { outcome }]] = await page.events.jsonValue();
  assert.equal(outcome.paymentId, added.id);
  await page.context().close();
});

test("the list shows the payments, one is removed by keyboard after a confirmation, and the balance is updated", async () => {
  for (const provider of ["clockify", "dayzero", "harvest", "harvest-v2"]) {
    const { invoices } = stack.provider(provider);
    const at = invoices.findIndex(({ paid, balance }) => Number(paid) > 0 && Number(balance) > 0);
    const { page, invoice } = await paying(provider, invoices.findIndex(({ number }) => number === invoices[at].number));
    const before = paymentsOf(provider, invoice.id);
    await press(page, "Payments so far");
    await page.locator("remit-payment .line").first().waitFor();
    assert.equal(await page.locator("remit-payment .line").count(), before.length);
    assert.match(await page.locator("remit-payment .line").first().textContent(), /\d/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("remit-payment .question").waitFor();
    // Pressing Enter again must not remove the payment.
    await page.keyboard.press("Enter");
    assert.equal(paymentsOf(provider, invoice.id).length, before.length);
    await press(page, "Keep payment");
    await page.locator("remit-payment .question").waitFor({ state: "detached" });
    await atToggle(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("remit-payment .question").waitFor();
    await press(page, "Remove payment");
    await page.getByText(/was removed\./).waitFor();
    assert.equal(paymentsOf(provider, invoice.id).length, before.length - 1, provider);
    await atToggle(page);
    const [[name, { outcome, invoiceId }]] = await page.events.jsonValue();
    assert.deepEqual([name, outcome.state, invoiceId], ["remove", "recorded", `${invoice.id}`]);
    const { paid_minor } = paid(provider, invoice.id);
    const left = Math.round(Number(invoice.amount) * 100) - paid_minor;
    assert.equal(Math.round(Number(outcome.balance) * 100), left, provider);
    const lead = await page.locator("remit-payment .balance").textContent();
    assert.equal(lead.replace(/[^0-9]/g, ""), `${left}`, "the form shows the new balance");
    await page.context().close();
  }
});

test("a void invoice is rejected before a request is sent, and a paid one has a notice in the review", async () => {
  const { invoices } = stack.provider("clockify");
  const at = (state) => invoices.findIndex((invoice) => invoice.state === state);
  const { page } = await paying("clockify", at("void"));
  await type(page, { paidAt: "11192026", amount: "1.00" });
  await press(page, "Review payment");
  await page.locator("remit-payment .summary").waitFor();
  assert.match(await page.locator("remit-payment .summary").textContent(), /status “Void” do not accept payments/);
  assert.equal(await page.locator("remit-payment .summary a").count(), 0, "no field has the error, so nothing is linked");
  assert.equal(posts(page, "/payments"), 0);
  await page.locator("#invoice").selectOption(invoices[at("paid")].id);
  await press(page, "Review payment");
  await page.locator("remit-payment .review").waitFor();
  assert.match(await page.locator("remit-payment .notices").textContent(), /status “Paid”/);
  await page.context().close();
});

test("a removal whose response was lost has an unknown outcome, and the list is loaded again", async () => {
  const { page, invoice } = await paying("harvest-v2", 2);
  assert.equal(await record(page, "2.00"), "recorded");
  await press(page, "Record another payment");
  await press(page, "Payments so far");
  await page.locator("remit-payment .line").first().waitFor();
  await stack.fault("drop-after-commit@harvest-v2*1");
  await page.locator("remit-payment .remove").first().click();
  await press(page, "Remove payment");
  await page.getByText(/We do not know whether the payment .* the current payments in .*\. None$/).waitFor();
  assert.deepEqual(paymentsOf("harvest-v2", invoice.id), []);
  await page.context().close();
});

test("an invoice is added by keyboard, and a due date before the invoice date is rejected", async () => {
  const page = await open(stack, { path: "/?provider=clockify" });
  const { ids } = stack.provider("clockify");
  await page.locator("#add summary").click();
  await page.locator("remit-invoice .form").waitFor();
  await tabTo(page, "clientId");
  await type(page, { clientId: "64a687e29ae1f428e7ebe0c1", currency: "EUR", number: "INV-77", issuedAt: "11192026", dueAt: "11182026" });
  await press(page, "Review invoice");
  await page.locator("remit-invoice .summary").waitFor();
  assert.match(await page.locator("remit-invoice .summary").textContent(), /Due date must not be before Invoice date/);
  await page.locator("remit-invoice [name=dueAt]").fill("2026-12-19");
  await page.locator("remit-invoice button[type=submit]").focus();
  await page.keyboard.press("Enter");
  await page.locator("remit-invoice .review").waitFor();
  assert.match(await page.locator("remit-invoice .sentence").textContent(), /INV-77.*Clockify/);
  await press(page, "Add invoice");
  await page.locator("remit-invoice [data-outcome=recorded]").waitFor();
  const rows = stack.rows("select * from invoices where provider = 'clockify' and number = 'INV-77'");
  assert.equal(rows.length, 1);
  const [{ currency, issued, due, client, state, id }] = rows;
  assert.deepEqual([currency, issued, due, client, state], ["EUR", "2026-11-19T12:00:00Z", "2026-12-19T12:00:00Z", "64a687e29ae1f428e7ebe0c1", "draft"]);
  assert.ok((await page.locator("remit-invoice .outcome").textContent()).includes(id));
  assert.ok(ids.workspaceId);
  await page.context().close();
});

test("if the page sets no bank transactions, those with an unallocated amount are offered", async () => {
  const page = await open(stack, { path: "/?provider=dayzero" });
  const { ids, invoices: [invoice], transactions } = stack.provider("dayzero");
  await page.evaluate(
    ({ business, invoice }) => Object.assign(document.querySelector("remit-payment"), { businessId: business, invoice }),
    { business: ids.businessId, invoice: { id: invoice.id, number: invoice.number, currency: invoice.currency } },
  );
  const select = page.locator("remit-payment select[name=transactionId]");
  await select.waitFor();
  const usable = stack
    .rows("select id, description, amount_minor, unallocated_minor, currency from allocations where provider = 'dayzero'")
    .filter(({ amount_minor, unallocated_minor, currency }) => amount_minor > 0 && unallocated_minor > 0 && currency === invoice.currency);
  assert.ok(usable.length > 1 && usable.length < transactions.length);
  const offered = await select.locator("option").evaluateAll((options) => options.map(({ value, textContent }) => [value, textContent]));
  assert.deepEqual(offered.slice(1).map(([id]) => id).sort(), usable.map(({ id }) => id).sort());
  for (const { id, unallocated_minor, description } of usable) {
    const [, text] = offered.find(([known]) => known === id);
    assert.ok(text.includes(description) && text.replace(/[^0-9.]/g, "").includes((unallocated_minor / 100).toFixed(2)), text);
  }
  // The unallocated amount is a limit, although the page did not set it.
  await select.selectOption(usable[0].id);
  await type(page, { amount: "999999.00" });
  await press(page, "Review payment");
  await page.locator("remit-payment .summary").waitFor();
  assert.match(await page.locator("remit-payment .summary").textContent(), /Amount must not exceed the .* left on the bank transaction/);
  await page.context().close();
});

test("an element removed from the page still reports a removal in progress, and keeps an unknown outcome", async () => {
  const { page, invoice } = await paying("harvest-v2", 1);
  assert.equal(await record(page, "4.00"), "recorded");
  await press(page, "Record another payment");
  await press(page, "Payments so far");
  await page.locator("remit-payment .remove").first().click();
  await stack.fault("delay=0.5@harvest-v2*1");
  await page.evaluate(() => {
    const element = document.querySelector("remit-payment");
    element.shadowRoot.querySelector(".danger").click();
    window.away = element;
    element.remove();
  });
  await page.waitForFunction(() => !window.away.shadowRoot.querySelector(".remit"));
  const events = await page.events.jsonValue();
  assert.deepEqual(events.map(([name, { outcome }]) => [name, outcome.state]), [["success", "recorded"], ["remove", "recorded"]]);
  await page.evaluate(() => document.querySelector(".card").append(window.away));
  await page.locator("remit-payment .lead").waitFor();
  await stack.fault("drop-before-commit@harvest-v2*1");
  assert.equal(await record(page, "4.00"), "unknown");
  await page.evaluate(() => {
    window.away.remove();
    setTimeout(() => document.querySelector(".card").append(window.away), 50);
  });
  await page.locator("remit-payment [data-outcome=unknown]").waitFor();
  assert.equal(await page.locator("remit-payment").evaluate((element) => element.state), "unknown");
  assert.ok(!page.complaints.some((text) => text.includes("unreachable")), page.complaints.join());
  assert.ok(invoice.id);
  await page.context().close();
});

test("credentials are sent only to the provider they were set for, and the element never returns them", async () => {
  const page = await open(stack, { path: "/?provider=harvest", bypassCSP: true });
  const seen = [];
  await page.route("**/direct/**", (route) => {
    seen.push([route.request().url(), route.request().headers()]);
    return route.fulfill({ status: 401, body: "{}", contentType: "application/json", headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*", connection: "close" } });
  });
  const read = await page.evaluate(() => {
    const element = document.createElement("remit-payment");
    Object.assign(element, { provider: "harvest-v2 dayzero", baseUrl: `${location.origin}/direct/{provider}` });
    element.credentials = { token: "SECRET-OF-ONE", accountId: "1" };
    element.invoice = { id: "7", currency: "USD", balance: "5.00" };
    document.querySelector("remit-payment").replaceWith(element);
    return [element.credentials, element._get("credentials") ?? null];
  });
  assert.deepEqual(read, [null, null]);
  await page.locator("remit-payment .lead").waitFor();
  await press(page, "Payments so far");
  await page.getByText("could not be shown").waitFor();
  assert.ok(seen.some(([url, headers]) => url.includes("harvest-v2") && headers.authorization === "Bearer SECRET-OF-ONE"));
  await page.evaluate(() => (document.querySelector("remit-payment").invoice = { id: "7c9e6679-7425-40de-944b-e07fc1f90ae7", currency: "USD" }));
  await page.locator("remit-payment [name=provider]").selectOption("dayzero");
  await page.waitForTimeout(500);
  await press(page, "Payments so far");
  await page.getByText("could not be shown").waitFor();
  const other = seen.filter(([url]) => url.includes("/dayzero/"));
  assert.ok(other.length > 0);
  for (const [url, headers] of other) {
    assert.equal(headers.authorization, undefined, url);
    assert.ok(!JSON.stringify([url, headers]).includes("SECRET-OF-ONE"), url);
  }
  await page.context().close();
});
