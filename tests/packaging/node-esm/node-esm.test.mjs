import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("a module in Node imports the package", async () => {
  assertPrinted(await run(process.execPath, ["--no-warnings", "node-esm/main.js"]));
});

test("the package works without code generation from strings", async () => {
  assertPrinted(await run(process.execPath, ["--no-warnings", "--disallow-code-generation-from-strings", "node-esm/main.js"]));
});
