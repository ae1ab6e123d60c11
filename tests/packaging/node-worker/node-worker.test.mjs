import { test } from "node:test";
import { assertPrinted, run } from "../harness.mjs";

test("a worker thread of Node could not use it", async () => {
  assertPrinted(await run(process.execPath, ["node-worker/main.js"]));
});
