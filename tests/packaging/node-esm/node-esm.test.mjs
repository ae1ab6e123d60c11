import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("a program of Node could not import it", async () => {
  assertPrinted(await run(process.execPath, ["--no-warnings", "node-esm/main.js"]));
});

test("code that may not be made from text would keep it from working", async () => {
  assertPrinted(await run(process.execPath, ["--no-warnings", "--disallow-code-generation-from-strings", "node-esm/main.js"]));
});
