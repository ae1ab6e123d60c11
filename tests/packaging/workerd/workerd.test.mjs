import assert from "node:assert/strict";
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { assertPrinted, here, installed, output, program, run } from "../harness.mjs";

/** Bundles as Cloudflare's own tool does: with the conditions of a worker, and WebAssembly modules next to the script. */
const bundle = async (out, conditions) => {
  await build({
    entryPoints: [join(here, "workerd", "worker.js")],
    outfile: join(out, "worker.js"),
    bundle: true,
    format: "esm",
    conditions,
    external: ["*.wasm"],
    logLevel: "error",
  });
  copyFileSync(join(installed, "remit.wasm"), join(out, "remit.wasm"));
  copyFileSync(join(here, "workerd", "config.capnp"), join(out, "config.capnp"));
  return run(program("workerd"), ["test", join(out, "config.capnp"), "--verbose"]);
};

test("the package works in a Cloudflare worker, which compiles nothing at run time", async () => {
  const printed = await bundle(output("workerd"), ["workerd", "worker", "browser"]);
  assertPrinted(printed);
});

test("if a worker is bundled without its condition, the error names the remedy", async () => {
  await assert.rejects(bundle(output("workerd-without"), []), /remit-payments\/slim/);
});
