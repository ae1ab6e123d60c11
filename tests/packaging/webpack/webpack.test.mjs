import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { promisify } from "node:util";
import webpack from "webpack";
import { assertLeft, assertPrinted, browseBuilt, here, output, run } from "../harness.mjs";

/** The default configuration: no rules, plugins or experiments. */
const bundle = async (entry, target, path) => {
  const config = { mode: "production", target, entry: join(here, "esbuild", entry), output: { path, filename: "main.js", publicPath: "auto" }, performance: false };
  const stats = await promisify(webpack)(config);
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
};

test("the package works in a page bundled by webpack", async () => {
  const out = output("webpack");
  await bundle("main.js", "web", out);
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("the package works in a server bundled by webpack", async () => {
  const out = output("webpack-server");
  await bundle("server.js", "node", out);
  assertPrinted(await run(process.execPath, [join(out, "main.js")], { cwd: out }));
});
