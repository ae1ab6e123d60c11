// Every example on a page runs in a test, and every link leads somewhere.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { PAGES, ROOT, RUNNERS, blocks, examples, read } from "./blocks.mjs";

test("a test runs every example of every page", () => {
  const without = PAGES.flatMap((page) => blocks(page)).filter(({ language }) => !(language in RUNNERS));
  assert.deepEqual(without.map(({ where, language }) => `${where}: no test runs \`${language}\``), []);
  for (const [language, runner] of Object.entries(RUNNERS)) {
    assert.ok(examples(language).length > 0, `no page has an example in ${language}: remove it from RUNNERS`);
    if (language !== "rust") assert.match(read(runner), new RegExp(`examples\\((?:"\\w+", )*"${language}"`), `${runner} does not run ${language}`);
  }
});

test("rustdoc runs every Rust example", () => {
  for (const { page, where } of examples("rust")) {
    assert.ok(read(RUNNERS.rust).includes(`include_str!("../../../${page}")`), `${where}: ${RUNNERS.rust} does not include ${page}`);
  }
});

test("refuses a fence that could hide an example", () => {
  for (const text of ["```\nx\n```\n", "~~~js\nx\n~~~\n", "  ```js\nx\n  ```\n", "```js\nx\n", "```js ignore\nx\n```\n", "```js\n```ts\n```\n"]) {
    assert.throws(() => blocks("page.md", text), /^Error: page\.md:/, JSON.stringify(text));
  }
  assert.deepEqual(blocks("page.md", "a\n```js\nb\n\nc\n```\nd\n"), [{ page: "page.md", where: "page.md:2", language: "js", code: "b\n\nc\n" }]);
});

/** The anchors of a page, as GitHub derives them from its headings. */
const anchors = (text) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
const links = (page) => [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to);
const DOCUMENTS = [...PAGES, "DESIGN.md", "CHANGELOG.md", "crates/remit-sandbox/choices.md"];

test("every link leads to a file and a heading that exist", () => {
  for (const page of DOCUMENTS) {
    for (const link of links(page).filter((link) => !/^https?:/.test(link))) {
      const [path, anchor] = link.split("#");
      const to = new URL(path || page.split("/").at(-1), new URL(page, ROOT));
      assert.ok(existsSync(to), `${page} links to ${link}`);
      if (anchor) assert.ok(anchors(read(to.href.slice(ROOT.href.length))).includes(anchor), `${page} links to ${link}, and there is no such heading`);
    }
  }
});

test("links out of the repository lead to published sites only", () => {
  const absolute = DOCUMENTS.flatMap((page) => links(page).filter((link) => /^https?:/.test(link)));
  assert.deepEqual([...new Set(absolute)].sort(), ["https://leptos.dev", "https://standardschema.dev"]);
});

test("a page of the npm package links only to files of the package", () => {
  for (const page of PAGES.filter((page) => page.startsWith("www/npm/"))) {
    for (const link of links(page).filter((link) => !/^(https?:|#)/.test(link))) {
      assert.ok(new URL(link, new URL(page, ROOT)).href.startsWith(new URL("www/npm/", ROOT).href), `${page} links to ${link}`);
    }
  }
});

/** The names in the first column of a page's tables, without their parameters. */
const described = (page) =>
  [...read(page).matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`([\w-]+)/g)].map(([, name]) => name)).sort();

test("the package's page about the elements describes the same names as docs/element.md", () => {
  assert.ok(described("docs/element.md").includes("remit-submit"));
  assert.deepEqual(described("www/npm/docs/widget.md"), described("docs/element.md"));
});

test("the page about hosts names the tested versions", () => {
  const { devDependencies } = JSON.parse(read("tests/hosts/package.json"));
  const packages = { react19: "react", angular: "@angular/core", solid: "solid-js" };
  const rows = [...read("docs/hosts.md").matchAll(/^\| [\w. ]+ \| ([\d.]+) \| `(\w+)` \|/gm)];
  assert.equal(rows.length, 9);
  for (const [, version, folder] of rows) assert.equal(version, devDependencies[packages[folder] ?? folder].split("@").at(-1), folder);
});

test("the README begins with the command that starts the demo", () => {
  assert.match(examples("sh").find(({ page }) => page === "README.md").code, /^cargo xtask demo\b/);
});
