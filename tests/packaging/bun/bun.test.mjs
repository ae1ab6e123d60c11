import { test } from "node:test";
import { join } from "node:path";
import { assertPrinted, output, program, run } from "../harness.mjs";

test("Bun could not import or require it", async () => {
  assertPrinted(await run(program("bun"), ["bun/main.js"]));
});

test("a bundle that Bun makes would lack it", async () => {
  const out = output("bun");
  for (const target of ["bun", "browser", "node"]) {
    await run(program("bun"), ["build", "bun/bundled.js", `--target=${target}`, `--outfile=${join(out, `${target}.js`)}`]);
  }
  assertPrinted(await run(program("bun"), [join(out, "bun.js")]));
  assertPrinted(await run(process.execPath, [join(out, "node.js")]));
  assertPrinted(await run(process.execPath, [join(out, "browser.js")]));
});
