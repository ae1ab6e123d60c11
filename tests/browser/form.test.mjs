// The element is a control of the form around it, and the page is not left while entries or an outcome would be lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { host, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

/** A page with a form that has the element, opened once the element is ready. */
const opened = async (attributes = "", { before = "", after = "<button>Save</button>", ...options } = {}) => {
  const { ids, invoices } = stack.provider("clockify");
  const page = await host(
    stack,
    `<form action="/saved"><fieldset>${before}
      <remit-payment id="pay" name="payment" provider="clockify" base-url="${stack.relay}/clockify" workspace-id="${ids.workspaceId}" ${attributes}></remit-payment>
    ${after}</fieldset></form>`,
    options,
  );
  await page.waitForFunction(() => document.querySelector("remit-payment").state === "editing");
  await page.evaluate((invoice) => {
    window.element = document.querySelector("remit-payment");
    element.invoice = invoice;
  }, invoices[0]);
  await page.locator("remit-payment .lead").waitFor();
  return page;
};

const field = (page, name) => page.locator(`remit-payment [name=${name}]`);
const save = (page) => page.getByRole("button", { name: "Save" }).click();
const until = (page, state) => page.waitForFunction((state) => document.querySelector("remit-payment").state === state, state);
const left = (page) => page.waitForURL(/\/saved/, { waitUntil: "commit" });
const validity = (page) =>
  page.evaluate(() => {
    const { valid, customError, valueMissing } = element.validity;
    return { valid, customError, valueMissing, message: element.validationMessage, form: element.form.checkValidity() };
  });
const VALID = { valid: true, customError: false, valueMissing: false, message: "", form: true };
const UNSAVED = "The entries in this form have not been recorded. Record or clear them first.";
const focusedField = (page) => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.name);

let count = 0;
/** Records a payment. Its note distinguishes it from one that someone else has recorded. */
const record = async (page) => {
  await type(page, { paidAt: "11192026", amount: "1.00", note: `Save ${(count += 1)}` });
  await press(page, "Review payment");
  await until(page, "review");
  // A confirmation right after the review appears may be taken for a double click.
  await page.waitForTimeout(1_000);
  await press(page, "Record payment");
};

