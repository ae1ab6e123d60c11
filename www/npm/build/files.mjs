// Where things are, and how files are read and written.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const www = join(root, "www");
export const sources = join(www, "npm");
export const dist = join(root, "dist");

export const read = (...path) => readFileSync(join(...path), "utf8");
export const write = (path, content) => writeFileSync(path, content);

/** The names in a folder that end so, in order. An empty list is an error: something would silently be left out. */
export const names = (folder, suffix) => {
  const found = readdirSync(folder).filter((name) => name.endsWith(suffix)).sort();
  if (found.length === 0) throw new Error(`${folder} contains no *${suffix}`);
  return found;
};
