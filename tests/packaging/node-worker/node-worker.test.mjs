import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("the package works in a worker thread of Node", async () => {
  assertPrinted(await run(process.execPath, ["node-worker/main.js"]));
});
