// Times the first check of a payment, from the import of the script, in a new process: node first.mjs SCRIPT [MODULE]

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [script, module] = process.argv.slice(2);
const bytes = module && readFileSync(module);
const draft = JSON.parse(process.env.DRAFT);
const url = pathToFileURL(script);

const begun = performance.now();
const { ready, parse, value } = await import(url);
ready?.(bytes);
const result = parse(draft);
const took = performance.now() - begun;
console.log(JSON.stringify({ took, amount: value(result).amount }));
