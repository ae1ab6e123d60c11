// The checks of expect.js fail for wrong results.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import * as remit from "remit-payments";
import { RESULT, check } from "./expect.js";

const changed = (provider, name, answer) => ({
  ...remit,
  [provider]: { ...remit[provider], payment: Object.create(remit[provider].payment, { [name]: { value: answer } }) },
});

test("correct results pass", () => assert.deepEqual(check(remit), RESULT));

test("each wrong result fails its check", () => {
  const parse = (change) => (...given) => change(remit.clockify.payment.parse(...given));
  for (const [wrong, says] of [
    [changed("clockify", "parse", () => ({ ok: false, issues: [], notices: [] })), /a payment passes/],
    [changed("clockify", "parse", parse((said) => (said.ok ? { ...said, value: { ...said.value, amount: "1250" } } : said))), /its amount/],
    [changed("clockify", "parse", parse((said) => (said.ok ? { ...said, request: undefined } : said))), /its request/],
    [changed("clockify", "parse", parse((said) => (said.ok ? said : { ...said, issues: [{ path: [], code: "required" }] }))), /why, and where/],
    [changed("harvestV2", "receipt", () => ({ state: "unknown" })), /a receipt/],
    [{ ...remit, payment: () => remit.clockify.payment }, /no provider/],
    [{ ...remit, providers: [] }, /the providers/],
  ]) {
    assert.throws(() => check(wrong), says);
  }
});

/** The environments that the package supports. Each has a folder with a test of the same name. */
const ENVIRONMENTS = [
  "bun", "consumer", "deno", "esbuild", "metadata", "next", "node-cjs", "node-esm", "node-worker", "plain",
  "react18", "react19", "readme", "rollup", "typescript", "vite", "web-worker", "webpack", "workerd",
];

test("every environment has a test", () => {
  const tested = readdirSync(import.meta.dirname).filter((name) => existsSync(`${import.meta.dirname}/${name}/${name}.test.mjs`));
  assert.deepEqual(tested.sort(), ENVIRONMENTS);
});
