// The JavaScript and TypeScript examples of all pages run, and print what their comments promise.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PAGES, ROOT, examples, read } from "../docs/blocks.mjs";

import "./package.mjs";
import { UNSAID } from "./unsaid.mjs";

const NPM = new URL("www/npm/", ROOT);
const ENTRIES = PAGES.filter((page) => page.startsWith("www/npm/docs/"));
// The examples' directory, from which Node finds the packages installed here. The package is linked there. With these options,
// Node resolves the package's imports next to the link, as for an installed package, instead of where it was unpacked.
const folder = fileURLToPath(new URL("node_modules/.examples/", import.meta.url));
const FLAGS = ["--preserve-symlinks", "--preserve-symlinks-main"];
const compiler = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");
const COMPILED = ["--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "--types", "", "--strict", "--jsx", "react-jsx", "--allowJs"];

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}package.json`, '{ "type": "module" }\n');

/** Writes the unmodified example to a file, and returns its name. */
const written = ({ code, where }, ending) => {
  const name = where.replaceAll(/[^\w]+/g, "-");
  writeFileSync(`${folder}${name}.${ending}`, code);
  return name;
};

const run = (file, where) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, file], { encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 0, `${where}: ${stderr}`);
  return stdout.trimEnd().split("\n");
};

const compile = (file, where, ...options) => {
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...COMPILED, ...options, file], { encoding: "utf8", cwd: folder });
  assert.equal(status, 0, `${where}: ${stdout}`);
};

for (const example of examples("js")) {
  const { code, where } = example;
  test(`${where}: prints what it promises`, () => {
    const printed = run(`${folder}${written(example, "mjs")}.mjs`, where);
    const promised = [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(([, text]) => text);
    assert.ok(promised.length > 0, "it promises nothing");
    assert.deepEqual(printed, promised);
  });
}

for (const example of examples("jsx")) {
  const { where } = example;
  test(`${where}: a server renders each component`, () => {
    const name = written(example, "jsx");
    // tests/packaging checks its types, because it has the types of React.
    compile(`${name}.jsx`, where, "--outDir", "rendered", "--skipLibCheck");
    const render = `
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      const components = Object.values(await import("./rendered/${name}.js"));
      for (const component of components) console.log(renderToString(createElement(component, { invoice: null, onPaid() {} })));
    `;
    writeFileSync(`${folder}${name}.render.mjs`, render);
    const rendered = run(`${folder}${name}.render.mjs`, where).filter(Boolean);
    assert.equal(rendered.length, example.code.match(/^export /gm)?.length ?? 0);
    for (const html of rendered) assert.match(html, /^<(remit-payment|remit-invoice|form)>.*<\/\1>$/);
  });
}

for (const example of examples("ts")) {
  const { where } = example;
  test(`${where}: compiles in strict mode`, () => compile(`${written(example, "ts")}.ts`, where, "--noEmit"));
}

/** A page's title and its first paragraph, which names the entries that it is about. */
const opening = (page) => read(page).split("\n\n", 2).join("\n");

test("every entry of the package has exactly one page", () => {
  const { exports } = JSON.parse(read("www/npm/package.json"));
  const entries = Object.keys(exports)
    .filter((entry) => !["./package.json", "./custom-elements.json", "./vscode.html-custom-data.json"].includes(entry))
    .map((entry) => `remit-payments${entry.slice(1).replace(/\*(\.json)?$/, "")}`);
  const subjects = ENTRIES.flatMap((page) => [...opening(page).matchAll(/`(remit-payments[\w./-]*)/g)].map(([, entry]) => entry));
  assert.deepEqual(subjects.sort(), entries.sort());
});

test("the package contains every page, and its README links to each", () => {
  const links = [...read("www/npm/README.md").matchAll(/\]\((docs\/[^)#]+)/g)].map(([, to]) => new URL(to, NPM).href);
  for (const page of ENTRIES) {
    assert.ok(links.includes(new URL(page, ROOT).href), `www/npm/README.md does not link to ${page}`);
    const packed = new URL(page.slice("www/npm/".length), pathToFileURL(`${process.env.REMIT_PACKAGE}/`));
    assert.ok(existsSync(packed), `the package lacks ${page}`);
  }
});

test("docs/json-schema.md lists exactly the codes that a schema cannot express", () => {
  const rows = read("www/npm/docs/json-schema.md")
    .match(/^\| `.*$/gm)
    .map((row) => row.split("|")[1]);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code));
  assert.deepEqual(listed.sort(), Object.keys(UNSAID).sort());
});
