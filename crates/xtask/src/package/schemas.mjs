// Writes the JSON Schemas of the package that stands in the current directory, as the package itself gives them.

import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { providers } = await import(pathToFileURL("node.js"));
const TARGETS = ["draft-2020-12", "draft-07", "openapi-3.0"];

mkdirSync("schema");
for (const { id, payment } of providers) {
  for (const target of TARGETS) {
    const schema = payment["~standard"].jsonSchema.input({ target });
    writeFileSync(`schema/${id}.${target}.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
}
