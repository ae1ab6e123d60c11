import assert from "node:assert/strict";
import { expect, test } from "vitest";
import shared from "../entries.cjs";

const { complaint, entries, tick, uses } = shared;

for (const name of entries) {
  test(`imports ${name}`, async () => {
    const loaded = await import(/* @vite-ignore */ name);
    if (uses[name]) assert.ok(uses[name](loaded));
    else expect(loaded.default).toBeTypeOf("object");
    await tick(20);
  });
}

test.skipIf(typeof document === "undefined")("an element says what the environment lacks", async () => {
  await import("remit-payments/widget");
  console.error = () => {};
  assert.match(await complaint(), /ElementInternals.*remit-payments\/testing/);
});
