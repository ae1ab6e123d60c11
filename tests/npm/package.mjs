// The package under test, linked as if a project had installed it. REMIT_PACKAGE is the path of the unpacked package.

import { mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

if (!process.env.REMIT_PACKAGE) throw new Error("set REMIT_PACKAGE to the directory of the unpacked package");
const unpacked = resolve(process.env.REMIT_PACKAGE);

const linked = fileURLToPath(new URL("node_modules/remit-payments", import.meta.url));
const target = () => {
  try {
    return readlinkSync(linked);
  } catch {
    return undefined;
  }
};
if (target() !== unpacked) {
  mkdirSync(new URL("node_modules", import.meta.url), { recursive: true });
  rmSync(linked, { recursive: true, force: true });
  try {
    symlinkSync(unpacked, linked, "dir");
  } catch (error) {
    // Another test file has created the link meanwhile.
    if (target() !== unpacked) throw error;
  }
}

export const remit = await import("remit-payments");
