import assert from "node:assert/strict";
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { assertPrinted, here, installed, output, program, run } from "../harness.mjs";

/** As Cloudflare's own tool does: the conditions of a worker, and modules of WebAssembly left beside the script. */
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

test("a worker of Cloudflare could not use it, since it compiles nothing while it runs", async () => {
  const printed = await bundle(output("workerd"), ["workerd", "worker", "browser"]);
  assertPrinted(printed);
});

test("a worker that was bundled without its condition would not be told what to do", async () => {
  await assert.rejects(bundle(output("workerd-without"), []), /remit-payments\/slim/);
});
