// Attributes and properties that a page or a framework writes before the element is defined, or with the wrong type: each is read or
// reported, and none is lost silently.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, start } from "./stack.mjs";

let stack;
let page;
const said = [];
before(async () => {
  stack = await start();
  page = await open(stack);
  page.on("console", (message) => ["warning", "error"].includes(message.type()) && said.push(message.text()));
});
after(() => stack.stop());

const INVOICE = { id: "4393", number: "INV-42", currency: "EUR" };

/**
 * Makes an element that is not defined yet, with these attributes and properties, and adds it to the page, which defines it. Returns
 * its state, its attributes, the text of its form, its load errors and the warnings of the console.
 */
const upgraded = async ({ attributes = {}, properties = {}, later = {} }) => {
  said.length = 0;
  const found = await page.evaluate(
    async ({ attributes, properties, later }) => {
      const wait = () => new Promise((resolve) => setTimeout(resolve, 300));
      // A document without a window defines no elements.
      const element = document.implementation.createHTMLDocument().createElement("remit-payment");
      for (const [name, value] of Object.entries({ provider: "harvest-v2", ...attributes })) element.setAttribute(name, value);
      Object.assign(element, properties);
      const errors = [];
      element.addEventListener("remit-load-error", ({ detail }) => errors.push(detail.message));
      document.querySelector("remit-payment").replaceWith(element);
      await wait();
      const before = element.state;
      Object.assign(element, later);
      await wait();
      const { state, disabled, baseUrl, invoice, value } = element;
      const names = element.getAttributeNames();
      return { before, state, disabled, baseUrl, invoice, value, names, errors, lead: element.shadowRoot.querySelector(".lead")?.textContent ?? "" };
    },
    { attributes, properties, later },
  );
  return { ...found, warnings: said.filter((text) => text.startsWith("<remit-payment>") || text.startsWith("remit-payments")) };
};

test("properties that were set before the element was defined are applied", async () => {
  const { state, lead, value, errors, warnings } = await upgraded({ properties: { invoice: INVOICE, value: { note: "x" }, disabled: false } });
  assert.deepEqual([state, value.note, errors, warnings], ["editing", "x", [], []]);
  assert.match(lead, /INV-42/);
});

test('a flag with the text "false" is read as false, with a warning', async () => {
  for (const name of ["disabled", "removable", "required"]) {
    const { disabled, names, warnings } = await upgraded({ attributes: { [name]: "false" } });
    assert.deepEqual([disabled, names.includes(name)], [false, false]);
    assert.deepEqual(warnings.map((text) => text.split(".")[0]), [`<remit-payment>: ${name}="false" is read as false`]);
  }
  assert.equal((await upgraded({ properties: { disabled: "false" } })).disabled, false);
  assert.equal((await upgraded({ attributes: { disabled: "" } })).disabled, true);
});

test("an attribute that lacks its hyphen is read, with a warning", async () => {
  const { baseUrl, warnings } = await upgraded({ attributes: { baseurl: "https://relay.example.com/harvest-v2" } });
  assert.equal(baseUrl, "https://relay.example.com/harvest-v2");
  assert.deepEqual(warnings, ["<remit-payment>: the attribute baseurl is read as base-url."]);
});

test("a property in an attribute is read as JSON", async () => {
  const { lead, value, errors } = await upgraded({ attributes: { invoice: JSON.stringify(INVOICE), value: '{"note":"x"}' } });
  assert.match(lead, /INV-42/);
  assert.deepEqual([value.note, errors], ["x", []]);
});

test("an object that an attribute has lost is reported, until the page sets the property", async () => {
  for (const name of ["invoice", "value", "credentials", "transactions"]) {
    const text = name === "transactions" ? "[object Object],[object Object]" : "[object Object]";
    const { state, errors } = await upgraded({ attributes: { [name]: text } });
    assert.deepEqual([state, errors.length], ["loading", 1], name);
    assert.ok(errors[0].startsWith(`${name} is lost: its attribute is the text "${text}".`), errors[0]);
    assert.ok(errors[0].endsWith(`or set the property ${name}.`), errors[0]);
  }
  const { before, state, lead } = await upgraded({ attributes: { invoice: "[object Object]" }, later: { invoice: INVOICE } });
  assert.deepEqual([before, state], ["loading", "editing"]);
  assert.match(lead, /INV-42/);
});

test("a property of the wrong type is reported by name, and the form stays without it", async () => {
  for (const [properties, message] of [
    [{ transactions: {} }, "transactions must be an array."],
    [{ transactions: ["x"] }, "transactions[] must be an object."],
    [{ invoice: "INV-42" }, "invoice must be an object."],
    [{ invoice: { ...INVOICE, balance: {} } }, "invoice.balance must be a text, a number or a Date, not an object."],
    [{ credentials: "key" }, "credentials must be an object."],
    [{ value: ["x"] }, "value must be an object."],
    [{ currency: {} }, 'currency must be a text, not an object: its attribute is "[object Object]".'],
  ]) {
    for (const given of [{ properties }, { later: properties }]) {
      const { errors, warnings } = await upgraded(given);
      assert.deepEqual(errors, [message]);
      assert.ok(warnings.some((text) => text.includes(message)));
    }
  }
});

test("a member that is spelled almost like a known one causes a warning", async () => {
  const { errors, warnings } = await upgraded({ properties: { invoice: { ...INVOICE, balanc: "1", customer: "Acme" }, value: { amout: "5" } } });
  assert.deepEqual(errors, []);
  assert.deepEqual(warnings.sort(), ["remit-payments: invoice.balanc is ignored. Did you mean balance?", "remit-payments: value.amout is ignored. Did you mean amount?"]);
});
