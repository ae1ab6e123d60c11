// The examples of the documentation run, and print what they say that they print.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import "./package.mjs";
import { UNSAID } from "./unsaid.mjs";

const page = (name) => readFileSync(new URL(`../../www/npm/docs/${name}.md`, import.meta.url), "utf8");
// Where what is installed here is found.
const folder = new URL("node_modules/.examples/", import.meta.url);

for (const name of ["codes", "from-zod", "json-schema", "standard-schema"]) {
  const examples = [...page(name).matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  test(`${name}: an example would not do what it says`, { skip: examples.length === 0 }, () => {
    mkdirSync(folder, { recursive: true });
    examples.forEach((code, index) => {
      const file = fileURLToPath(new URL(`${name}-${index}.mjs`, folder));
      writeFileSync(file, code);
      const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
      assert.equal(status, 0, `${name}, example ${index}: ${stderr}`);
      const promised = [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(([, printed]) => printed);
      if (promised.length > 0) assert.deepEqual(stdout.trimEnd().split("\n"), promised, `${name}, example ${index}`);
    });
  });
}

test("json-schema: a code that a schema cannot say would not be in the list, or one that it can", () => {
  const rows = page("json-schema")
    .match(/^\| `.*$/gm)
    .map((row) => row.split("|")[1]);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code));
  assert.deepEqual(listed.sort(), Object.keys(UNSAID).sort());
});
