import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { refused } from "../load/compile.js";
import { initialize, initializeSync } from "../load/slim.js";

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Calls something while the host has no WebAssembly. */
const without = async (call) => {
  const { WebAssembly: kept } = globalThis;
  delete globalThis.WebAssembly;
  try {
    await call();
  } finally {
    globalThis.WebAssembly = kept;
  }
};

test("without WebAssembly, the error says so", async () => {
  await without(async () => {
    await assert.rejects(initialize(EMPTY), /has no WebAssembly/);
    assert.throws(() => initializeSync(EMPTY), /has no WebAssembly/);
  });
});

test("other bytes than the module's are not blamed on a policy", async () => {
  for (const bytes of [new TextEncoder().encode("<!doctype html>"), EMPTY.subarray(0, 6)]) {
    await assert.rejects(initialize(bytes), ({ message, cause }) => /bytes are incomplete/.test(message) && !/Policy/.test(message) && cause instanceof WebAssembly.CompileError);
    assert.throws(() => initializeSync(bytes), /bytes are incomplete/);
  }
});

test("where nothing may be compiled, the error names the keyword to allow", () => {
  const context = createContext({ EMPTY }, { codeGeneration: { wasm: false } });
  const { WebAssembly: kept } = globalThis;
  globalThis.WebAssembly = runInContext("WebAssembly", context);
  try {
    assert.match(refused(new Error("no")).message, /script-src must allow 'wasm-unsafe-eval'.*\(no\)$/);
  } finally {
    globalThis.WebAssembly = kept;
  }
});
