// The functions that the tests of this matrix share: they run programs, serve pages, and open a browser.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { RESULT } from "./expect.js";

export const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);

/** The directory of the installed package. */
export const installed = dirname(require.resolve("remit-payments/package.json"));

/** Creates an empty directory for the build output of an environment. */
export const output = (name) => {
  const path = join(here, ".out", name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
};

/** Programs in packages for one platform each. npm installs them; no install script has to run. */
const PLATFORMS = {
  deno: { "linux-x64": "@deno/linux-x64-glibc/deno", "linux-arm64": "@deno/linux-arm64-glibc/deno", "darwin-x64": "@deno/darwin-x64/deno", "darwin-arm64": "@deno/darwin-arm64/deno" },
  bun: { "linux-x64": "@oven/bun-linux-x64/bin/bun", "linux-arm64": "@oven/bun-linux-aarch64/bin/bun", "darwin-x64": "@oven/bun-darwin-x64/bin/bun", "darwin-arm64": "@oven/bun-darwin-aarch64/bin/bun" },
  workerd: { "linux-x64": "@cloudflare/workerd-linux-64/bin/workerd", "linux-arm64": "@cloudflare/workerd-linux-arm64/bin/workerd", "darwin-x64": "@cloudflare/workerd-darwin-64/bin/workerd", "darwin-arm64": "@cloudflare/workerd-darwin-arm64/bin/workerd" },
};
export const program = (name) => {
  const path = PLATFORMS[name][`${process.platform}-${process.arch}`];
  if (!path) throw new Error(`${name} is not available for ${process.platform}-${process.arch}`);
  return join(here, "node_modules", path);
};
/** A program in node_modules/.bin. */
export const bin = (name) => join(here, "node_modules", ".bin", name);

/** Runs a program and returns its standard output. */
export const run = async (command, words, { cwd = here, env = {} } = {}) => {
  const child = spawn(command, words, { cwd, env: { ...process.env, NODE_OPTIONS: "", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].setEncoding("utf8").on("data", (data) => (said[stream] += data));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  assert.equal(code, 0, `${command} ${words.join(" ")} ended with ${code}:\n${said.stdout}\n${said.stderr}`);
  return said.stdout;
};

/** Starts a server program, and returns its address once `ready` matches its output. */
export const serving = async (command, words, ready, { cwd = here, env = {} } = {}) => {
  const child = spawn(command, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let said = "";
  const url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (data) => {
        said += data;
        const found = said.match(ready);
        if (found) resolve(found[1]);
      });
    }
    child.once("error", reject);
    ended.then((code) => reject(new Error(`${command} ended with ${code}:\n${said}`)));
  });
  return {
    url,
    // Signals the process group, because the program may have started others.
    close: () => {
      process.kill(-child.pid, "SIGTERM");
      return ended;
    },
  };
};

/** Serves a build directory and opens its page. */
export const browseBuilt = async (directory, script, options) => {
  const served = await serve({ "/": page(script), "/built/": directory });
  try {
    return await browse(served.url, options);
  } finally {
    await served.close();
  }
};

/** Checks the last line that an environment without a page printed. */
export const assertPrinted = (stdout) => assert.deepEqual(JSON.parse(stdout.trim().split("\n").at(-1)), RESULT);

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src data:";

/** Serves `mounts`, a table of paths and directories or texts, under a strict policy. */
export const serve = async (mounts, policy = POLICY) => {
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url, "http://localhost").pathname;
    const mount = Object.keys(mounts).filter((mount) => path.startsWith(mount)).sort((a, b) => b.length - a.length)[0];
    try {
      const rest = normalize(path.slice(mount.length) || "index.html");
      if (rest.startsWith("..")) throw new Error("outside");
      const text = mounts[mount].text ?? (await readFile(join(mounts[mount], rest)));
      response.writeHead(200, { "content-type": TYPES[extname(mounts[mount].text === undefined ? rest : path)] ?? "text/html", "content-security-policy": policy });
      response.end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The mounts for a page without a bundler: its own folder, the shared scripts, and the package. */
export const sources = (name) => ({
  [`/${name}/`]: join(here, name),
  ...Object.fromEntries(["/expect.js", "/page.js"].map((file) => [file, { text: readFileSync(join(here, file), "utf8") }])),
  "/remit-payments/": installed,
});

/** A document that loads one script. */
export const page = (script) => ({ text: `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="${script}"></script></html>` });

/** Opens a page in a browser. Returns the result that the page left, and the browser's errors. */
export const browse = async (url, { act } = {}) => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    const complaints = [];
    tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(`${error}`));
    await tab.goto(url);
    const left = await tab.waitForFunction(() => globalThis.remit, undefined, { timeout: 60_000 }).catch((error) => {
      throw new Error(`the page left no result: ${complaints.join("\n") || error}`);
    });
    if (act) await act(tab);
    return { ...(await left.jsonValue()), complaints };
  } finally {
    await browser.close();
  }
};

const read = (...path) => JSON.parse(readFileSync(join(installed, ...path), "utf8"));

/** Checks the result that a page left. */
export const assertLeft = ({ error, result, element, complaints }, { widget = false } = {}) => {
  assert.equal(error, undefined);
  assert.deepEqual(result, RESULT);
  if (widget) assertShown(element);
  assert.deepEqual(complaints, []);
};

export const assertShown = (element) => {
  assert.equal(element.state, "editing");
  assert.equal(element.title, read("locales", "de.json")["ui.title"]);
  assert.equal(element.surface, "solid", "the style sheet is missing");
  const [{ declarations }] = read("custom-elements.json").modules;
  const parts = declarations[0].cssParts.map(({ name }) => name);
  assert.ok(element.parts.length > 5 && element.parts.every((part) => parts.includes(part)), `custom-elements.json lacks one of ${element.parts}`);
};
