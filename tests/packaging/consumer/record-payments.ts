// A program written from the package's pages. It checks a bank's CSV export and records the payments.
//
//   node record-payments.js FILE.csv WORKSPACE BASE-URL [LANGUAGE]     CLOCKIFY_API_KEY=…
//
// The last line of its output is a summary. Exit codes: 0 if all payments were recorded, 1 if a row was refused, 2 if the file
// or an option is invalid, 3 if the outcome of a payment is unknown.

import { readFile } from "node:fs/promises";
import { clockify, parseMany, type ClockifyPayment, type Messages, type Receipt, type Request } from "remit-payments";

const COLUMNS = { invoiceId: "Rechnung", currency: "Währung", amount: "Betrag", paidAt: "Buchungszeit", note: "Verwendungszweck" };
/** The codes of refusals that also affect the next payments. */
const FOR_ALL: readonly string[] = ["sign_in", "forbidden", "throttled"];

const [file = "", workspaceId = "", base = "", language = "en"] = process.argv.slice(2);
const key = process.env["CLOCKIFY_API_KEY"] ?? "";

const messages = async (): Promise<Messages> =>
  JSON.parse(await readFile(new URL(import.meta.resolve(`remit-payments/locales/${language}.json`)), "utf8")) as Messages;

async function send(request: Request, { currency }: ClockifyPayment): Promise<Receipt> {
  try {
    const response = await fetch(base + request.path, {
      method: request.method,
      headers: { ...request.headers, "X-Api-Key": key },
      body: request.body,
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
    });
    const { status, headers } = response;
    return clockify.payment.receipt({ status, headers, body: await response.text() }, { currency });
  } catch (cause) {
    return { state: "unknown", code: "lost", words: String(cause) };
  }
}

async function record(): Promise<{ summary: object; code: number }> {
  const batch = parseMany(await readFile(file), {
    provider: "clockify",
    columns: COLUMNS,
    defaults: { workspaceId },
    timeZone: "Europe/Berlin",
    messages: await messages(),
  });
  for (const { message } of batch.issues) console.log(message);
  if (batch.issues.length > 0) return { summary: { issues: batch.issues.length }, code: 2 };
  const counts = { recorded: 0, refused: 0, left: batch.length };
  for (let index = 0; index < batch.length; index++) {
    const result = batch.at(index);
    if (result === undefined) continue;
    counts.left--;
    if (!result.ok) {
      counts.refused++;
      for (const { message } of result.issues) console.log(`${batch.line(index)}: ${message}`);
      continue;
    }
    for (const { code } of result.notices) console.log(`${batch.line(index)}: ${code}`);
    const receipt = await send(result.request, result.value);
    console.log(`${batch.line(index)}: ${receipt.state}`);
    if (receipt.state === "recorded") counts.recorded++;
    else if (receipt.state === "refused") counts.refused++;
    // Send neither this payment again nor the next one until a person has checked the invoice.
    else return { summary: { ...counts, lookUp: batch.line(index) }, code: 3 };
    if (receipt.state === "refused" && FOR_ALL.includes(receipt.code)) break;
  }
  return { summary: counts, code: counts.refused > 0 ? 1 : 0 };
}

const { summary, code } = await record();
console.log(JSON.stringify(summary));
process.exitCode = code;
