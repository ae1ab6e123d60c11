// node package.mjs NPM PARTS VERSION: writes the npm package into NPM/package. NPM contains the modules that wasm-bindgen
// processed (bindings_bg.wasm and headless_bg.wasm), PARTS the scripts of the page, and dist/ the page.

import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { element, session, slim, testing, validator } from "./entries.mjs";
import { names, read, root, sources, write, www } from "./files.mjs";
import { forms } from "./forms.mjs";
import { shrink } from "./module.mjs";
import { schemas } from "./schemas.mjs";
import { forRequire } from "./types.mjs";

const [npm, parts, version] = process.argv.slice(2);
const to = join(npm, "package");
mkdirSync(to, { recursive: true });

// The slim script names every function that any entry of the validator calls.
const script = await slim(to);
cpSync(join(npm, "bindings_bg.wasm"), join(to, "remit.wasm"));
shrink(join(to, "remit.wasm"), (name) => script.includes(`wasm.${name}`));
await validator(to);
await element(to, parts);

// The class of the session stays whole, with what wasm-bindgen needs at run time.
const headless = join(npm, "headless_bg.wasm");
shrink(headless, (name) => /^(headless_|__wbg_headless_|__wbindgen|__externref)/.test(name));
await session(to, join(npm, "headless.js"), headless);
await testing(to, await forms(to));

for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, name), join(to, name));
cpSync(join(sources, "README.md"), join(to, "README.md"));
for (const [from, suffix, folder] of [[join(www, "locales"), ".json", "locales"], [join(sources, "docs"), ".md", "docs"]]) {
  for (const name of names(from, suffix)) cpSync(join(from, name), join(to, folder, name));
}

for (const name of ["custom-elements.json", "vscode.html-custom-data.json"]) cpSync(join(sources, name), join(to, name));

// Types twice: for import, and under another name for require.
for (const folder of ["", "types"]) {
  const from = join(sources, folder);
  mkdirSync(join(to, folder), { recursive: true });
  for (const name of names(from, ".d.ts")) {
    const text = read(from, name);
    write(join(to, folder, name), text);
    write(join(to, folder, name.replace(".d.ts", ".d.cts")), forRequire(text));
  }
}
// Some entries give less to require: their types are written by hand.
for (const name of names(sources, ".d.cts")) cpSync(join(sources, name), join(to, name));

const placeholder = '"version": "0.0.0"';
const description = read(sources, "package.json");
if (!description.includes(placeholder)) throw new Error(`www/npm/package.json must contain ${placeholder}`);
write(join(to, "package.json"), description.replace(placeholder, `"version": "${version}"`));

await schemas(to);
