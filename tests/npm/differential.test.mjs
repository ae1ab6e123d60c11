// Compares the parser with Python's csv module in strict mode and with PapaParse, for random files, most of them damaged. Every
// accepted row is a row that both of them read, with the same values.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import Papa from "papaparse";

import { random } from "./drafts.mjs";
import { remit } from "./package.mjs";

const SEED = 20261128;
const FILES = 8000;
const FIELDS = ["invoiceId", "currency", "paidAt", "amount", "note"];
const OTHERS = ["clerk", "memo", "id"];

/** Reads files from standard input, one JSON value per line. Writes the rows of each file before the first error. */
const PYTHON = `
import csv, io, json, sys
for line in sys.stdin:
    text, delimiter = json.loads(line)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, start = [], 1
    try:
        for cells in reader:
            if cells:
                rows.append([start, cells])
            start = reader.line_num + 1
    except csv.Error:
        pass
    print(json.dumps(rows))
`;

const byPython = (files) => {
  const input = files.map(({ text, delimiter }) => JSON.stringify([text, delimiter])).join("\n");
  const { status, stdout, stderr } = spawnSync("python3", ["-c", PYTHON], { input, maxBuffer: 1 << 28, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
};

/** The number of line ends in a text. */
const ends = (text) => text.match(/\r\n|\r|\n/g)?.length ?? 0;

/**
 * The rows that PapaParse reads before the first error. It guesses the line end from the entire file, so it is given the first
 * line's, which streaming parsers use.
 */
const byPapa = ({ text, delimiter }) => {
  const newline = text.replaceAll(/"[^"]*"/g, "").match(/[^\r\n](\r\n|\r|\n)/)?.[1] ?? "\n";
  const rows = [];
  let from = 0;
  Papa.parse(text, {
    delimiter,
    newline,
    step: ({ data, errors, meta }, parser) => {
      if (errors.length > 0) return parser.abort();
      const start = ends(text.slice(0, from)) + 1;
      if (data.length > 1 || data[0] !== "") rows.push([start, data]);
      from = meta.cursor;
    },
  });
  return rows;
};

const maker = (seed) => {
  const next = random(seed);
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  const chance = (p) => next() < p;

  const cells = {
    invoiceId: () => String(1 + below(99_999)),
    currency: () => pick(["USD", "EUR", "GBP"]),
    paidAt: () => pick(["2026-11-19", "2026-11-19T10:00:00Z", "2026-02-03T08:15:00+01:00"]),
    amount: () => pick([() => `${1 + below(2000)}.${10 + below(90)}`, () => `${1 + below(999)},${100 + below(900)}.${10 + below(90)}`, () => `${1 + below(9999)}`])(),
    note: () => pick(["", "ACH", "a, b; c", 'say "so"', "two\nlines", "two\r\nlines", "7", "250.00", "ü 💶", "x\ty", " kept "]),
    clerk: () => pick(["Ute", "Smith, John", "", '"', "12"]),
    memo: () => pick(["", "12\n13", "4394,USD,2026-11-19,5.00,", "250", "a\nb, c\nd"]),
    id: () => String(below(999)),
  };

  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const file = () => {
    const delimiter = pick([",", ",", ",", ";", "\t"]);
    const names = [...FIELDS.slice(0, 4), ...(chance(0.7) ? ["note"] : []), ...OTHERS.filter(() => chance(0.3))];
    for (let at = names.length - 1; at > 0; at--) {
      const other = below(at + 1);
      [names[at], names[other]] = [names[other], names[at]];
    }
    const end = pick(["\n", "\n", "\r\n", "\r"]);
    const rows = Array.from({ length: below(7) }, () => names.map((name) => cells[name]()));
    const needs = (text) => text.includes(delimiter) || /["\r\n]/.test(text);
    // Amounts without decimals are quoted: otherwise undamaged rows could be rejected with `number_split`.
    const plain = (text, name) => (needs(text) || (name === "amount" && !text.includes(".")) || chance(0.2) ? quoted(text) : text);
    const lines = [names.join(delimiter), ...rows.map((row) => row.map((text, at) => plain(text, names[at])).join(delimiter))];
    return { text: lines.join(end) + (chance(0.8) ? end : ""), delimiter, rows: rows.length };
  };

  const DAMAGE = ['"', '"', '"', '""', ",", ";", "\t", "\n", "\r", "\r\n", " ", "0", ".", "x", "\0", "\ufeff", '\n"', '",', "4394,USD,2026-11-19,5.00\n"];
  const damage = (text) => {
    const at = below(text.length + 1);
    return pick([
      () => text.slice(0, at) + pick(DAMAGE) + text.slice(at),
      () => text.slice(0, at) + text.slice(at + 1 + below(3)),
      () => text.slice(0, at) + pick(DAMAGE) + text.slice(at + 1),
      () => text.slice(0, at),
      () => text.slice(0, at) + text.slice(at - below(20)),
      // All occurrences of a character, as a careless program removes them.
      () => (chance(0.3) ? text.replaceAll(pick(['"', "\r", "\n"]), "") : text.replace(pick(['"', '""', ",", "\n"]), "")),
    ])();
  };
  return () => {
    const made = file();
    const times = chance(0.2) ? 0 : 1 + below(3);
    for (let time = 0; time < times; time++) made.text = damage(made.text).toWellFormed();
    return { ...made, isWhole: times === 0 };
  };
};

test("every accepted row is read by Python and PapaParse with the same values", () => {
  const make = maker(SEED);
  const files = Array.from({ length: FILES }, make);
  const python = byPython(files);
  const seen = { accepted: 0, refused: 0, stopped: 0 };
  files.forEach((file, at) => {
    const context = `seed ${SEED}, file ${at}: ${JSON.stringify(file.text)}`;
    const batch = remit.parseMany(at % 2 === 0 ? file.text : new TextEncoder().encode(file.text), { provider: "harvest-v2" });
    assert.equal(batch.accepted + batch.refused, batch.length, context);
    if (file.isWhole) {
      assert.deepEqual([batch.issues, batch.accepted], [[], file.rows], context);
    }
    seen.accepted += batch.accepted;
    seen.refused += batch.refused;
    seen.stopped += batch.issues.length > 0 ? 1 : 0;
    for (const [name, all] of Object.entries({ python: python[at], papa: byPapa(file) })) {
      const [header, ...rows] = all;
      assert.ok(batch.accepted <= rows.length, `${name} reads ${rows.length} rows, we accept ${batch.accepted}: ${context}`);
      const byLine = new Map(rows);
      for (let row = 0; row < batch.length; row++) {
        if (!batch.passes(row)) continue;
        const cells = byLine.get(batch.line(row));
        assert.ok(cells, `${name} reads no row on line ${batch.line(row)}: ${context}`);
        const draft = Object.fromEntries(header[1].map((column, at) => [column.replace("\ufeff", "").trim(), cells[at]]));
        const theirs = Object.fromEntries(FIELDS.filter((field) => draft[field] !== undefined).map((field) => [field, draft[field]]));
        const one = remit.harvestV2.payment.parse(theirs);
        assert.deepEqual(batch.at(row).value, one.value, `${name}, line ${batch.line(row)}: ${context}`);
      }
    }
  });
  // Fails if too few rows or files of each kind were compared.
  assert.ok(seen.accepted > FILES && seen.refused > FILES / 2 && seen.stopped > FILES / 50, JSON.stringify(seen));
});
