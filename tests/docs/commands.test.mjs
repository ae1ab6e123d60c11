// The commands and the configurations of the pages work as they are written.
//
// A shell runs each `sh` block as it stands. In place of the programs it finds stand-ins that write down how they were called; each
// call is then carried out by the real program, on a free port and in a temporary folder.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { examples, read } from "./blocks.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cargo = (...words) => execFileSync("cargo", words, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] });

let work, metadata;
before(() => {
  cargo("build", "--quiet", "-p", "remit-relay", "-p", "remit-sandbox");
  metadata = JSON.parse(cargo("metadata", "--format-version=1", "--no-deps", "--offline"));
  work = mkdtempSync(join(tmpdir(), "remit-docs-"));
});
after(() => rmSync(work, { recursive: true, force: true }));

const packageOf = (name) => metadata.packages.find((one) => one.name === name) ?? assert.fail(`there is no package ${name}`);
const hasProgram = ({ targets }) => targets.some(({ kind }) => kind.includes("bin"));
const program = (name) => join(metadata.target_directory, "debug", name);

/** The calls of a script: the program, its arguments, and the environment that the script has set. */
const calls = (code) => {
  const folder = mkdtempSync(join(work, "calls-"));
  const log = join(folder, "log");
  const stand_in = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { basename } = require("node:path");
appendFileSync(${JSON.stringify(log)}, JSON.stringify([basename(process.argv[1]), process.argv.slice(2), process.env]) + "\\n");
`;
  writeFileSync(log, "");
  for (const name of ["cargo", "npm", "remit-relay", "remit-sandbox"]) {
    writeFileSync(join(folder, name), stand_in);
    chmodSync(join(folder, name), 0o755);
  }
  const { status, stderr } = spawnSync("/bin/bash", ["-eu", "-c", code], { cwd: folder, env: { PATH: folder }, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const made = readFileSync(log, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert.ok(made.length > 0, "the block calls nothing");
  return made;
};

/** A page's configuration of the relay. */
const configurationOf = (page) =>
  examples("toml").find((block) => block.page === page && block.code.startsWith("# remit.toml"))?.code ?? assert.fail(`${page} has no remit.toml`);
const variables = (configuration) => [...configuration.matchAll(/env = "(\w+)"/g)].map(([, name]) => name);

/** Starts a server on a free port, and gives its address to `use`. */
const serving = async (name, words, { env = {}, cwd }, use) => {
  const at = words.indexOf("--listen");
  const rest = at < 0 ? words : words.toSpliced(at, 2);
  const child = spawn(program(name), [...rest, "--listen", "127.0.0.1:0"], { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (data) => (log += data));
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    let url;
    for await (const line of createInterface({ input: child.stdout })) {
      url = line.match(/listening on (http:\S+)/)?.[1];
      if (url) break;
    }
    assert.ok(url, `${name} ${words.join(" ")} did not start:\n${log}`);
    await use?.(url);
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
};

/** Starts a relay with a configuration. A secret that the caller does not set has a made-up value. */
const relaying = (configuration, words, set, use) => {
  const cwd = mkdtempSync(join(work, "relay-"));
  writeFileSync(join(cwd, "remit.toml"), configuration);
  const env = Object.fromEntries(variables(configuration).map((name) => [name, set[name] ?? "made-up-secret"]));
  return serving("remit-relay", words, { cwd, env }, use);
};

/** The status that a relay answers with to a probe under this host name. */
const statusUnder = (url, host) =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => response.resume().once("end", () => resolve(response.statusCode))).once("error", reject);
  });

/** `cargo xtask help` knows the command and each of its options and steps. */
const isXtask = ([name, ...words]) => {
  const known = (text, word) => new RegExp(`(^|[\\s,])${word}([\\s,]|$)`, "m").test(text);
  if (name === "help") return;
  assert.ok(known(cargo("xtask", "help"), name), `cargo xtask has no command ${name}`);
  const help = cargo("xtask", "help", name);
  for (const word of words.filter((word) => word.startsWith("--"))) assert.ok(known(help, word), `cargo xtask ${name} has no option ${word}`);
  const at = words.indexOf("--only");
  for (const step of at < 0 ? [] : words[at + 1].split(",")) assert.ok(known(help.match(/^Steps of `test`.*$/m)[0], step), `cargo xtask test has no step ${step}`);
};

const start = async (name, words, environment, page) => {
  if (name === "remit-relay") return relaying(configurationOf(page), words, environment);
  if (name !== "remit-sandbox") assert.fail(`no test starts ${name}`);
  const cwd = mkdtempSync(join(work, "sandbox-"));
  if (!words.includes("--describe")) return serving(name, words, { cwd });
  JSON.parse(execFileSync(program(name), words, { cwd, encoding: "utf8" }));
};

const carryOut = async ([name, words, environment], page) => {
  if (name !== "cargo" && name !== "npm") return start(name, words, environment, page);
  const [verb, ...rest] = words;
  if (name === "npm") {
    // `cargo xtask package` writes the archive there. The checkout is beside the user's project.
    assert.deepEqual([verb, ...rest], ["install", `../remit/target/npm/${JSON.parse(read("www/npm/package.json")).name}-*.tgz`]);
  } else if (verb === "xtask") {
    isXtask(rest);
  } else if (verb === "install") {
    const [flag, path] = rest;
    assert.equal(flag, "--path");
    const found = metadata.packages.find(({ manifest_path }) => manifest_path === join(root, path, "Cargo.toml"));
    assert.ok(found && hasProgram(found), `${path} has no program to install`);
  } else if (verb === "run") {
    const [flag, package_, dashes, ...own] = rest;
    assert.deepEqual([flag, dashes], ["-p", "--"]);
    assert.ok(hasProgram(packageOf(package_)), `${package_} has no program`);
    await start(package_, own, environment, page);
  } else {
    assert.fail(`no test runs \`cargo ${verb}\``);
  }
};

