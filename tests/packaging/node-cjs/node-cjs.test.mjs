import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("a CommonJS program in Node requires the package", async () => {
  assertPrinted(await run(process.execPath, ["node-cjs/main.js"]));
});

test("a module imports the CommonJS entry by name", async () => {
  assertPrinted(await run(process.execPath, ["node-cjs/named.mjs"]));
});
