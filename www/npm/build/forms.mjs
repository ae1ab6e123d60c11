// The forms of the elements' doubles: the fields of each provider, and the words on the pages.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { read, www } from "./files.mjs";

const WORDS = [
  "title", "review", "review_title", "record", "recording", "change", "another", "correct", "try_again", "check_again",
  "recorded_title", "refused_title", "not_sent_title", "unknown_title", "unsaved", "unresolved", "provider",
];
const camel = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const fieldOf = ({ name, label, kind, required, when = null, lines = false, choices }) => {
  const field = { name, label, kind, required, when, lines };
  return kind === "choice" ? { ...field, choices: choices.map(({ value, label }) => ({ value, label })) } : field;
};

/** The fields for adding an invoice; `undefined` if the provider does not support it. */
const invoiceFields = (createPaymentSession, provider) => {
  try {
    return createPaymentSession({ provider, endpoint: "/", purpose: "add_invoice", locale: "en" }).fields;
  } catch {
    return undefined;
  }
};

/** The script that the doubles import as #forms. The package in this folder has the validator and the session. */
export const forms = async (folder) => {
  const entry = (name) => import(pathToFileURL(join(folder, name)));
  const [{ providers }, { createPaymentSession }] = [await entry("node.js"), await entry("session.js")];
  const found = { "remit-payment": {}, "remit-invoice": {} };
  for (const { id, name, payment } of providers) {
    found["remit-payment"][id] = { name, fields: payment.fields.map(fieldOf) };
    const fields = invoiceFields(createPaymentSession, id);
    if (fields) found["remit-invoice"][id] = { name, fields: fields.map(fieldOf) };
  }
  if (Object.keys(found["remit-invoice"]).length === 0) throw new Error("no provider can add an invoice");
  const table = JSON.parse(read(www, "locales", "en.json"));
  const words = (prefix) => Object.fromEntries(WORDS.map((key) => [camel(key), table[`ui.${prefix}${key}`] ?? table[`ui.${key}`] ?? table[`field.${key}`]]));
  const all = { "remit-payment": words(""), "remit-invoice": words("invoice_") };
  const missing = WORDS.filter((key) => all["remit-payment"][camel(key)] === undefined);
  if (missing.length > 0) throw new Error(`www/locales/en.json has no ${missing.join(", ")}`);
  return `export const FORMS = ${JSON.stringify(found)};\nexport const WORDS = ${JSON.stringify(all)};`;
};
