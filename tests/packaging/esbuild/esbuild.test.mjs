import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { assertLeft, assertPrinted, browseBuilt, here, output, run } from "../harness.mjs";

const bundle = (entry, options) =>
  build({ entryPoints: [join(here, "esbuild", entry)], bundle: true, minify: true, format: "esm", logLevel: "silent", ...options });

test("a page that esbuild has bundled into one file would lack it", async () => {
  const out = output("esbuild");
  await bundle("main.js", { outdir: out });
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("a page that esbuild has split would lack it", async () => {
  const out = output("esbuild-split");
  await bundle("main.js", { outdir: out, splitting: true });
  assertLeft(await browseBuilt(out, "/built/main.js"), { widget: true });
});

test("a server that esbuild has bundled would lack it", async () => {
  const out = output("esbuild-server");
  for (const format of ["esm", "cjs"]) {
    const outfile = join(out, `${format}.${format === "esm" ? "mjs" : "cjs"}`);
    await bundle("server.js", { outfile, format, platform: "node" });
    assertPrinted(await run(process.execPath, [outfile], { cwd: out }));
  }
});

test("an import that nobody uses would be loaded all the same", async () => {
  const outfile = join(output("esbuild-unused"), "unused.js");
  await bundle("unused.js", { outfile });
  assert.equal(readFileSync(outfile, "utf8").trim(), 'console.log("nothing of it");');
});

test("whoever uses one provider would load what the others need", async () => {
  const outfile = join(output("esbuild-one"), "one.js");
  await bundle("one.js", { outfile });
  const text = readFileSync(outfile, "utf8");
  assert.ok(text.includes('"Clockify"'));
  assert.ok(!/"(DayZero|iVvy|Harvest v2)"/.test(text));
});
