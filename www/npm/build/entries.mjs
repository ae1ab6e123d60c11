// The scripts of the package: each is bundled by esbuild, for import and for require. They rely only on what bundlers, servers
// and browsers have in common.

import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { dist, names, read, root, sources, write, www } from "./files.mjs";

/** Bundles one entry. `replace` maps names that begin with # to a file, or to the text of a script. */
const entry = ({ from, text, to, folder, replace = {}, external = [], inject = [], minify = false, plugins = [] }) => {
  const cjs = to.endsWith(".cjs");
  const others = cjs ? [required(external)] : [];
  const start = text === undefined ? { entryPoints: [join(sources, from)] } : { stdin: { contents: text, resolveDir: sources } };
  return build({
    ...start,
    outfile: join(folder, to),
    bundle: true,
    target: "es2022",
    minifySyntax: true,
    // White space stays, and with it the comments that let a bundler drop code, except in files that are loaded as they are.
    minifyWhitespace: minify,
    minifyIdentifiers: minify,
    legalComments: "none",
    logLevel: "warning",
    tsconfigRaw: "{}",
    define: { "Symbol.dispose": "undefined" },
    format: cjs ? "cjs" : "esm",
    // For `node`, esbuild names the exports for programs that import a CommonJS script.
    platform: cjs ? "node" : "neutral",
    external,
    inject: inject.map((file) => join(sources, file)),
    // Jest rejects `import()` in a CommonJS script.
    supported: { "dynamic-import": !cjs },
    plugins: [...others, replaced(replace), ...plugins],
  });
};

/** A script that is required requires the CommonJS variants of the package's other scripts. */
const required = (external) => ({
  name: "required",
  setup(build) {
    build.onResolve({ filter: /^\.\/.*\.js$/ }, ({ path }) => {
      const isExternal = external.some((name) => (name.endsWith("*") ? path.startsWith(name.slice(0, -1)) : path === name));
      return isExternal ? { path: path.replace(/\.js$/, ".cjs"), external: true } : undefined;
    });
  },
});

const replaced = (replace) => ({
  name: "replaced",
  setup(build) {
    build.onResolve({ filter: /^#/ }, ({ path }) => {
      const found = replace[path];
      if (!found) return { errors: [{ text: `${path} stands for nothing` }] };
      return found.file ? { path: found.file } : { path, namespace: "text" };
    });
    build.onLoad({ filter: /.*/, namespace: "text" }, ({ path }) => ({ contents: replace[path].text, resolveDir: sources }));
  },
});

const ENCODING = "load/encoding.js";
const load = (name) => ({ file: join(sources, "load", `${name}.js`) });
/** A script that exports a file in base64. */
const base64 = (path) => ({ text: `export const base64 = "${readFileSync(path).toString("base64")}";` });

/** Writes the entry that brings no module, and returns its text. */
export const slim = async (folder) => {
  const replace = { "#load": load("slim") };
  for (const to of ["slim.js", "slim.cjs"]) await entry({ from: "slim.js", to, folder, replace, inject: [ENCODING] });
  return read(folder, "slim.js");
};

/** Writes the entries that bring the module. */
export const validator = async (folder) => {
  const module = base64(join(folder, "remit.wasm"));
  for (const [from, to, external] of [
    ["inline", "index.js", []],
    ["inline", "index.cjs", []],
    ["node", "node.js", []],
    ["node", "node.cjs", []],
    ["workerd", "workerd.js", ["./remit.wasm"]],
    ["edge", "edge.js", ["./remit.wasm?module"]],
  ]) {
    await entry({ from: "index.js", to, folder, external, replace: { "#load": load(from), "#base64": module }, inject: [ENCODING] });
  }
};

/** Writes the session, with a module of its own. wasm-bindgen wrote its `bindings`. */
export const session = async (folder, bindings, module) => {
  const shared = (name) => ({ file: join(root, "crates", "remit-leptos", "src", `${name}.js`) });
  const own = {
    "#bindings": { file: bindings },
    "#load": load("session"),
    "#base64": base64(module),
    // The same scripts as in the elements.
    "#intl": shared("intl"),
    "#tabs": shared("tabs"),
  };
  for (const to of ["session.js", "session.cjs"]) await entry({ from: "session.js", to, folder, replace: own, inject: [ENCODING] });
};

/** Lets webpack put the element's module into the script that loads it. Webpack loads another script with a <script> element, which a page
    with require-trusted-types-for refuses. */
const eager = (text) => {
  const loads = 'import("./element/module.js")';
  if (!text.includes(loads)) throw new Error(`widget.js does not contain ${loads}`);
  return text.replace(loads, loads.replace("(", '(/* webpackMode: "eager" */ '));
};

/** Writes the doubles of the elements. `forms` is the script with their fields. */
export const testing = async (folder, forms) => {
  for (const to of ["testing.js", "testing.cjs"]) await entry({ from: "testing.js", to, folder, replace: { "#forms": { text: forms } } });
};

/** Writes the element of the page, with its module, style sheet and languages as scripts, and the React components. */
export const element = async (folder, parts) => {
  mkdirSync(join(folder, "element"), { recursive: true });
  const own = {
    "#element": { file: join(www, "remit.js") },
    "#css": { text: `export default ${JSON.stringify(read(dist, "remit.css"))};` },
    "#sentences": { text: await sentences(folder) },
  };
  const inject = [ENCODING, "load/server.js"];
  // The page's script imports its parts from its own folder.
  const page = {
    name: "page",
    setup(build) {
      build.onResolve({ filter: /^\.\/remit-[a-z]+\.js$/ }, ({ path }) => ({
        path: path.includes("load") ? join(sources, "load", "element.js") : join(parts, basename(path)),
      }));
    },
  };
  const module = { "#base64": base64(join(dist, "remit-element_bg.wasm")) };
  for (const ending of ["js", "cjs"]) {
    await entry({ from: "widget.js", to: `widget.${ending}`, folder, replace: own, external: ["./element/*"], inject, minify: true, plugins: [page] });
    await entry({ from: "load/bytes.js", to: `element/module.${ending}`, folder, replace: module, minify: true });
  }
  write(join(folder, "widget.js"), eager(read(folder, "widget.js")));
  for (const to of ["react.js", "react.cjs"]) await entry({ from: "react.js", to, folder, external: ["react", "./widget.js"] });
};

/** Writes a script for each language, and returns a script that loads them. English is part of the module. */
const sentences = async (folder) => {
  const languages = names(join(www, "locales"), ".json").map((name) => name.replace(".json", "")).filter((name) => name !== "en");
  for (const name of languages) {
    const text = JSON.stringify(JSON.stringify(JSON.parse(read(www, "locales", `${name}.json`))));
    for (const ending of ["js", "cjs"]) await entry({ text: `export default ${text};`, to: `element/${name}.${ending}`, folder, minify: true });
  }
  return `export const sentences = {\n${languages.map((name) => `  "${name}": () => import("./element/${name}.js"),\n`).join("")}};`;
};
