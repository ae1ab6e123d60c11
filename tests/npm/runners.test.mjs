// Jest and Vitest, as a host's tests run them: every entry loads in each environment, and the doubles of remit-payments/testing do what
// they promise. The package is copied, because Jest resolves a link to another folder, where React is not installed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("runners/", import.meta.url));
const installed = `${folder}node_modules/remit-payments`;

before(() => {
  rmSync(installed, { recursive: true, force: true });
  cpSync(process.env.REMIT_PACKAGE, installed, { recursive: true });
});

/** Runs a program of the folder, and asserts that it succeeds. */
const run = async (program, ...words) => {
  const child = spawn(process.execPath, [`${folder}node_modules/${program}`, ...words], { cwd: folder, env: { ...process.env, NODE_OPTIONS: "", CI: "true" } });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (printed += data));
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(status, 0, printed);
};

for (const [version, program, jsdom] of [
  [29, "jest-29/bin/jest.js", "jest-environment-jsdom-29"],
  [30, "jest/bin/jest.js", "jest-environment-jsdom"],
]) {
  test(`Jest ${version} in Node loads every entry`, () => run(program, "--env=node", "jest/entries"));
  test(`Jest ${version} with jsdom loads every entry, and shows the doubles`, () => run(program, `--env=${jsdom}`));
}

test("Vitest in Node, with jsdom and with happy-dom loads every entry, and shows the doubles", () => run("vitest/vitest.mjs", "run"));
