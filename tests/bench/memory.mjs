// Measures the memory that reading a file needs, in a new process: node memory.mjs NAME FILE

import { readFileSync } from "node:fs";

// The package does not expose its module's memory, so this class records it when the module is instantiated.
const memories = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...args) {
    super(...args);
    memories.push(this.exports.memory);
  }
};

const [name, path] = process.argv.slice(2);
const { csv } = await import("./csv.mjs");
const { present } = await import("./files.mjs");
const { file, rows } = Object.fromEntries(present())[name];
const bytes = readFileSync(path);
// A small file first: the memory for the initialisation is not measured.
file(csv(2));

const before = process.memoryUsage.rss();
const result = file(bytes);
const after = process.resourceUsage().maxRSS * 1024;
const module = memories.reduce((sum, memory) => sum + (memory?.buffer.byteLength ?? 0), 0);
console.log(JSON.stringify({ rows: rows(result), growth: Math.max(0, after - before) / bytes.length, module: module / bytes.length }));
