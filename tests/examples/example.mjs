// An example's page on the demo's stack: its own relay is allowed to answer the page.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../browser/stack.mjs";

/** The relay of the examples' instructions. */
const RELAY = "http://127.0.0.1:9100";

/** Starts the demo with the page of the example `name`, which `cargo xtask test --only examples` builds. */
export async function startExample(name, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "remit-example-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(process.env.REMIT_EXAMPLES ?? "target/examples-pages", name), folder, { recursive: true });
    const stack = await start({ ...options, page: folder });
    const page = join(folder, "index.html");
    const html = readFileSync(page, "utf8");
    if (!html.includes(RELAY)) throw new Error(`${name}/index.html does not name the relay ${RELAY}`);
    writeFileSync(page, html.replaceAll(RELAY, stack.relay));
    return { ...stack, stop: () => stack.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
