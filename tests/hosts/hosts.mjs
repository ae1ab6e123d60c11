// The hosts: one small application for each framework, and how each is built.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import linker from "@angular/compiler-cli/linker/babel";
import { transformAsync } from "@babel/core";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import react from "@vitejs/plugin-react";
import vue from "@vitejs/plugin-vue";
import { build, createServer } from "vite";
import solid from "vite-plugin-solid";

export const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);

/** The built applications, one folder each. */
export const SITE = join(here, ".out", "site");
/** The directory of the installed package. */
export const PACKAGE = dirname(require.resolve("remit-payments/package.json"));

/** In development, React's StrictMode mounts every component twice. */
const development = { define: { "process.env.NODE_ENV": '"development"' } };
const react18 = { resolve: { alias: [{ find: /^react(?=\/|$)/, replacement: "react18" }, { find: /^react-dom(?=\/|$)/, replacement: "react-dom18" }] } };
const isCustomElement = (tag) => tag.startsWith("remit-");

/** Angular's packages are published in a form that is completed when an application is built. */
const linked = {
  name: "angular-linker",
  transform: (code, id) => (code.includes("\u0275\u0275ngDeclare") ? transformAsync(code, { filename: id, plugins: [linker], configFile: false, babelrc: false }) : null),
};

/** What each framework adds to Vite's default configuration. */
export const VITE = {
  react18: { plugins: [react()], ...react18, ...development },
  react19: { plugins: [react()], ...development },
  vue: { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] },
  svelte: { plugins: [svelte({ configFile: false })] },
  solid: { plugins: [solid()] },
  preact: { oxc: { jsx: { importSource: "preact" } } },
  angular: { plugins: [linked] },
  lit: {},
};

/** The configuration for the application in `root`. */
export const config = (name, root = join(here, name)) => ({
  root,
  base: "./",
  configFile: false,
  logLevel: "error",
  cacheDir: join(here, ".out", "vite", name),
  ...VITE[name],
});

/** Copies an application to where a test may edit it, and returns its new folder. */
export const copied = (name) => {
  const [folder, root] = [join(here, ".out", "copied"), join(here, ".out", "copied", name)];
  rmSync(root, { recursive: true, force: true });
  cpSync(join(here, name), root, { recursive: true });
  cpSync(join(here, "account.js"), join(folder, "account.js"));
  return root;
};

const bundle = (name, to = name, configuration = config(name)) =>
  build({ ...configuration, build: { outDir: join(SITE, to), emptyOutDir: true } });

/** Renders an application on a server, and builds the page that continues it in the browser: the folder `<name>-rendered`. */
export const renderAndBundle = async (name, account) => {
  const root = copied(name);
  const configuration = { ...config(name, root), ...(name === "solid" && { plugins: [solid({ ssr: true })] }) };
  const server = await createServer({ ...configuration, appType: "custom", server: { middlewareMode: true, ws: false } });
  try {
    const extension = existsSync(join(root, "server.js")) ? "js" : "jsx";
    const { render } = await server.ssrLoadModule(`/server.${extension}`);
    const html = await render(account);
    const page = readFileSync(join(root, "index.html"), "utf8");
    writeFileSync(join(root, "index.html"), page.replace(/main\.jsx?/, `hydrate.${extension}`).replace('<div id="app">', () => `<div id="app">${html}`));
  } finally {
    await server.close();
  }
  await bundle(name, `${name}-rendered`, configuration);
};

/** Copies the files as they are: a page needs no bundler. */
const copy = (name) => {
  cpSync(join(here, name), join(SITE, name), { recursive: true });
  cpSync(join(here, "account.js"), join(SITE, name, "account.js"));
  cpSync(PACKAGE, join(SITE, name, "remit"), { recursive: true });
};

/** Runs a program in node_modules/.bin. Fails with its output. */
const run = async (program, words, cwd = here) => {
  const env = { ...process.env, NODE_ENV: "production", NODE_OPTIONS: "", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  await promisify(execFile)(join(here, "node_modules", ".bin", program), words, { cwd, env }).catch(({ message, stdout }) => {
    throw new Error(`${message}\n${stdout}`);
  });
};

/** Compiles the templates ahead of time, as the Angular CLI does. */
const angular = async (name) => {
  const compiled = join(here, ".out", "compiled");
  rmSync(compiled, { recursive: true, force: true });
  await run("ngc", ["-p", join(name, "tsconfig.json")]);
  const root = join(compiled, name);
  writeFileSync(join(root, "index.html"), readFileSync(join(here, name, "index.html"), "utf8").replace("main.ts", "main.js"));
  await bundle(name, name, config(name, root));
};

const next = async (name) => {
  const root = join(here, name);
  for (const folder of [".next", "out"]) rmSync(join(root, folder), { recursive: true, force: true });
  await run("next", ["build"], root);
  cpSync(join(root, "out"), join(SITE, name), { recursive: true });
};

/** Every host: its folder, its name, and how it is built. `lax` says why it does not run under the demo's strict policy.
    `component` is the file that the test of hot reload edits; some frameworks remount an edited component. `rendered` is the folder of
    the page that a server rendered. */
export const HOSTS = [
  { folder: "html", name: "HTML", make: copy },
  { folder: "react18", name: "React 18", make: bundle, component: "App.jsx" },
  { folder: "react19", name: "React 19", make: bundle, component: "App.jsx" },
  { folder: "next", name: "Next.js", make: next, rendered: "next", lax: "has inline scripts" },
  { folder: "preact", name: "Preact", make: bundle },
  { folder: "vue", name: "Vue", make: bundle, component: "App.vue", rendered: "vue-rendered" },
  { folder: "svelte", name: "Svelte", make: bundle, component: "App.svelte", rendered: "svelte-rendered", remounts: true },
  { folder: "solid", name: "Solid", make: bundle, component: "App.jsx", rendered: "solid-rendered", remounts: true, lax: "sets markup as text, which Trusted Types forbid" },
  { folder: "angular", name: "Angular", make: angular },
  { folder: "lit", name: "Lit", make: bundle },
];

/** Empties the folder of built applications. The demo serves it, and needs a page in it. */
export const prepare = () => {
  rmSync(SITE, { recursive: true, force: true });
  mkdirSync(SITE, { recursive: true });
  const links = HOSTS.map(({ folder, name }) => `<li><a href="${folder}/">${name}</a></li>`);
  writeFileSync(join(SITE, "index.html"), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hosts</title><ul>${links.join("")}</ul></html>\n`);
};
