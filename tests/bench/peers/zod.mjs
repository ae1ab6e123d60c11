// The rules of a payment to Clockify in zod 4, amounts in decimal.js.

import * as z from "zod";
import { amount } from "./decimal.mjs";
import { requestOf } from "./request.mjs";
import { CONTROL, EXPONENTS, ID, lines, utc } from "./rules.mjs";

const id = z.string("Is required.").trim().regex(ID, "Only letters, digits, - and _, at most 64.");

const currency = z
  .string("Is required.")
  .trim()
  .toUpperCase()
  .refine((code) => EXPONENTS.get(code) === 2, "Not a currency that Clockify accepts.");

const moment = z
  .string("Is required.")
  .trim()
  .check((field) => {
    const read = utc(field.value);
    if (read === undefined) field.issues.push({ code: "custom", input: field.value, message: "Not a valid date or time." });
    else field.value = read;
  });

const note = z
  .string()
  .trim()
  .overwrite(lines)
  .max(1000, "At most 1000 characters.")
  .refine((text) => !CONTROL.test(text), "Contains an invalid character.");

/** Runs even if fields have issues, so that every issue is reported at once. Writes in place, which is faster than a transform. */
function whole(payment, context) {
  if (typeof payment.amount === "string") {
    const read = amount(payment.amount, payment.currency);
    if (read === undefined) context.issues.push({ code: "custom", path: ["amount"], input: payment.amount, message: "Not an amount above zero in this currency." });
    else payment.amount = read;
  }
  if (payment.note === "") payment.note = undefined;
}

const Payment = z
  .object({ workspaceId: id, invoiceId: id, currency, paidAt: moment, amount: z.string("Is required.").trim(), note: note.optional() })
  .superRefine(whole, { when: () => true });

export const parse = (draft) => Payment.safeParse(draft);
export const value = (result) => result.data;
export const request = (result) => requestOf(result.data);
export const issues = (result) => result.error.issues;
export const field = (issue) => issue.path[0];
