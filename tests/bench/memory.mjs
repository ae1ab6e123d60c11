// How much memory reading a file takes, in a process that does nothing else: node memory.mjs NAME FILE

import { readFileSync } from "node:fs";

// The module's memory is nobody's to ask for; so it is noted when the module is made ready.
const memories = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};

const [name, path] = process.argv.slice(2);
const { csv } = await import("./csv.mjs");
const { present } = await import("./files.mjs");
const { file, rows } = Object.fromEntries(present())[name];
const bytes = readFileSync(path);
// What it takes to be ready is not the file's.
file(csv(2));

const before = process.memoryUsage.rss();
const result = file(bytes);
const after = process.resourceUsage().maxRSS * 1024;
const module = memories.reduce((sum, memory) => sum + (memory?.buffer.byteLength ?? 0), 0);
console.log(JSON.stringify({ rows: rows(result), growth: Math.max(0, after - before) / bytes.length, module: module / bytes.length }));
