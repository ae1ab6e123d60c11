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

test("a page without a bundler could not use it under a strict policy", async () => {
  assertLeft(await open("main.js"), { widget: true });
});

test("a page could not bring the module itself", async () => {
  assertLeft(await open("slim.js"));
});

test("a page whose policy forbids WebAssembly would not be told what to allow", async () => {
  const { error } = await open("refused.js", POLICY.replace(" 'wasm-unsafe-eval'", ""));
  assert.match(error, /script-src must allow 'wasm-unsafe-eval'/);
});
