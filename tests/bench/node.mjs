// Measures in Node, and prints the results as JSON.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { csv } from "./csv.mjs";
import { rounds, summary } from "./measure.mjs";
import { DRAFT, FIRST, effort, firsts, plan, progress, refuse, report, wanted } from "./plan.mjs";

const host = `Node ${process.versions.node}`;
const script = (name) => join(plan.scripts, "node", `${name}.mjs`);
const child = (...words) => JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8", env: { ...process.env, DRAFT: JSON.stringify(DRAFT) } }));
const results = [];

try {
  const { single } = await import(script("single"));
  for (const kind of ["valid", "request", "invalid"].filter(wanted)) {
    progress(host, kind);
    results.push({ case: kind, host, unit: "µs of processor time", entries: await single(kind, effort.single) });
  }

  if (wanted("many")) {
    progress(host, "many");
    const worker = new Worker(script("worker"));
    const answer = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    worker.postMessage(effort.files);
    const { error, results: kinds } = await answer;
    await worker.terminate();
    if (error) throw new Error(error);
    for (const [kind, entries] of Object.entries(kinds)) results.push({ case: kind, host, unit: "ms", entries });
  }

  if (wanted("memory")) {
    progress(host, "memory");
    const directory = mkdtempSync(join(tmpdir(), "remit-bench-"));
    const path = join(directory, "payments.csv");
    writeFileSync(path, csv(effort.memory.rows));
    const modules = [];
    const { present } = await import(script("files"));
    const turn = (name) => () => {
      const { rows, growth, module } = child(script("memory"), name, path);
      if (rows !== effort.memory.rows) throw new Error(`${name} read ${rows} rows of ${effort.memory.rows}`);
      if (name === "remit") modules.push(module);
      return growth;
    };
    const took = await rounds(present().map(([name]) => ({ name, turn: turn(name) })), effort.memory.times);
    rmSync(directory, { recursive: true });
    results.push({ case: "memory", host, unit: "× the file", entries: summary(took, "remit") });
    if (modules.length > 0) results.push({ case: "memory-module", host, unit: "× the file", entries: summary({ remit: modules }, "remit") });
  }

  if (wanted("first")) {
    progress(host, "first");
    const turn = (name) => () => {
      const { took, amount } = child(script("first"), script(name), ...(name === "slim" ? [plan.module] : []));
      if (amount !== "1250.00") throw new Error(`${name} read the amount as ${amount}`);
      return took;
    };
    results.push(...firsts(host, await rounds(FIRST.map((name) => ({ name, turn: turn(name) })), effort.first.times)));
  }
  report(results);
} catch (error) {
  refuse(error);
}
