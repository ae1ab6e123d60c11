import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("a program of Node could not require it", async () => {
  assertPrinted(await run(process.execPath, ["node-cjs/main.js"]));
});

test("what is there to be required could not be imported by name", async () => {
  assertPrinted(await run(process.execPath, ["node-cjs/named.mjs"]));
});