for (const { code, page, where } of examples("sh")) {
  test(`${where}: the commands work`, async () => {
    for (const call of calls(code)) await carryOut(call, page);
  });
}

for (const { code, where } of examples("toml").filter(({ code }) => code.startsWith("# remit.toml"))) {
  test(`${where}: the relay starts with it, and answers only the pages that it names`, async () => {
    const origins = [...code.match(/^allow_origins = \[(.*?)\]/m)[1].matchAll(/"(.*?)"/g)].map(([, origin]) => origin);
    const [connection] = code.match(/^\[connections\.(\w+)\]/m).slice(1);
    const hosts = [...(code.match(/^allow_hosts = \[(.*?)\]/m)?.[1] ?? "").matchAll(/"(.*?)"/g)].map(([, host]) => host);
    assert.ok(origins.length > 0);
    await relaying(code, [], {}, async (url) => {
      const allowed = async (origin) => {
        const headers = { origin, "access-control-request-method": "POST" };
        const response = await fetch(`${url}/${connection}/`, { method: "OPTIONS", headers });
        return response.headers.get("access-control-allow-origin");
      };
      for (const origin of origins) {
        assert.equal(await allowed(origin), origin);
        assert.equal(await allowed(`${origin}:1`), null);
      }
      for (const host of hosts) assert.equal(await statusUnder(url, host), 204);
      assert.equal(await statusUnder(url, "other.example"), 421);
    });
  });
}

