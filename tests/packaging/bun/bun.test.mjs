import { test } from "node:test";
import { join } from "node:path";
import { assertPrinted, output, program, run } from "../harness.mjs";

test("Bun imports and requires the package", async () => {
  assertPrinted(await run(program("bun"), ["bun/main.js"]));
});

test("bundles made by Bun for each target contain the package", async () => {
  const out = output("bun");
  for (const target of ["bun", "browser", "node"]) {
    await run(program("bun"), ["build", "bun/bundled.js", `--target=${target}`, `--outfile=${join(out, `${target}.js`)}`]);
  }
  assertPrinted(await run(program("bun"), [join(out, "bun.js")]));
  assertPrinted(await run(process.execPath, [join(out, "node.js")]));
  assertPrinted(await run(process.execPath, [join(out, "browser.js")]));
});
