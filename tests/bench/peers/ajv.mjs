// The rules of a payment to Clockify in compiled ajv. Rules that a JSON Schema cannot express are written by hand, and
// amounts use big.js.

import Ajv from "ajv";
import { amount } from "./big.mjs";
import { requestOf } from "./request.mjs";
import { EXPONENTS, lines, utc } from "./rules.mjs";

const string = { type: "string" };
/** Surrounding whitespace is allowed here and trimmed below. */
const id = { type: "string", pattern: "^\\s*[A-Za-z0-9_-]{1,64}\\s*$" };

/** The schema is known to be valid, so ajv does not validate it at every start. */
const isDraft = new Ajv({ allErrors: true, meta: false, validateSchema: false }).compile({
  type: "object",
  required: ["workspaceId", "invoiceId", "currency", "paidAt", "amount"],
  properties: {
    workspaceId: id,
    invoiceId: id,
    currency: string,
    paidAt: string,
    amount: string,
    note: { type: "string", pattern: "^[^\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff]*$" },
  },
});

/** The schema checks only the form of a draft. This function parses the values and adds their errors. */
export function parse(draft) {
  const errors = isDraft(draft) ? [] : isDraft.errors;
  const { workspaceId, invoiceId, currency, paidAt, amount: written, note } = draft;
  const value = { workspaceId: workspaceId?.trim(), invoiceId: invoiceId?.trim(), currency: undefined, paidAt: undefined, amount: undefined, note: undefined };
  if (typeof currency === "string") {
    value.currency = currency.trim().toUpperCase();
    if (EXPONENTS.get(value.currency) !== 2) errors.push(error("currency", "is not a currency that Clockify accepts"));
  }
  if (typeof paidAt === "string") {
    value.paidAt = utc(paidAt.trim());
    if (value.paidAt === undefined) errors.push(error("paidAt", "is not a valid date or time"));
  }
  if (typeof written === "string") {
    value.amount = amount(written.trim(), value.currency);
    if (value.amount === undefined) errors.push(error("amount", "is not an amount above zero in this currency"));
  }
  if (typeof note === "string") {
    const trimmed = lines(note.trim());
    if (trimmed.length > 1000) errors.push(error("note", "must not have more than 1000 characters"));
    if (trimmed !== "") value.note = trimmed;
  }
  return errors.length === 0 ? { value } : { errors };
}

const error = (field, message) => ({ instancePath: `/${field}`, params: {}, message });

export const value = (result) => result.value;
export const request = (result) => requestOf(result.value);
export const issues = (result) => result.errors;
export const field = (error) => error.params.missingProperty ?? error.instancePath.slice(1);
