// `cargo xtask bench`: compares the package with its peers, in Node and in Chromium.
//
// Everything is bundled as applications are bundled, weighed, run and printed as a table. A peer with another result is a
// failure; no time is a failure. REMIT_PACKAGE is the folder of the package, REMIT_BENCH_SCRIPTS the folder for the bundles.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "../../www/npm/build/node_modules/esbuild/lib/main.js";
import { CASES, brotli, markdownTable, plainTable, sorted, versions, weighed } from "./table.mjs";

const USAGE = `cargo xtask bench [--only CASE,CASE...] [--quick] [--markdown] [--json FILE]
  --only a,b    of ${CASES.join(", ")}
  --quick       only whether all results are the same
  --markdown    the table as DESIGN.md shows it
  --json FILE   write all figures there`;

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean" }, markdown: { type: "boolean" }, json: { type: "string" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const cases = values.only?.split(",").map((name) => name.trim()) ?? CASES;
const unknown = cases.find((name) => !CASES.includes(name));
if (unknown !== undefined) throw new Error(`there is no case "${unknown}"; choose from ${CASES.join(", ")}`);

const here = fileURLToPath(new URL(".", import.meta.url));
const { REMIT_PACKAGE: unpacked, REMIT_BENCH_SCRIPTS: scripts } = process.env;
const module = join(unpacked, "remit.wasm");

const link = join(here, "node_modules", "remit-payments");
rmSync(link, { force: true });
symlinkSync(unpacked, link, "dir");

/** Each bundle's name, and the script that it starts from. */
const SCRIPTS = {
  single: "single.mjs",
  files: "files.mjs",
  worker: "worker.mjs",
  remit: "ours.mjs",
  slim: "slim.mjs",
  zod: "peers/zod.mjs",
  valibot: "peers/valibot.mjs",
  ajv: "peers/ajv.mjs",
};
const bundle = (platform, entries) =>
  build({
    entryPoints: Object.entries(entries).map(([out, script]) => ({ in: join(here, script), out })),
    outdir: join(scripts, platform),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform,
    external: ["node:*"],
    legalComments: "none",
    logLevel: "warning",
    tsconfigRaw: "{}",
  });
await bundle("node", { ...SCRIPTS, memory: "memory.mjs", first: "first.mjs" });
await bundle("browser", SCRIPTS);

const figures = [];
if (cases.some((name) => name !== "size")) {
  const plan = JSON.stringify({ cases, quick: values.quick ?? false, scripts, module });
  for (const host of ["node", "chromium"]) {
    const printed = execFileSync(process.execPath, [join(here, `${host}.mjs`)], {
      env: { ...process.env, REMIT_BENCH: plan },
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
    });
    figures.push(...JSON.parse(printed));
  }
}
if (cases.includes("size")) figures.push(...weighed((name) => brotli(readFileSync(join(scripts, "browser", `${name}.mjs`))), brotli(readFileSync(module))));

const table = sorted(figures);
if (values.json) writeFileSync(values.json, `${JSON.stringify(table, null, 2)}\n`);
if (values.quick) console.log("all results are the same");
else if (values.markdown) console.log(`${markdownTable(table)}\n${versions(JSON.parse(readFileSync(join(here, "package.json"), "utf8")))}`);
else console.log(plainTable(table));
