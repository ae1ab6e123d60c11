// The types, checked with the compiler and with the specification's own types.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import "./package.mjs";

const compiler = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");

for (const [name, project] of [
  ["correct programs compile with the strictest settings, and each marked mistake is an error", "types"],
  ["form and server libraries infer the payment types from the schemas", "types/consumers"],
  ["the doubles have the types of the elements, and each marked mistake is an error", "types/testing"],
  ["the markup of React, Preact, Solid and Vue knows the elements", "types/markup"],
]) {
  test(name, () => {
    const path = fileURLToPath(new URL(project, import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "--project", path], { encoding: "utf8" });
    assert.equal(`${stdout}${stderr}`, "");
    assert.equal(status, 0);
  });
}
