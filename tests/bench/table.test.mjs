import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CASES, markdownTable, plainTable, sorted, versions, weighed } from "./table.mjs";

const FIGURE = {
  case: "valid",
  host: "Node 20",
  unit: "µs",
  entries: [
    { name: "remit", quartiles: [1, 1.25, 1.5] },
    { name: "zod", quartiles: [3.9, 4, 140], ratio: [3, 3.2, 3.4] },
    { name: "ajv", quartiles: [2, 2, 2], ratio: [1.5, 1.6, 1.7] },
  ],
};

test("compares with the best of the peers, and leaves the cells of absent ones empty", () => {
  const lines = markdownTable([FIGURE]).split("\n");
  assert.equal(lines.at(-1), "| one payment, checked and normalised, µs | Node 20 | 1.25 | 4.00 |  | 2.00 | 1.60× |");
  const columns = new Set(lines.map((line) => line.split("|").length));
  assert.equal(columns.size, 1);
});

test("shows how far the figures spread", () => {
  const table = plainTable([FIGURE]);
  assert.match(table, /one payment, checked and normalised, Node 20 \(µs\):/);
  assert.match(table, /4\.00 {2}\(3\.90 to 140\) +ours times +3\.20 {2}\(3\.00 to 3\.40\)/);
});

test("adds the module to the slim entry, and orders the rows", () => {
  const [size, slim] = weighed((name) => (name === "slim" ? 5 : 10), 50);
  assert.deepEqual([size.entries[0].quartiles[1], slim.entries[0].quartiles[1]], [10, 55]);
  assert.deepEqual(sorted([slim, FIGURE]).map((figure) => figure.case), ["valid", "size-slim"]);
  assert.throws(() => sorted([{ case: "speed" }]), /no label/);
  assert.ok(CASES.every((name) => sorted([{ case: name }]).length === 1));
});

test("rejects a version that is not exact", () => {
  const manifest = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  assert.match(versions(manifest), /^zod \d/);
  assert.throws(() => versions({ devDependencies: { ...manifest.devDependencies, zod: "^4" } }), /no version of zod/);
});
