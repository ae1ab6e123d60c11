// The types, by the compiler and the specification that consumers have.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import "./package.mjs";

const compiler = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");

for (const [name, project] of [
  ["a program would not compile with the strictest settings, or a mistake would", "types"],
  ["what a form library or a server makes of the types would be of another type", "types/consumers"],
]) {
  test(name, () => {
    const path = fileURLToPath(new URL(project, import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "--project", path], { encoding: "utf8" });
    assert.equal(`${stdout}${stderr}`, "");
    assert.equal(status, 0);
  });
}