const uses = { "remit-core": "remit_core::Provider::ALL", "remit-leptos": "remit_leptos::STYLES" };
for (const { code, where } of examples("toml").filter(({ code }) => code.startsWith("[dependencies]"))) {
  test(`${where}: a crate compiles with this dependency`, () => {
    const folder = mkdtempSync(join(work, "crate-"));
    const app = join(folder, "app");
    mkdirSync(join(app, "src"), { recursive: true });
    symlinkSync(root, join(folder, "remit"));
    const [name] = Object.keys(uses).filter((name) => code.includes(`\n${name} = `));
    writeFileSync(join(app, "Cargo.toml"), `[package]\nname = "app"\nversion = "0.0.0"\nedition = "2024"\n\n${code}`);
    writeFileSync(join(app, "src", "main.rs"), `fn main() { println!("{}", ${uses[name]}.len()); }\n`);
    copyFileSync(join(root, "Cargo.lock"), join(app, "Cargo.lock"));
    const env = { ...process.env, CARGO_TARGET_DIR: join(metadata.target_directory, "docs") };
    const { status, stderr } = spawnSync("cargo", ["check", "--quiet", "--offline"], { cwd: app, encoding: "utf8", env });
    assert.equal(status, 0, stderr);
  });
}

test("every toml block is a relay's configuration or a dependency", () => {
  for (const { code, where } of examples("toml")) assert.match(code, /^(# remit\.toml|\[dependencies\])\n/, where);
});

/** The first cells of the rows of a table, and the others, without the marks of code. */
const table = (page, head) => {
  const lines = read(page).split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  assert.ok(from >= 0, `${page} has no table "${head}"`);
  const end = lines.findIndex((line, index) => index > from && !line.startsWith("|"));
  return lines.slice(from + 2, end).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
};
const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);

test("docs/sandbox.md lists the paths and the keys that the sandbox describes", () => {
  const { providers } = JSON.parse(execFileSync(program("remit-sandbox"), ["--describe"], { encoding: "utf8" }));
  const described = providers.map(({ id, basePath, credentials: [first] }) => [id, `http://127.0.0.1:9000${basePath}`, ...Object.entries(first).flat()]);
  const listed = table("docs/sandbox.md", "provider").map((cells) => cells.flatMap(names));
  assert.deepEqual(listed.sort(), described.sort());
  const members = table("docs/sandbox.md", "member").flatMap(([cell]) => names(cell));
  assert.deepEqual(members.sort(), Object.keys(providers[0]).sort());
});

test("docs/sandbox.md lists every option and every kind of fault", () => {
  const text = execFileSync(program("remit-sandbox"), ["--help"], { encoding: "utf8" });
  const listed = table("docs/sandbox.md", "option").flatMap(([cell]) => names(cell)).map((option) => option.split(" ")[0]);
  const options = [...text.matchAll(/^\s+(?:-\w, )?(--[a-z]+)/gm)].map(([, name]) => name).filter((name) => name !== "--help" && name !== "--version");
  assert.deepEqual(listed.sort(), options.sort());
  const kinds = table("docs/sandbox.md", "kind").flatMap(([cell]) => names(cell));
  for (const kind of kinds) assert.ok(text.includes(kind), `the sandbox has no fault ${kind}`);
  assert.equal(kinds.length, [...text.matchAll(/^\s+(?:[a-z-]+|[a-z]+=[A-Z]+) {2,}(?:nothing recorded|recorded)/gm)].length);
});

test("docs/relay.md lists every key of the configuration", () => {
  const expected = (text) => {
    const cwd = mkdtempSync(join(work, "keys-"));
    writeFileSync(join(cwd, "remit.toml"), text);
    const { status, stderr } = spawnSync(program("remit-relay"), ["--listen", "127.0.0.1:0"], { cwd, encoding: "utf8" });
    assert.equal(status, 1, stderr);
    return names(stderr.match(/unknown_key: unknown key; expected one of (.*)$/m)?.[1] ?? assert.fail(stderr));
  };
  const known = expected("unknown_key = 1\n");
  const ofConnection = expected("[connections.a]\nunknown_key = 1\n");
  const ofTls = expected("[tls]\nunknown_key = 1\n");
  const listed = (head) => table("docs/relay.md", head).flatMap(([cell]) => names(cell));
  assert.deepEqual([...listed("key"), "connections"].sort(), known.sort());
  assert.deepEqual(listed("key of a connection").sort(), ofConnection.sort());
  assert.deepEqual(listed("key of `[tls]`").sort(), ofTls.sort());
});