test("the element has the interface of a form control", async () => {
  const page = await opened("", { before: '<label for="pay">Payment</label>' });
  const got = await page.evaluate(() => ({
    form: element.form === document.querySelector("form"),
    isListed: [...document.querySelector("form").elements].includes(element),
    name: element.name,
    type: element.type,
    labels: [...element.labels].map(({ textContent }) => textContent),
    willValidate: element.willValidate,
    checked: [element.checkValidity(), element.reportValidity()],
  }));
  assert.deepEqual(got, { form: true, isListed: true, name: "payment", type: "remit-payment", labels: ["Payment"], willValidate: true, checked: [true, true] });
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("without entries, the form around the element is submitted without a value", async () => {
  const page = await opened();
  await save(page);
  await left(page);
  assert.equal(new URL(page.url()).search, "");
  await page.context().close();
});

test("with entries that are not recorded, the form around the element is not submitted and says why", async () => {
  const page = await opened();
  await type(page, { amount: "250" });
  await save(page);
  await page.waitForFunction(() => document.activeElement === element);
  assert.deepEqual(await validity(page), { valid: false, customError: true, valueMissing: false, message: UNSAVED, form: false });
  assert.equal(await focusedField(page), "paidAt", "the browser focuses the first control");
  assert.match(page.url(), /\/host$/);
  assert.deepEqual(page.complaints, []);
  await field(page, "amount").fill("");
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("entries keep the form around the element invalid in the review, until the payment is recorded", async () => {
  const page = await opened();
  await type(page, { paidAt: "11192026", amount: "1.00" });
  await press(page, "Review payment");
  await until(page, "review");
  assert.equal((await validity(page)).message, UNSAVED);
  assert.ok(!(await page.evaluate(() => element.reportValidity())));
  assert.deepEqual(page.complaints, [], "the browser can focus the review");
  await press(page, "Change");
  await stack.fault("delay=1*1");
  await page.evaluate(() => element.submit());
  await page.waitForTimeout(1_000);
  await press(page, "Record payment");
  await until(page, "sending");
  assert.match((await validity(page)).message, /still in progress/);
  assert.equal(await settled(page), "recorded");
  assert.deepEqual(await validity(page), VALID);
  const value = await page.evaluate(() => JSON.parse(new FormData(element.form).get("payment")));
  assert.deepEqual([value.amount, value.state], ["1.00", "recorded"]);
  await save(page);
  await left(page);
  assert.ok(new URL(page.url()).searchParams.has("payment"));
  await page.context().close();
});

test("values that the page itself set do not keep the form around the element from being submitted", async () => {
  const page = await opened();
  await page.evaluate(() => (element.value = { amount: "1.00" }));
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("with an unknown outcome, the form around the element can neither be submitted nor clear the outcome", async () => {
  const page = await opened();
  await stack.fault("drop-after-commit*1");
  await record(page);
  assert.equal(await settled(page), "unknown");
  assert.match((await validity(page)).message, /not known whether/);
  await page.evaluate(() => element.form.reset());
  assert.equal(await page.evaluate(() => element.state), "unknown");
  assert.equal(await page.evaluate(() => element.checkOutcome()), true);
  await until(page, "recorded");
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("a required element is missing its value until a payment is recorded", async () => {
  const page = await opened("required");
  const missing = await validity(page);
  assert.deepEqual([missing.valid, missing.valueMissing, missing.customError], [false, true, false]);
  assert.ok(missing.message);
  await save(page);
  await page.waitForFunction(() => document.activeElement === element);
  assert.match(page.url(), /\/host$/);
  await page.evaluate(() => (element.required = false));
  assert.deepEqual(await validity(page), VALID);
  await page.evaluate(() => (element.required = true));
  await record(page);
  assert.equal(await settled(page), "recorded");
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("a required element keeps the form around it from being submitted even if it cannot be loaded or is blocked", async () => {
  const html = '<form action="/saved"><remit-payment name="payment" required><p>Write to us.</p></remit-payment><button>Save</button></form>';
  const page = await host(stack, html);
  await page.waitForFunction(() => window.events.some(([name]) => name === "load-error"));
  await page.evaluate(() => (window.element = document.querySelector("remit-payment")).form.requestSubmit());
  assert.equal(await page.evaluate(() => document.activeElement.localName), "remit-payment");
  await page.evaluate(() => (element.provider = "clockify"));
  await until(page, "editing");
  await page.evaluate(() => (element.provider = "clokify"));
  await page.locator("remit-payment .blocked").waitFor();
  await page.evaluate(() => (document.activeElement.blur(), element.form.requestSubmit()));
  assert.equal(await page.evaluate(() => element.shadowRoot.activeElement?.className), "blocked");
  assert.match(page.url(), /\/host$/);
  assert.ok(page.complaints.every((text) => text.startsWith("<remit-payment>")), page.complaints.join());
  await page.context().close();
});

test("the page can set a message of its own", async () => {
  const page = await opened();
  await page.evaluate(() => element.setCustomValidity("Choose a customer first."));
  assert.deepEqual(await validity(page), { valid: false, customError: true, valueMissing: false, message: "Choose a customer first.", form: false });
  await page.evaluate(() => element.setCustomValidity(""));
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("the form around the element disables and resets it", async () => {
  const page = await opened();
  await type(page, { amount: "1.00" });
  await page.evaluate(() => (document.querySelector("fieldset").disabled = true));
  await page.waitForFunction(() => element.shadowRoot.querySelector("[name=amount]").disabled);
  assert.deepEqual(await page.evaluate(() => [element.willValidate, element.matches(":disabled"), element.form.checkValidity()]), [false, true, true]);
  await page.evaluate(() => (document.querySelector("fieldset").disabled = false));
  await page.waitForFunction(() => !element.shadowRoot.querySelector("[name=amount]").disabled);
  await page.evaluate(() => element.form.reset());
  assert.equal(await field(page, "amount").inputValue(), "");
  assert.deepEqual(await validity(page), VALID);
  await page.context().close();
});

test("a click on the element's label focuses the first control", async () => {
  const page = await opened("", { before: '<label for="pay">Payment</label>' });
  await page.getByText("Payment", { exact: true }).click();
  assert.equal(await focusedField(page), "paidAt");
  await page.context().close();
});

test("autofocus focuses the first control unless the user is elsewhere already", async () => {
  const known = `autofocus invoice-id="${stack.provider("clockify").invoices[0].id}" currency="${stack.provider("clockify").invoices[0].currency}"`;
  let page = await opened(known);
  assert.equal(await page.evaluate(() => document.activeElement.localName), "remit-payment");
  await page.context().close();
  const prepare = (page) => page.route("**/*.wasm", async (route) => (await page.locator("#other").focus(), route.continue()));
  page = await opened(known, { after: '<input id="other">', prepare });
  assert.equal(await page.evaluate(() => document.activeElement.id), "other");
  await page.context().close();
});

/** The dialogs of the page. Each is dismissed, which keeps the page. */
const dialogs = (page) => {
  const types = [];
  page.on("dialog", (dialog) => (types.push(dialog.type()), dialog.dismiss()));
  return types;
};
const leave = (page) => page.evaluate(() => setTimeout(() => location.assign("/saved"))).then(() => page.waitForTimeout(300));

test("the browser asks before entries or an unknown outcome are left, and not otherwise", async () => {
  const page = await opened();
  const asked = dialogs(page);
  await type(page, { amount: "2.00" });
  await leave(page);
  assert.deepEqual(asked, ["beforeunload"]);
  await page.evaluate(() => element.reset());
  await stack.fault("drop-after-commit*1");
  // Values of the page alone would not keep the user.
  await page.evaluate(() => ((element.value = { paidAt: "2026-11-19", amount: "1.00", note: "Leave" }), element.submit()));
  await until(page, "review");
  await page.waitForTimeout(1_000);
  await press(page, "Record payment");
  assert.equal(await settled(page), "unknown");
  await leave(page);
  assert.deepEqual(asked, ["beforeunload", "beforeunload"]);
  await page.evaluate(() => element.checkOutcome());
  await until(page, "recorded");
  await leave(page);
  await left(page);
  assert.equal(asked.length, 2);
  await page.context().close();
});

/** Leaves the page, and comes back with the browser's button. */
const back = async (page, state = "editing") => {
  await page.goto(new URL("/saved", stack.page).href);
  await page.goBack();
  await until(page, state);
  await page.evaluate(() => (window.element = document.querySelector("remit-payment")));
};

test("when the user comes back to the page, the entries are put back", async () => {
  const page = await opened();
  await type(page, { amount: "3.00", note: "by hand" });
  await back(page);
  assert.deepEqual(await page.evaluate(() => element.value), { amount: "3.00", note: "by hand" });
  assert.equal(await field(page, "amount").inputValue(), "3.00");
  assert.equal((await validity(page)).message, UNSAVED);
  await page.context().close();
});

test("when the user comes back to the page, no payment is put back that was recorded or may be", async () => {
  // An unknown outcome is shown again.
  for (const [fault, outcome, after] of [["drop-after-commit*1", "unknown", "unknown"], ["", "recorded", "editing"]]) {
    const page = await opened();
    if (fault) await stack.fault(fault);
    await record(page);
    assert.equal(await settled(page), outcome);
    await back(page, after);
    assert.deepEqual(await page.evaluate(() => element.value), {});
    await page.context().close();
  }
});

test("a form that is removed after its payment was recorded comes back empty", async () => {
  const page = await opened();
  await record(page);
  assert.equal(await settled(page), "recorded");
  await page.evaluate(async () => {
    const parent = element.parentNode;
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    parent.append(element);
  });
  await until(page, "editing");
  assert.deepEqual(await page.evaluate(() => element.value), {});
  await page.context().close();
});
