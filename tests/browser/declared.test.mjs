// The elements are as the generated files declare them: custom-elements.json, and with it the types and the documentation.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { open, press, settled, start, type } from "./stack.mjs";

const manifest = JSON.parse(readFileSync(new URL("../../www/npm/custom-elements.json", import.meta.url), "utf8"));
const { declarations } = manifest.modules[0];
const sorted = (names) => [...new Set(names)].sort();

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

for (const { tagName, attributes, members, events } of declarations) {
  test(`<${tagName}> has exactly the declared attributes, properties and methods`, async () => {
    const page = await open(stack);
    const got = await page.evaluate((tagName) => {
      const found = { properties: {}, methods: {} };
      const type = customElements.get(tagName);
      for (let { prototype } = type; prototype !== HTMLElement.prototype; prototype = Object.getPrototypeOf(prototype)) {
        for (const [name, { get, set, value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
          if (/^_|^constructor$|Callback$/.test(name)) continue;
          if (typeof value === "function") found.methods[name] = value.length;
          else found.properties[name] = Boolean(set);
        }
      }
      return { ...found, observed: type.observedAttributes, isFormAssociated: type.formAssociated };
    }, tagName);
    const fields = members.filter(({ kind }) => kind === "field");
    assert.deepEqual(got.properties, Object.fromEntries(fields.map(({ name, readonly }) => [name, !readonly])));
    const methods = members.filter(({ kind }) => kind === "method");
    assert.deepEqual(got.methods, Object.fromEntries(methods.map(({ name, parameters }) => [name, parameters.length])));
    const declared = attributes.map(({ name }) => name);
    assert.deepEqual(got.observed.filter((name) => !declared.includes(name)), []);
    // The browser and the style sheet observe these two.
    assert.deepEqual(sorted(declared.filter((name) => !got.observed.includes(name))), ["name", "theme"]);
    assert.ok(got.isFormAssociated);
    await page.context().close();
  });

  test(`each attribute of <${tagName}> is reflected by its property, with the declared type and default`, async () => {
    const page = await open(stack);
    for (const { name, fieldName, type, default: value } of attributes) {
      const [before, set, read] = await page.evaluate(
        ({ tagName, name, fieldName }) => {
          const element = document.createElement(tagName);
          const before = element[fieldName];
          element[fieldName] = "dark";
          return [before, element.getAttribute(name), element[fieldName]];
        },
        { tagName, name, fieldName },
      );
      assert.equal(before, JSON.parse(value), name);
      assert.deepEqual([set, read], type.text === "boolean" ? ["", true] : ["dark", "dark"], name);
    }
    await page.context().close();
  });

  test(`<${tagName}> fires only declared events`, () => {
    const source = readFileSync(new URL("../../www/remit.js", import.meta.url), "utf8");
    const fired = [...source.matchAll(/#tell\("(remit-[a-z-]+)"/g)].map(([, name]) => name);
    assert.deepEqual(fired.filter((name) => !events.some((event) => event.name === name)), []);
  });
}

test("the form has only declared parts, and fires only declared events with the declared members", async () => {
  let page;
  const [found, seen] = [new Set(), []];
  const opened = async (provider) => {
    page = await open(stack, { path: `/?provider=${provider}` });
    await page.exposeFunction("report", (...event) => void seen.push(event));
    await page.evaluate(() => {
      const dispatch = EventTarget.prototype.dispatchEvent;
      EventTarget.prototype.dispatchEvent = function (event) {
        if (event.type.startsWith("remit-")) window.report(event.type, Object.keys(event.detail), event.cancelable, event.bubbles && event.composed);
        return dispatch.call(this, event);
      };
    });
    await page.locator("#invoice").selectOption({ index: 1 });
    await page.locator("remit-payment .lead").waitFor();
  };
  const look = async () => {
    for (const name of await page.evaluate(() => [...document.querySelector("remit-payment").shadowRoot.querySelectorAll("[part]")].flatMap(({ part }) => [...part]))) found.add(name);
  };
  const field = (name) => page.locator(`remit-payment [name=${name}]`);
  await opened("ivvy");
  await field("method").selectOption("cheque");
  await type(page, { feePercentage: "3", feeAmount: "2.00" });
  await press(page, "Review payment");
  await page.locator("remit-payment .summary").waitFor();
  await look();
  await page.evaluate(() => (document.querySelector("remit-payment").provider = "clokify"));
  await page.locator("remit-payment .blocked").waitFor();
  await look();
  await page.context().close();
  await opened("clockify");
  await field("note").fill("n".repeat(950));
  await field("paidAt").fill("2026-11-19");
  await field("amount").fill("1.00");
  await look();
  for (const fault of ["drop-after-commit*1", ""]) {
    if (fault) await stack.fault(fault);
    await page.evaluate(() => document.querySelector("remit-payment").submit());
    await page.locator("remit-payment .review").waitFor();
    await look();
    await page.waitForTimeout(1_000);
    await press(page, "Record payment");
    await settled(page);
    await look();
    if (fault) {
      await page.evaluate(() => document.querySelector("remit-payment").checkOutcome());
      await page.waitForFunction(() => document.querySelector("remit-payment").state === "recorded");
    }
    await press(page, "Record another payment");
    await field("paidAt").fill("2026-11-19");
    await field("amount").fill("1.00");
  }
  const parts = declarations[0].cssParts.map(({ name }) => name);
  assert.deepEqual([...found].filter((name) => !parts.includes(name)), []);
  assert.ok(found.size > 30, [...found].join());
  assert.ok(sorted(seen.map(([name]) => name)).length >= 6);
  for (const [name, members, cancelable, crosses] of seen) {
    const event = declarations[0].events.find((event) => event.name === name);
    assert.ok(event, `${name} is not declared`);
    assert.ok(crosses, name);
    assert.equal(cancelable, event.description.startsWith("Cancelable"), name);
    for (const member of members) assert.match(event.type.text, new RegExp(`\\b${member}: `), name);
  }
  await page.context().close();
});
