// A user records a payment with each provider, from an empty form, by keyboard only.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, outcome, press, settled, start, tabTo, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

/** The values to type for a provider, in the order of its form. */
const entries = {
  clockify: ({ ids, invoices: [invoice] }) => ({
    workspaceId: ids.workspaceId,
    invoiceId: invoice.id,
    currency: invoice.currency,
    paidAt: "11192026",
    amount: "1,000.50",
    note: "ACH 8841",
  }),
  dayzero: ({ ids, invoices: [invoice], transactions }) => ({
    businessId: ids.businessId,
    invoiceId: invoice.id,
    transactionId: transactions.find(({ currency, unallocated }) => currency === invoice.currency && Number(unallocated) > 100.5).id,
    currency: invoice.currency,
    paidAt: "11192026",
    amount: "100.50",
  }),
  harvest: ({ invoices: [invoice] }) => ({
    invoiceId: invoice.id,
    currency: invoice.currency,
    paidAt: "11192026",
    amount: "1,000.50",
    note: "Cheque <12> & \"co\"",
  }),
  "harvest-v2": ({ invoices: [invoice] }) => ({
    invoiceId: invoice.id,
    currency: invoice.currency,
    paidAt: "11192026",
    amount: "1,000.50",
    note: "Wire \\ \"8841\"",
  }),
  ivvy: ({ invoices: [invoice] }) => ({
    invoiceId: invoice.id,
    currency: invoice.currency,
    paidAt: "11192026",
    amount: "1,000.50",
    method: "Cheque",
    chequeNumber: "000123",
    chequeDrawer: "A. Person",
    receiptNumber: "R-1",
    feePercentage: "1.5",
  }),
};
const names = { clockify: "Clockify", dayzero: "DayZero", harvest: "Harvest classic", "harvest-v2": "Harvest v2", ivvy: "iVvy" };

for (const [id, entry] of Object.entries(entries)) {
  test(`a payment typed into the form is recorded in ${names[id]}`, async () => {
    const page = await open(stack);
    const fields = entry(stack.provider(id));
    const [{ n: before }] = stack.rows(`select count(*) n from payments where provider = '${id}'`);

    await type(page, { provider: names[id] });
    await type(page, fields);
    await press(page, "Review payment");
    const review = page.locator("remit-payment .review");
    await review.waitFor();
    const sentence = await review.locator(".sentence").textContent();
    assert.match(sentence, /19\s+November\s+2026/);
    assert.match(sentence, id === "dayzero" ? /100\.50/ : /1,000\.50/);
    assert.ok(sentence.includes(names[id]), sentence);

    await press(page, "Record payment");
    assert.equal(await settled(page), "recorded", await outcome(page).textContent());
    const rows = stack.rows(`select * from payments where provider = '${id}' order by recorded_at desc, rowid desc`);
    assert.equal(rows.length, before + 1);
    const [row] = rows;
    assert.equal(row.invoice_id, fields.invoiceId);
    assert.equal(row.amount_minor, id === "dayzero" ? 10050 : 100050);
    assert.equal(row.currency, fields.currency);
    assert.equal(row.paid_at, "2026-11-19T12:00:00Z");
    assert.equal(row.note ?? undefined, fields.note);
    const kept = JSON.parse(row.fields);
    if (id === "ivvy") {
      assert.deepEqual(
        [kept.method, kept.chequeNumber, kept.chequeDrawer, kept.receiptNumber, kept.feePercentage],
        ["cheque", "000123", "A. Person", "R-1", "1.5"],
      );
    }
    const [invoice] = stack.rows(`select * from invoices where provider = '${id}' and id = '${fields.invoiceId}'`);
    assert.equal(invoice.paid_minor, row.amount_minor, "the sandbox updates the invoice");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("a trusted page that calls the provider directly records with the user's key, which appears in no event and not in the page", async () => {
  const { basePath, credentials, ids, invoices } = stack.provider("clockify");
  // The demo's policy allows requests only to the relay.
  const page = await open(stack, { bypassCSP: true });
  const events = await page.evaluateHandle(
    ({ base, key, workspace, invoice }) => {
      const element = document.createElement("remit-payment");
      Object.assign(element, { provider: "clockify", baseUrl: base, workspaceId: workspace, invoice, credentials: { apiKey: key } });
      document.querySelector("remit-payment").replaceWith(element);
      const events = [];
      for (const name of ["ready", "change", "submit", "success", "failure", "unknown"]) {
        element.addEventListener(`remit-${name}`, ({ detail }) => events.push(detail));
      }
      return events;
    },
    { base: `${stack.sandbox}${basePath}`, key: credentials[0].apiKey, workspace: ids.workspaceId, invoice: invoices[1] },
  );
  await page.locator("remit-payment .lead").waitFor();
  await type(page, { paidAt: "11192026", amount: "1.00" });
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded", page.complaints.join());
  const [row] = stack.rows("select * from payments where provider = 'clockify' order by recorded_at desc, rowid desc");
  assert.equal(row.invoice_id, invoices[1].id);
  // `content()` leaves out shadow roots.
  const shadow = await page.evaluate(() => document.querySelector("remit-payment").shadowRoot.innerHTML);
  const visible = JSON.stringify(await events.jsonValue()) + (await page.content()) + shadow;
  assert.ok(shadow.includes("1.00") && !visible.includes(credentials[0].apiKey));
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").credentials), null);
  await page.context().close();
});

test("with a known invoice, four buttons record the balance: today, balance, review, record", async () => {
  const page = await open(stack);
  await page.locator("#invoice").selectOption({ index: 3 });
  await page.locator("remit-payment .lead").waitFor();
  await page.locator("remit-payment [name=provider]").focus();
  await press(page, "Today");
  await press(page, "Pay the balance");
  await press(page, "Review payment");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  const facts = await outcome(page).locator(".facts").textContent();
  assert.match(facts, /New balanceUS\$0\.00/);
  // The old balance is not offered again.
  await press(page, "Record another payment");
  await tabTo(page, "Today");
  assert.equal(await page.locator("remit-payment .balance").textContent(), "Balance US$0.00");
  assert.equal(await page.getByText("Pay the balance").count(), 0);
  await page.context().close();
});
