// The budgets, compared by brotli. REMIT_TARGET is cargo's target folder.

import { join } from "node:path";
import { dist } from "./files.mjs";

const target = process.env.REMIT_TARGET ?? "../../../target";
const packed = (name) => join(target, "npm", "package", name);
const page = (name) => join(dist, name);

export default [
  // The aim is 80 kB.
  { name: "the widget, as a page loads it", path: ["remit.js", "remit-widget_bg.wasm", "remit.css"].map(page), limit: "126 kB", esbuild: false },
  { name: "its module", path: page("remit-widget_bg.wasm"), esbuild: false },
  { name: "its script", path: page("remit.js"), esbuild: false },
  { name: "its style sheet", path: page("remit.css"), esbuild: false },
  // The aim for the slim entry, script and module together, is 40 kB.
  { name: "the package's slim script, minified", path: packed("slim.js"), limit: "6 kB" },
  { name: "the package's module", path: packed("remit.wasm"), limit: "50 kB", esbuild: false },
];
