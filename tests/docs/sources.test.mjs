// Every source that a rule, a comment or a test vector cites is explained in docs/sources.md.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { ROOT, read } from "./blocks.mjs";

const page = read("docs/sources.md");
const sections = new Set([...page.matchAll(/^#{2,3} (\d(?:\.\d+)?)\.? /gm)].map(([, number]) => number));
const keys = new Set([...page.matchAll(/^\| ([A-Z][A-Z0-9-]*(?:, [A-Z][A-Z0-9-]*)*) \|/gm)].flatMap(([, names]) => names.split(", ")));

/** The files in a folder of the project that are in one of the languages, with their texts. */
const filesIn = (folder, extension) =>
  readdirSync(new URL(folder, ROOT), { recursive: true })
    .filter((name) => name.endsWith(extension) && !/(^|\/)(node_modules|target)\//.test(name))
    .map((name) => ({ path: `${folder}${name}`, text: read(`${folder}${name}`) }));

const files = [...filesIn("tests/vectors/", ".json"), ...filesIn("tests/conformance/", ".rs"), ...filesIn("crates/", ".rs")];

/** What a pattern captures in the files, each with the first file that contains it. */
const cited = (pattern) => {
  const found = new Map();
  for (const { path, text } of files) for (const [, name] of text.matchAll(pattern)) found.set(name, found.get(name) ?? path);
  assert.ok(found.size > 0, `nothing cites ${pattern}`);
  return [...found].map(([name, path]) => ({ name, path }));
};

test("every section that a comment or a vector cites is in docs/sources.md", () => {
  assert.deepEqual(cited(/sources\.md (\d+(?:\.\d+)?)/g).filter(({ name }) => !sections.has(name)), []);
});

test("docs/sources.md explains every source key that a comment cites", () => {
  const providers = [...new Set([...keys].map((key) => key.match(/^[A-Z]+/)[0]))].join("|");
  assert.deepEqual(cited(new RegExp(`\\[((?:${providers})\\d?(?:-[A-Z0-9]+)?)[,\\]]`, "g")).filter(({ name }) => !keys.has(name)), []);
});

test("docs/sources.md explains every page that a vector cites by its file name", () => {
  const names = cited(/"source": "([a-z-]+\.md)\b/g).filter(({ name }) => name !== "sources.md");
  assert.ok(names.length > 0);
  assert.deepEqual(names.filter(({ name }) => !page.includes(`\`${name}\``)), []);
});
