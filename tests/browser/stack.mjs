// The entire demo for one test file: page, relay and sandbox on free ports, a new database, and a browser.

import { spawn, execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts the demo with a built `page`. The sandbox injects the `faults`. Only with `sessions` does the relay ask for them. */
export async function start({ faults = [], page = "dist", sessions = false } = {}) {
  const options = ["--page", page, "--fresh", "--json", "--port", "0", "--hasty", ...(sessions ? [] : ["--open"]), ...faults.flatMap((fault) => ["--fault", fault])];
  const [program, ...words] = process.env.REMIT_DEMO ? [process.env.REMIT_DEMO] : ["cargo", "run", "--quiet", "--package", "remit-demo", "--"];
  const child = spawn(program, [...words, ...options], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const end = () => {
    child.kill("SIGTERM");
    return ended;
  };
  let demo, browser;
  try {
    demo = await started(child);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--lang=en-US", LOCAL], env: { ...process.env, LANGUAGE: "en_US" } });
  } catch (error) {
    // A demo that keeps running would prevent the tests from ending, and the error from being shown.
    await end();
    throw error;
  }
  return {
    ...demo,
    browser,
    provider: (id) => demo.describe.providers.find((provider) => provider.id === id),
    /** Rows of the sandbox's database, read by a different program than the one that wrote them. */
    rows: (sql) => JSON.parse(execFileSync("python3", ["-c", QUERY, demo.db, sql], { encoding: "utf8" })),
    /** Sets the faults that the sandbox injects from now on. */
    fault: (...specs) =>
      fetch(new URL("/_faults", demo.sandbox), { method: "PUT", body: JSON.stringify(specs), headers: { "content-type": "application/json" } }).then((response) => {
        if (!response.ok) throw new Error(`the sandbox rejected the faults ${specs}: ${response.status}`);
      }),
    killRelay: () => child.stdin.write("kill relay\n"),
    async stop() {
      await browser.close();
      await end();
    },
  };
}

/** A page that a test itself answers has no address, and may only send requests to this machine with this option. */
const LOCAL = "--disable-features=LocalNetworkAccessChecks";

/** The demo's description of itself, once it is ready. */
async function started(child) {
  let stderr = "";
  child.stderr.on("data", (data) => (stderr += data));
  let demo;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) demo = JSON.parse(line);
    if (line.startsWith("Remit demo:")) break;
  }
  if (!demo) throw new Error(`the demo did not start:\n${stderr}`);
  return demo;
}

const QUERY = `
import json, sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
db.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in db.execute(sys.argv[2])]))
`;

// The form may appear before the page has loaded the relay's address and set it.
const READY = "remit-payment[base-url] .form";

/** Opens a page, waits until `ready` matches an element, and collects the browser's errors. `prepare` runs before that. */
export async function open(stack, { path = "/", ready = READY, prepare, ...options } = {}) {
  const context = await stack.browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  // The timeout allows for a slow machine.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await prepare?.(page);
  await page.goto(new URL(path, stack.page).href);
  await page.locator(ready).first().waitFor();
  return page;
}

/** Opens a page of its own with this HTML, at the address of the demo's page, and collects the browser's errors. `prepare` is
    called with the page before it is opened. */
export async function host(stack, html, { prepare, ...options } = {}) {
  const context = await stack.browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  Object.assign(page, { complaints: [], warnings: [] });
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
    if (message.type() === "warning") page.warnings.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
    <script type="module" src="/remit.js"></script><script>
      window.events = [];
      for (const name of ["ready", "change", "invalid", "submit", "success", "failure", "unknown", "remove", "load-error"]) {
        document.addEventListener("remit-" + name, ({ detail }) => window.events.push([name, detail]));
      }
    </script>${html}`;
  await page.route(({ pathname }) => pathname === "/host", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.route(({ pathname }) => pathname === "/saved", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>saved" }));
  await prepare?.(page);
  await page.goto(new URL("/host", stack.page).href);
  return page;
}

/** Presses Tab until the control with this name has the focus. */
export async function tabTo(page, name) {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab did not reach ${name}; the focus is on ${await focused(page)}`);
}

/** The name of the focused control, or its text. */
export const focused = (page) =>
  page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.name || active?.textContent?.trim() || active?.localName || "";
  });

/** Types into fields by keyboard, in the order of `values`. A select needs the first letters of the choice, a date its
    digits in the order of the browser's language: month, day, year. */
export async function type(page, values) {
  for (const [name, text] of Object.entries(values)) {
    await tabTo(page, name);
    await page.keyboard.type(text);
    // A select forgets the letters before a pause of a second, which a busy machine may make between two of them.
    for (let tries = 0; tries < 3 && !(await isChosen(page, text)); tries += 1) {
      await page.waitForTimeout(1500);
      await page.keyboard.type(text);
    }
  }
}

/** Whether the focused control is no select, or has a choice that begins with the text. */
const isChosen = (page, text) =>
  page.evaluate((text) => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (active?.localName !== "select") return true;
    return active.selectedOptions[0]?.text.trim().toLowerCase().startsWith(text.toLowerCase()) ?? false;
  }, text);

/** Presses the button with this text, by keyboard. */
export async function press(page, text) {
  await tabTo(page, text);
  await page.keyboard.press("Enter");
}

export const outcome = (page) => page.locator("remit-payment .outcome");

/** The payment's outcome, once it has one. */
export async function settled(page) {
  await outcome(page).waitFor();
  return outcome(page).getAttribute("data-outcome");
}
