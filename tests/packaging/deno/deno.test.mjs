import { test } from "node:test";
import { assertPrinted, output, program, run } from "../harness.mjs";

test("Deno imports the package without permissions", async () => {
  // The options grant no permission, and the package requests none.
  const words = ["run", "--no-remote", "--no-lock", "--node-modules-dir=manual", "--no-prompt", "deno/main.js"];
  assertPrinted(await run(program("deno"), words, { env: { DENO_DIR: output("deno"), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" } }));
});
