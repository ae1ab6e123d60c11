// Makes a module smaller: removes the exports that no script uses, and runs wasm-opt.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const binaryen = dirname(createRequire(import.meta.url).resolve("binaryen/package.json"));
const run = (program, words) => execFileSync(process.execPath, [join(binaryen, "bin", program), ...words], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });

/** What rustc uses, and every browser since 2022 and Node 20 support. Never --all-features: with it wasm-opt writes
    modules that Node 20 rejects. */
const FEATURES = [
  "--mvp-features",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-call-indirect-overlong",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
];

/** wasm-opt enables every feature that the module declares, so FEATURES alone is no check. */
export const otherFeatures = (printed) => printed.split(/\s+/).filter((feature) => feature && !FEATURES.includes(feature));

const exported = (path) => WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(path))).map(({ name }) => name);

/** The exports that `isUsed` selects, and the memory. */
export const used = (names, isUsed) => names.filter((name) => name === "memory" || isUsed(name));

/** Makes the module smaller, in place. It keeps the exports that `isUsed` selects. */
export const shrink = (module, isUsed) => {
  const other = otherFeatures(run("wasm-opt", ["--print-features", module]));
  if (other.length > 0) {
    throw new Error(`${module} uses ${other.join(" ")}, which some browsers may lack. If every supported one has it, add it to FEATURES in module.mjs.`);
  }
  const kept = used(exported(module), isUsed);
  const scratch = mkdtempSync(join(tmpdir(), "remit-module-"));
  const [graph, pruned, smaller] = ["graph.json", "pruned.wasm", "smaller.wasm"].map((name) => join(scratch, name));
  try {
    writeFileSync(graph, JSON.stringify(kept.map((name) => ({ name, export: name, root: true }))));
    run("wasm-metadce", [...FEATURES, "--graph-file", graph, module, "--output", pruned]);
    // No address is computed from one in the lowest kilobyte, which is the end of Rust's stack.
    const options = ["-Oz", "--converge", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];
    run("wasm-opt", [...FEATURES, ...options, pruned, "--output", smaller]);
    const missing = kept.filter((name) => !exported(smaller).includes(name));
    if (missing.length > 0) throw new Error(`the optimised module lacks ${missing.join(" ")}`);
    writeFileSync(module, readFileSync(smaller));
  } finally {
    rmSync(scratch, { recursive: true });
  }
};
