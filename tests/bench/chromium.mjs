// Measures in Chromium, and prints the results as JSON.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";
import { rounds } from "./measure.mjs";
import { DRAFT, FIRST, effort, firsts, plan, progress, refuse, report, wanted } from "./plan.mjs";

const TYPES = { ".mjs": "text/javascript", ".wasm": "application/wasm" };
// Cross-origin isolation gives the page a precise clock.
const HEADERS = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const server = createServer(async ({ url }, reply) => {
  const name = basename(url);
  const type = Object.entries(TYPES).find(([end]) => name.endsWith(end))?.[1];
  const path = name.endsWith(".wasm") ? plan.module : join(plan.scripts, "browser", name);
  const body = type ? await readFile(path).catch(() => undefined) : "<!doctype html><title>bench</title>";
  reply.writeHead(body === undefined ? 404 : 200, { ...HEADERS, "content-type": type ?? "text/html" }).end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const host = `Chromium ${browser.version().split(".")[0]}`;
const results = [];

/** Runs a function in a new page, and returns its result. */
async function inPage(work, argument) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  await page.exposeFunction("processorTime", async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ThreadTime").value * 1000;
  });
  await page.goto(base);
  const result = await page.evaluate(work, argument);
  await context.close();
  return result;
}

try {
  for (const kind of ["valid", "request", "invalid"].filter(wanted)) {
    progress(host, kind);
    const entries = await inPage(async ([kind, effort]) => (await import("/single.mjs")).single(kind, effort), [kind, effort.single]);
    results.push({ case: kind, host, unit: "µs of processor time", entries });
  }
  if (wanted("many")) {
    progress(host, "many");
    const { error, results: kinds } = await inPage(
      (effort) =>
        new Promise((resolve, reject) => {
          const worker = new Worker("/worker.mjs", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(effort);
        }),
      effort.files,
    );
    if (error) throw new Error(error);
    for (const [kind, entries] of Object.entries(kinds)) results.push({ case: kind, host, unit: "ms", entries });
  }
  if (wanted("first")) {
    progress(host, "first");
    const turn = (name) => async () => {
      const { took, amount } = await inPage(first, { name, draft: DRAFT });
      if (amount !== "1250.00") throw new Error(`${name} read the amount as ${amount}`);
      return took;
    };
    results.push(...firsts(host, await rounds(FIRST.map((name) => ({ name, turn: turn(name) })), effort.first.times)));
  }
  report(results);
} catch (error) {
  refuse(error);
} finally {
  await browser.close();
  server.close();
}

/** Runs in the page. All bytes are loaded before the measurement begins. */
async function first({ name, draft }) {
  const script = await (await fetch(`/${name}.mjs`)).blob();
  const url = URL.createObjectURL(new Blob([await script.arrayBuffer()], { type: "text/javascript" }));
  const bytes = name === "slim" ? await (await fetch("/remit.wasm")).arrayBuffer() : undefined;
  const begun = performance.now();
  const { ready, parse, value } = await import(url);
  ready?.(bytes);
  const result = parse(draft);
  return { took: performance.now() - begun, amount: value(result).amount };
}
