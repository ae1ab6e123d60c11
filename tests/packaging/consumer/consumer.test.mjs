import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { here, output, run } from "../harness.mjs";

const WORKSPACE = "64a687e29ae1f428e7ebe303";
const HEAD = "Buchungszeit;Rechnung;Betrag;Währung;Verwendungszweck\n";
const TWO = `${HEAD}2026-11-19T14:30;aa01;1.250,00;EUR;eins\n\n2026-11-19T14:31;aa02;75,25;EUR;zwei\n`;
const out = output("consumer");

test("a program written from the package's pages compiles", async () => {
  const config = {
    extends: "../../typescript/tsconfig.json",
    compilerOptions: { module: "nodenext", lib: ["es2022"], types: ["node"], allowJs: false, rootDir: "../../consumer", outDir: "." },
    files: ["../../consumer/record-payments.ts"],
  };
  writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(out, "package.json"), '{"type":"module"}');
  await run(process.execPath, [join(here, "node_modules", "typescript", "bin", "tsc"), "--project", out]);
});

/** Runs the program against a provider with this response. Returns its exit code, its requests and its output. */
async function recording(csv, answer, language = "en") {
  const sent = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    sent.push({ path: request.url, key: request.headers["x-api-key"], body });
    answer(response, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const file = join(out, "bank.csv");
  writeFileSync(file, csv);
  const words = [join(out, "record-payments.js"), file, WORKSPACE, `http://127.0.0.1:${server.address().port}/api`, language];
  const child = spawn(process.execPath, words, { env: { ...process.env, NODE_OPTIONS: "", CLOCKIFY_API_KEY: "k" }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (data) => (said += data));
  const [code] = await once(child, "close");
  server.closeAllConnections();
  server.close();
  return { code, sent, lines: said.trim().split("\n"), summary: JSON.parse(said.trim().split("\n").at(-1)) };
}

const json = (status, body) => (response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

test("records the payments of a bank's file", async () => {
  const invoice = { id: "aa01", currency: "EUR", balance: 75_000, paid: 125_000, status: "PARTIALLY_PAID" };
  const { code, sent, summary } = await recording(TWO, json(201, invoice));
  assert.deepEqual([code, summary], [0, { recorded: 2, refused: 0, left: 0 }]);
  const path = `/api/v1/workspaces/${WORKSPACE}/invoices`;
  const body = (paymentDate, amount, note) => JSON.stringify({ paymentDate, amount, note });
  assert.deepEqual(sent, [
    { path: `${path}/aa01/payments`, key: "k", body: body("2026-11-19T13:30:00Z", 125_000, "eins") },
    { path: `${path}/aa02/payments`, key: "k", body: body("2026-11-19T13:31:00Z", 7_525, "zwei") },
  ]);
});

test("an invalid row is not sent, and its issue has its line and the chosen language", async () => {
  const csv = `${TWO}2026-11-19T14:32;aa03;1.250;EUR;drei\n`;
  const { code, sent, lines, summary } = await recording(csv, json(201, { id: "x" }), "de");
  assert.deepEqual([code, sent.length, summary], [1, 2, { recorded: 2, refused: 1, left: 0 }]);
  assert.ok(lines.includes("5: Betrag ist mehrdeutig: 1.250. Lassen Sie Tausendertrennzeichen weg, zum Beispiel 1250 oder 1,25."), lines.join("\n"));
});

test("a refused payment does not stop the others, but rejected credentials do", async () => {
  const refused = await recording(TWO, json(400, { message: "Invoice doesn't belong to Workspace", code: 501 }));
  assert.deepEqual([refused.code, refused.sent.length, refused.summary], [1, 2, { recorded: 0, refused: 2, left: 0 }]);
  const unauthorised = await recording(TWO, json(401, { message: "Api key does not exist", code: 4003 }));
  assert.deepEqual([unauthorised.sent.length, unauthorised.summary], [1, { recorded: 0, refused: 1, left: 1 }]);
});

test("an unknown outcome stops the program: neither this payment nor the next is sent", async () => {
  const unknown = { recorded: 0, refused: 0, left: 1, lookUp: 2 };
  for (const answer of [
    (response, request) => request.socket.destroy(),
    (response) => response.writeHead(201, { "content-length": "100" }).write('{"id":', () => response.destroy()),
    (response) => response.writeHead(502).end("<html>"),
    (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  ]) {
    const { code, sent, summary } = await recording(TWO, answer);
    assert.deepEqual([code, sent.length, summary], [3, 1, unknown]);
  }
});

test("missing columns are reported once for the file, and nothing is sent", async () => {
  const { code, lines, sent } = await recording("a;b\n1;2\n", json(201, {}));
  assert.deepEqual([code, sent.length, lines.length], [2, 0, 6]);
});
