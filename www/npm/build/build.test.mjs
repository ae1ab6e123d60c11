import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "./bindings.mjs";
import { otherFeatures, used } from "./module.mjs";
import { forRequire } from "./types.mjs";

test("removes the default location of the module, which a bundler would try to resolve", () => {
  assert.equal(plain("a = new URL('b_bg.wasm', import.meta.url); new URL(c)"), "a = undefined; new URL(c)");
  assert.throws(() => plain("a = elsewhere();"), /locates the module in a new way/);
  assert.throws(() => plain("a = new URL('b.css', import.meta.url);"), /locates the module in a new way/);
});

test("marks the registries of unused classes as removable", () => {
  const source = "new URL('b_bg.wasm', import.meta.url); const A = b ? c : new FinalizationRegistry(d);";
  assert.match(plain(source), /: \/\* @__PURE__ \*\/ new FinalizationRegistry\(d\);/);
});

test("rejects a feature that some browsers lack", () => {
  assert.deepEqual(otherFeatures("--enable-sign-ext\n--enable-multivalue\n"), []);
  assert.deepEqual(otherFeatures("--enable-sign-ext\n--enable-threads\n"), ["--enable-threads"]);
});

test("keeps the memory and the exports that are used", () => {
  const names = ["memory", "widget_new", "sink_write", "__wbindgen_start"];
  assert.deepEqual(used(names, (name) => name.startsWith("__wbindgen")), ["memory", "__wbindgen_start"]);
});

test("gives `require` types of its own", () => {
  const types = 'import type { A } from "./types/index.js";\n * from "./a.js"\nlet b: import("./b.js").B;\n';
  assert.equal(forRequire(types), 'import type { A } from "./types/index.cjs";\n * from "./a.js"\nlet b: import("./b.cjs").B;\n');
});
