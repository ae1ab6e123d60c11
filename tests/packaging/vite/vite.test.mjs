import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { build, createServer, preview } from "vite";
import { assertLeft, browse, here, output } from "../harness.mjs";

/** The default configuration, except for the output directories. */
const config = (cacheDir) => ({ root: join(here, "vite"), configFile: false, logLevel: "silent", cacheDir, server: { port: 0, host: "127.0.0.1" }, preview: { port: 0, host: "127.0.0.1" } });

test("the package works in a page served by Vite's development server", async () => {
  const server = await createServer(config(output("vite-cache")));
  try {
    await server.listen();
    assertLeft(await browse(server.resolvedUrls.local[0]), { widget: true });
  } finally {
    await server.close();
  }
});

test("the package works in a page built by Vite", async () => {
  const outDir = output("vite");
  const options = { ...config(output("vite-build-cache")), build: { outDir } };
  const { output: built } = await build(options);
  assert.ok(built.length > 1);
  const server = await preview(options);
  try {
    assertLeft(await browse(server.resolvedUrls.local[0]), { widget: true });
  } finally {
    await server.close();
  }
});
