// The JavaScript examples of the installed README run against the installed package.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed, output, run } from "../harness.mjs";

const out = output("readme");
const examples = [...readFileSync(join(installed, "README.md"), "utf8").matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, example]) => example);

test("the installed README has JavaScript examples", () => assert.ok(examples.length > 3));

for (const [at, example] of examples.entries()) {
  test(`example ${at + 1} of the installed README prints what it promises`, async () => {
    const file = join(out, `${at + 1}.mjs`);
    writeFileSync(file, example);
    const promised = [...example.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line]) => line);
    assert.ok(promised.length > 0, "it promises nothing");
    assert.deepEqual((await run(process.execPath, [file])).trim().split("\n"), promised);
  });
}
