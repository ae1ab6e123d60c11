// The pages for users, the examples in them, and the test that runs each language.

import { readFileSync, readdirSync } from "node:fs";

export const ROOT = new URL("../../", import.meta.url);
export const read = (path) => readFileSync(new URL(path, ROOT), "utf8");

const pagesIn = (folder) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${folder}${name}`);

export const PAGES = ["README.md", "CONTRIBUTING.md", ...pagesIn("docs/"), "www/npm/README.md", ...pagesIn("www/npm/docs/")];

const NPM = "tests/npm/docs.test.mjs";
const COMMANDS = "tests/docs/commands.test.mjs";
const BROWSER = "tests/browser/docs.test.mjs";

/** By language, the test that runs the examples. rustdoc runs Rust examples. To add a language, extend a test and add a line. */
export const RUNNERS = {
  js: NPM,
  jsx: NPM,
  ts: NPM,
  sh: COMMANDS,
  toml: COMMANDS,
  html: BROWSER,
  http: BROWSER,
  rust: "crates/remit-leptos/src/lib.rs",
};

/** Every fenced block of a page. A fence that this does not understand is an error, so that no example is missed. */
export const blocks = (page, text = read(page)) => {
  const found = [];
  let open;
  text.split("\n").forEach((line, index) => {
    if (!/^\s*(```|~~~)/.test(line)) return void open?.lines.push(line);
    const where = `${page}:${index + 1}`;
    if (open && line === "```") {
      found.push({ page, where: open.where, language: open.language, code: `${open.lines.join("\n")}\n` });
      open = undefined;
      return;
    }
    const language = line.match(/^```([a-z]+)$/)?.[1];
    if (open || !language) throw new Error(`${where}: write a fence as \`\`\` and a language, without indentation`);
    open = { where, language, lines: [] };
  });
  if (open) throw new Error(`${open.where}: the block is not closed`);
  return found;
};

/** Every example in one of these languages, on all pages. */
export const examples = (...languages) => PAGES.flatMap((page) => blocks(page)).filter(({ language }) => languages.includes(language));
