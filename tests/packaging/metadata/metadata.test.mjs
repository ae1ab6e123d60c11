import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import { bin, installed, run } from "../harness.mjs";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const { REMIT_TARBALL: tarball } = process.env;
if (!tarball) throw new Error("set REMIT_TARBALL to the path of the packed package, as `cargo xtask test --only package` does");

test("publint finds no problem in the entries of the package", async () => {
  await run(bin("publint"), ["--strict", tarball]);
});

test("every resolution mode of TypeScript finds the right types for every entry", async () => {
  const { analysis, problems } = JSON.parse(await run(bin("attw"), [tarball, "--format", "json"]));
  assert.deepEqual(problems ?? {}, {});
  const entries = Object.keys(analysis.entrypoints);
  for (const entry of [".", "./slim", "./widget", "./react", "./session", "./remit.wasm"]) assert.ok(entries.includes(entry), `${entry} was not checked`);
});

test("custom-elements.json is valid and describes both elements", () => {
  const manifest = read(join(installed, "custom-elements.json"));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(read(createRequire(import.meta.url).resolve("custom-elements-manifest/schema.json")));
  assert.ok(validate(manifest), JSON.stringify(validate.errors));
  const [payment, invoice] = manifest.modules[0].declarations;
  assert.deepEqual([payment.tagName, invoice.tagName], ["remit-payment", "remit-invoice"]);
  const names = (list) => list.map(({ name }) => name);
  assert.ok(names(payment.attributes).includes("base-url") && names(payment.members).includes("baseUrl"));
  assert.ok(names(payment.members).includes("transactions") && !names(invoice.members).includes("transactions"));
  assert.ok(names(payment.events).includes("remit-remove") && !names(invoice.events).includes("remit-remove"));
  assert.ok(names(payment.cssProperties).includes("--remit-accent") && names(payment.cssParts).includes("frame"));
  assert.ok(!validate({ ...manifest, modules: [{ kind: "javascript-module" }] }), "the validation accepts an invalid manifest");
});

test("every JSON Schema of the package compiles and rejects an empty draft", () => {
  const compilers = { "draft-2020-12": Ajv2020, "draft-07": Ajv };
  const files = readdirSync(join(installed, "schema"));
  for (const [target, Validator] of Object.entries(compilers)) {
    const those = files.filter((file) => file.endsWith(`.${target}.json`));
    assert.ok(those.length > 1, `the package has no schema in ${target}`);
    for (const file of those) {
      const validate = new Validator({ strict: true, validateFormats: false }).compile(read(join(installed, "schema", file)));
      assert.equal(validate({}), false, `${file} accepts an empty draft`);
    }
  }
});

test("every locale has a script for the element", () => {
  const locales = readdirSync(join(installed, "locales")).map((file) => file.replace(".json", ""));
  const scripts = readdirSync(join(installed, "element")).map((file) => file.replace(".js", ""));
  assert.ok(locales.length > 5);
  assert.deepEqual(locales.filter((locale) => locale !== "en" && !scripts.includes(locale)), []);
});
