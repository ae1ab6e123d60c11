// The JSON Schemas of the package, as the package itself returns them.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { write } from "./files.mjs";

const TARGETS = ["draft-2020-12", "draft-07", "openapi-3.0"];

/** Writes the schemas of the package in this folder. */
export const schemas = async (folder) => {
  const { providers } = await import(pathToFileURL(join(folder, "node.js")));
  mkdirSync(join(folder, "schema"));
  for (const { id, payment } of providers) {
    for (const target of TARGETS) {
      const schema = payment["~standard"].jsonSchema.input({ target });
      write(join(folder, "schema", `${id}.${target}.json`), `${JSON.stringify(schema, null, 2)}\n`);
    }
  }
};
