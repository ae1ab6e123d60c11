// node page.mjs DIST PARTS: bundles and minifies the page that Trunk wrote into DIST, and optimises its module. The scripts
// that the bundle contains are moved to PARTS, for the npm package.

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { plain } from "./bindings.mjs";
import { read, write } from "./files.mjs";
import { shrink } from "./module.mjs";

const [dist, parts] = process.argv.slice(2);
const shared = { bundle: true, minify: true, allowOverwrite: true, legalComments: "none", logLevel: "warning", tsconfigRaw: "{}" };

const bindings = join(dist, "remit-element.js");
write(bindings, plain(read(bindings)));
const script = join(dist, "remit.js");
// Without Symbol.dispose, esbuild can omit the classes of wasm-bindgen that nothing uses.
await build({ ...shared, entryPoints: [script], outfile: script, format: "esm", target: "es2022", define: { "Symbol.dispose": "undefined" } });
// Without a target: nothing is rewritten for older browsers.
const style = join(dist, "remit.css");
await build({ ...shared, bundle: false, entryPoints: [style], outfile: style });

mkdirSync(parts, { recursive: true });
// snippets/ has the scripts that wasm-bindgen takes from the crates.
const PARTS = ["element", "load", "declared", "resources", "values", "names", "markup", "internals"].map((name) => `remit-${name}.js`);
for (const name of [...PARTS, "snippets"]) {
  rmSync(join(parts, name), { recursive: true, force: true });
  renameSync(join(dist, name), join(parts, name));
}

// The class Widget stays whole, with what wasm-bindgen needs at run time.
const bundled = read(script);
const KEPT = /^(widget_|__wbg_widget_|__wbindgen|__externref)/;
shrink(join(dist, "remit-element_bg.wasm"), (name) => KEPT.test(name) || bundled.includes(name));
