import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import { read, sources } from "./files.mjs";

const json = (...path) => JSON.parse(read(...path));
const schema = json(createRequire(import.meta.url).resolve("custom-elements-manifest/schema.json"));
const manifest = json(sources, "custom-elements.json");
const [payment, invoice] = manifest.modules[0].declarations;
const names = (list) => list.map(({ name }) => name);

test("custom-elements.json follows its schema", () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  assert.ok(validate(manifest), JSON.stringify(validate.errors));
  assert.ok(!validate({ ...manifest, modules: [{ kind: "javascript-module" }] }), "the validation accepts an invalid manifest");
});

test("custom-elements.json describes each element with its own members, and everything in words", () => {
  assert.deepEqual([payment.tagName, invoice.tagName], ["remit-payment", "remit-invoice"]);
  assert.ok(names(payment.members).includes("transactions") && !names(invoice.members).includes("transactions"));
  assert.ok(names(payment.events).includes("remit-remove") && !names(invoice.events).includes("remit-remove"));
  for (const { name, attributes, members, events, slots, cssParts, cssProperties } of [payment, invoice]) {
    for (const list of [attributes, members, events, slots, cssParts, cssProperties]) {
      assert.ok(list.length > 0);
      assert.equal(new Set(names(list)).size, list.length, `${name} has two members with the same name`);
      for (const one of list) assert.match(one.description, /^\S.*[^.]\.$/, one.name);
    }
    const accessors = members.filter(({ attribute }) => attribute);
    assert.deepEqual(accessors.map(({ attribute }) => attribute), names(attributes));
    assert.deepEqual(names(accessors), attributes.map(({ fieldName }) => fieldName));
  }
  assert.ok(invoice.events.every(({ type }) => !type.text.includes("Subject")));
});

test("the description for VS Code lists the same attributes", () => {
  const { version, tags } = json(sources, "vscode.html-custom-data.json");
  assert.equal(version, 1);
  assert.deepEqual(names(tags), ["remit-payment", "remit-invoice"]);
  for (const { attributes } of tags) assert.deepEqual(names(attributes), names(payment.attributes));
});

test("the files of the package that are generated are published", () => {
  const { customElements, exports } = json(sources, "package.json");
  assert.equal(customElements, "./custom-elements.json");
  for (const name of ["./custom-elements.json", "./vscode.html-custom-data.json", "./types/*"]) assert.ok(exports[name], name);
  for (const name of ["react", "preact", "solid", "vue"]) assert.ok(read(join(sources, "types"), `${name}.d.ts`).includes("remit-invoice"));
});
