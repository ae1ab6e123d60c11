import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { promisify } from "node:util";
import webpack from "webpack";
import { POLICY, assertLeft, assertPrinted, browse, browseBuilt, here, output, page, run, serve } from "../harness.mjs";

/** The default configuration: no rules, plugins or experiments. */
const bundle = async (entry, target, path, options) => {
  const config = { mode: "production", target, entry: join(here, entry), output: { path, filename: "main.js", publicPath: "auto", ...options }, performance: false };
  const stats = await promisify(webpack)(config);
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
};

test("the package works in a page bundled by webpack", async () => {
  const out = output("webpack");
  await bundle("esbuild/main.js", "web", out);
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("the package works in a server bundled by webpack", async () => {
  const out = output("webpack-server");
  await bundle("esbuild/server.js", "node", out);
  assertPrinted(await run(process.execPath, [join(out, "main.js")], { cwd: out }));
});

/** Opens a bundled page under a policy that also requires Trusted Types. */
const browseTrusted = async (directory, trusted) => {
  const policy = `${POLICY}; require-trusted-types-for 'script'${trusted}`;
  const served = await serve({ "/": page("/built/main.js"), "/built/": directory }, policy);
  try {
    return await browse(served.url);
  } finally {
    await served.close();
  }
};

test("with webpack's own Trusted Types policy, the element loads its translations as well", async () => {
  const out = output("webpack-trusted-policy");
  await bundle("webpack/german.js", "web", out, { trustedTypes: true });
  const { title, complaints } = await browseTrusted(out, "; trusted-types webpack");
  assert.deepEqual([title, complaints], ["Zahlung erfassen", []]);
});

test("without that policy, the element works, in English", async () => {
  const out = output("webpack-trusted-english");
  await bundle("webpack/german.js", "web", out);
  assert.equal((await browseTrusted(out, "")).title, "Record a payment");
});
