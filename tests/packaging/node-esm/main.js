import * as remit from "remit-payments";
import * as slim from "remit-payments/slim";
import schema from "remit-payments/schema/clockify.draft-2020-12.json" with { type: "json" };
import german from "remit-payments/locales/de.json" with { type: "json" };
import { readFile } from "node:fs/promises";
import { check } from "../expect.js";

// Before initialize(), a call throws an error that names the remedy.
let said;
try {
  slim.clockify.payment.parse({});
} catch (error) {
  said = error.message;
}
if (!said?.includes("initialize()") || slim.isInitialized()) throw new Error(`slim, before it is initialized: ${said}`);
await slim.initialize(readFile(new URL(import.meta.resolve("remit-payments/remit.wasm"))));
if (!slim.isInitialized()) throw new Error("slim is not initialized");
check(slim);
if (schema.type !== "object" && !schema.properties) throw new Error(`no JSON Schema: ${JSON.stringify(schema)}`);
if (!german["ui.title"]) throw new Error("no sentences in German");
console.log(JSON.stringify(check(remit)));
