// The budgets, compared by brotli. REMIT_TARGET is cargo's target folder.

import { join } from "node:path";
import { dist } from "./files.mjs";

const target = process.env.REMIT_TARGET ?? "../../../target";
const packed = (name) => join(target, "npm", "package", name);
const page = (name) => join(dist, name);

/** Weighed as they are: they are bundled already. */
const asIs = { disablePlugins: ["@size-limit/esbuild"] };

export default [
  // The aim is 80 kB.
  { name: "the widget, as a page loads it", path: ["remit.js", "remit-element_bg.wasm", "remit.css"].map(page), limit: "142.9 kB", ...asIs },
  { name: "its module", path: page("remit-element_bg.wasm"), ...asIs },
  { name: "its script", path: page("remit.js"), ...asIs },
  { name: "its style sheet", path: page("remit.css"), ...asIs },
  // The aim for the slim entry, script and module together, is 40 kB.
  { name: "the slim script for one provider, minified", path: packed("slim.js"), import: "{ clockify, initializeSync }", limit: "8.6 kB" },
  // The module is part of the script, in base64.
  { name: "the session, minified", path: packed("session.js"), import: "{ createPaymentSession }", limit: "124.6 kB" },
  { name: "the package's module", path: packed("remit.wasm"), limit: "56.4 kB", ...asIs },
];
