// The tests for one version of React. The application is the same; react18 and react19 contain the installed packages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { build } from "esbuild";
import { assertLeft, browse, here, output, run, serve } from "./harness.mjs";

const document = (html) => ({
  text: `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><body><div id="root">${html}</div><script type="module" src="/built/client.js"></script></body></html>`,
});

/** A plugin that resolves the packages from `directory`, whichever file imports them. */
const from = (directory) => ({
  name: "from",
  setup: (build) =>
    build.onResolve({ filter: /^(react|react-dom|remit-payments)(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData === "found" ? undefined : build.resolve(path, { kind, resolveDir: directory, pluginData: "found" }),
    ),
});

export const testReact = (major, directory) => {
  const bundle = (entry, out, options) =>
    build({
      entryPoints: [join(here, "react", entry)],
      outdir: out,
      bundle: true,
      plugins: [from(directory)],
      define: { "process.env.NODE_ENV": '"development"' },
      logLevel: "error",
      ...options,
    });
  /** The HTML that the server renders. */
  const rendered = async (format) => {
    const out = output(`react${major}-server-${format}`);
    const outExtension = { ".js": format === "esm" ? ".mjs" : ".cjs" };
    const banner = format === "esm" ? { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' } : {};
    await bundle("server.js", out, { platform: "node", format, outExtension, banner });
    return (await run(process.execPath, [join(out, `server${outExtension[".js"]}`)])).trim();
  };
  const opened = async (html) => {
    const out = output(`react${major}`);
    await bundle("client.js", out, { format: "esm", splitting: true });
    const served = await serve({ "/": document(html), "/built/": out });
    try {
      return await browse(served.url);
    } finally {
      await served.close();
    }
  };
  const assertWorks = (left) => {
    assertLeft(left, { widget: true });
    assert.equal(left.version.split(".")[0], major);
  };

  test(`a React ${major} application shows the forms and receives their events`, async () => {
    assertWorks(await opened(""));
  });

  test(`React ${major} renders the forms on a server, and hydrates them in the browser`, async () => {
    const html = await rendered("esm");
    assert.match(html, /<remit-payment id="pay" class="form"><p>The form is on its way\.<\/p><\/remit-payment>/);
    assert.equal(await rendered("cjs"), html);
    assertWorks(await opened(html));
  });
};
