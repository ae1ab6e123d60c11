// The examples of the documentation run, and print what they say that they print.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import "./package.mjs";
import { UNSAID } from "./unsaid.mjs";

const NPM = new URL("../../www/npm/", import.meta.url);
const read = (path) => readFileSync(new URL(path, NPM), "utf8");
const PAGES = readdirSync(new URL("docs/", NPM))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
// Where what is installed here is found. The package is linked to from there, and what it imports is looked for beside the
// link, as beside an installed package: without the option it would be looked for where the package was unpacked.
const folder = new URL("node_modules/.examples/", import.meta.url);
const FLAGS = ["--preserve-symlinks", "--preserve-symlinks-main"];

for (const path of ["README.md", ...PAGES]) {
  const name = path.replace("docs/", "").replace(".md", "");
  const examples = [...read(path).matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  test(`${name}: an example would not do what it says`, { skip: examples.length === 0 }, () => {
    mkdirSync(folder, { recursive: true });
    examples.forEach((code, index) => {
      const file = fileURLToPath(new URL(`${name}-${index}.mjs`, folder));
      writeFileSync(file, code);
      const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, file], { encoding: "utf8", timeout: 60_000 });
      assert.equal(status, 0, `${name}, example ${index}: ${stderr}`);
      const promised = [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(([, printed]) => printed);
      if (promised.length > 0) assert.deepEqual(stdout.trimEnd().split("\n"), promised, `${name}, example ${index}`);
    });
  });
}

/** A page's title and its first paragraph, which names the entries that it is about. */
const opening = (path) => read(path).split("\n\n", 2).join("\n");

test("an entry would have no page, or two", () => {
  const { exports } = JSON.parse(read("package.json"));
  const entries = Object.keys(exports)
    .filter((entry) => entry !== "./package.json" && entry !== "./custom-elements.json")
    .map((entry) => `remit-payments${entry.slice(1).replace("*.json", "")}`);
  const subjects = PAGES.flatMap((path) => [...opening(path).matchAll(/`(remit-payments[\w./-]*)/g)].map(([, entry]) => entry));
  assert.deepEqual(subjects.sort(), entries.sort());
});

test("a page would not be found, or a link would lead nowhere", () => {
  const links = (path) => [...read(path).matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g)].map(([, to]) => new URL(to, new URL(path, NPM)));
  for (const path of ["README.md", ...PAGES]) {
    for (const to of links(path)) assert.ok(existsSync(to), `${path} links to ${to.pathname.split("/npm/")[1]}`);
  }
  const listed = links("README.md").map(({ href }) => href);
  assert.deepEqual(PAGES.filter((path) => !listed.includes(new URL(path, NPM).href)), []);
});

test("json-schema: a code that a schema cannot say would not be in the list, or one that it can", () => {
  const rows = read("docs/json-schema.md")
    .match(/^\| `.*$/gm)
    .map((row) => row.split("|")[1]);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code));
  assert.deepEqual(listed.sort(), Object.keys(UNSAID).sort());
});
