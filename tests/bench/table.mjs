// How figures are ordered and printed.

import { brotliCompressSync } from "node:zlib";

/** What can be measured. */
export const CASES = ["valid", "request", "invalid", "many", "memory", "first", "size"];

/** The columns of the table. The first one is ours. */
const CONTESTANTS = { remit: "Remit", zod: "zod + decimal.js", valibot: "valibot + big.js", ajv: "ajv + big.js" };
/** The rows, in order. */
const LABELS = {
  valid: "one payment, checked and normalised",
  request: "one payment, and the whole request that records it",
  invalid: "one payment, refused, every message read",
  many: "a CSV file of 100,000 rows",
  "many-read": "the same file, every value of every row read",
  "many-requests": "the same file, every value and every request read",
  memory: "peak memory for that file",
  "memory-module": "WebAssembly's share of it",
  first: "first call, the default entry",
  "first-slim": "first call, the slim entry",
  size: "size by brotli, the default entry",
  "size-slim": "size by brotli, the slim entry",
};
const PEERS = ["zod", "decimal.js", "valibot", "big.js", "ajv", "papaparse"];

/** In thousands of bytes. */
export const brotli = (bytes) => brotliCompressSync(bytes).length / 1000;

/** The sizes of all bundles. The slim entry needs its module. */
export const weighed = (size, module) => {
  const figure = (name, ours) => ({
    case: name,
    host: "",
    unit: "KB",
    entries: Object.keys(CONTESTANTS).map((contestant, at) => {
      const value = at === 0 ? ours : size(contestant);
      return { name: contestant, quartiles: [value, value, value], ...(at > 0 && { ratio: Array(3).fill(value / ours) }) };
    }),
  });
  return [figure("size", size("remit")), figure("size-slim", size("slim") + module)];
};

/** The same case of both hosts side by side, in the order of the labels. */
export const sorted = (figures) => {
  const rank = ({ case: name }) => Object.keys(LABELS).indexOf(name);
  const unlabelled = figures.find((figure) => rank(figure) < 0);
  if (unlabelled) throw new Error(`the case ${unlabelled.case} has no label`);
  return [...figures].sort((a, b) => rank(a) - rank(b));
};

/** Three significant digits. */
const number = (value) => value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

export const plainTable = (figures) => {
  const range = ([low, middle, high]) => `${number(middle).padStart(8)}  ${(low === high ? "" : `(${number(low)} to ${number(high)})`).padEnd(15)}`;
  const line = ({ name, quartiles, ratio }) => `  ${name.padEnd(8)} ${range(quartiles)}${ratio ? `  ours times ${range(ratio)}` : ""}`.trimEnd();
  return figures
    .map(({ case: name, host, unit, entries }) => `\n${[LABELS[name], host].filter(Boolean).join(", ")} (${unit}):\n${entries.map(line).join("\n")}`)
    .join("\n");
};

/** A row for each case and host, a column for each contestant, and how many times our figure the best peer's is. */
export const markdownTable = (figures) => {
  const names = Object.keys(CONTESTANTS);
  const row = ({ case: name, host, unit, entries }) => {
    const medians = names.map((contestant) => entries.find((entry) => entry.name === contestant)?.quartiles[1]);
    const ratios = entries.flatMap(({ ratio }) => (ratio ? [ratio[1]] : []));
    const best = ratios.length > 0 ? `${number(Math.min(...ratios))}×` : "";
    return `| ${LABELS[name]}, ${unit} | ${host} | ${medians.map((median) => (median === undefined ? "" : number(median))).join(" | ")} | ${best} |`;
  };
  return [`| | | ${Object.values(CONTESTANTS).join(" | ")} | best of the others |`, `|---|---|${"---:|".repeat(names.length + 1)}`, ...figures.map(row)].join("\n");
};

/** The versions of the peers, which must be exact. */
export const versions = ({ devDependencies }) =>
  PEERS.map((name) => {
    if (!/^\d+\.\d+\.\d+$/.test(devDependencies[name])) throw new Error(`package.json pins no version of ${name}`);
    return `${name} ${devDependencies[name]}`;
  }).join(", ");
