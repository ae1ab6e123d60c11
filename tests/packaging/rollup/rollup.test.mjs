import { test } from "node:test";
import { join } from "node:path";
import { rollup } from "rollup";
import resolve from "@rollup/plugin-node-resolve";
import { assertLeft, assertPrinted, browseBuilt, here, output, run } from "../harness.mjs";

const bundle = async (entry, options, dir) => {
  const built = await rollup({ input: join(here, "esbuild", entry), plugins: [resolve(options)], onwarn: (warning) => { throw new Error(warning.message); } });
  await built.write({ dir, format: "esm" });
  await built.close();
};

test("the package works in a page bundled by Rollup", async () => {
  const out = output("rollup");
  await bundle("main.js", { browser: true }, out);
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("the package works in a server bundled by Rollup", async () => {
  const out = output("rollup-server");
  await bundle("server.js", { exportConditions: ["node"] }, out);
  assertPrinted(await run(process.execPath, [join(out, "server.js")], { cwd: out }));
});
