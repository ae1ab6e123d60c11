import assert from "node:assert/strict";
import { test } from "node:test";
import { POLICY, assertLeft, browse, page, serve, sources } from "../harness.mjs";

const open = async (script, policy) => {
  const served = await serve({ ...sources("plain"), "/": page(`/plain/${script}`) }, policy);
  try {
    return await browse(served.url);
  } finally {
    await served.close();
  }
};

test("the package works in a page without a bundler under a strict policy", async () => {
  assertLeft(await open("main.js"), { widget: true });
});

test("a page can load the module of the slim entry itself", async () => {
  assertLeft(await open("slim.js"));
});

test("if the page's policy forbids WebAssembly, the error names the keyword to allow", async () => {
  const { error } = await open("refused.js", POLICY.replace(" 'wasm-unsafe-eval'", ""));
  assert.match(error, /script-src must allow 'wasm-unsafe-eval'/);
});
