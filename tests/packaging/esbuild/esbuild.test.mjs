import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { assertLeft, assertPrinted, browseBuilt, here, output, run } from "../harness.mjs";

const bundle = (entry, options) =>
  build({ entryPoints: [join(here, "esbuild", entry)], bundle: true, minify: true, format: "esm", logLevel: "silent", ...options });

test("the package works in a page bundled by esbuild into one file", async () => {
  const out = output("esbuild");
  await bundle("main.js", { outdir: out });
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("the package works in a page bundled by esbuild with splitting", async () => {
  const out = output("esbuild-split");
  await bundle("main.js", { outdir: out, splitting: true });
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("the package works in a server bundled by esbuild", async () => {
  const out = output("esbuild-server");
  for (const format of ["esm", "cjs"]) {
    const outfile = join(out, `${format}.${format === "esm" ? "mjs" : "cjs"}`);
    await bundle("server.js", { outfile, format, platform: "node" });
    assertPrinted(await run(process.execPath, [outfile], { cwd: out }));
  }
});

test("an unused import is removed from the bundle", async () => {
  const outfile = join(output("esbuild-unused"), "unused.js");
  await bundle("unused.js", { outfile });
  assert.equal(readFileSync(outfile, "utf8").trim(), 'console.log("nothing of it");');
});

test("a bundle that uses one provider contains no other provider", async () => {
  const outfile = join(output("esbuild-one"), "one.js");
  await bundle("one.js", { outfile });
  const text = readFileSync(outfile, "utf8");
  assert.ok(text.includes('"Clockify"'));
  assert.ok(!/"(DayZero|iVvy|Harvest v2)"/.test(text));
});
