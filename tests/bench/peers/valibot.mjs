// The rules of a payment to Clockify in valibot, amounts in big.js.

import * as v from "valibot";
import { amount } from "./big.mjs";
import { requestOf } from "./request.mjs";
import { CONTROL, EXPONENTS, ID, lines, utc } from "./rules.mjs";

const text = v.string("Is required.");

const id = v.pipe(text, v.trim(), v.regex(ID, "Only letters, digits, - and _, at most 64."));

const currency = v.pipe(
  text,
  v.trim(),
  v.toUpperCase(),
  v.check((code) => EXPONENTS.get(code) === 2, "Not a currency that Clockify accepts."),
);

const moment = v.pipe(
  text,
  v.trim(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = utc(dataset.value);
    if (read !== undefined) return read;
    addIssue({ message: "Not a valid date or time." });
    return NEVER;
  }),
);

const note = v.pipe(
  text,
  v.trim(),
  v.transform(lines),
  v.maxLength(1000, "At most 1000 characters."),
  v.check((text) => !CONTROL.test(text), "Contains an invalid character."),
);

/** Runs even if fields have issues, so that every issue is reported at once. Writes in place, which is faster than a transform. */
const whole = v.rawCheck(({ dataset: { value: payment }, addIssue }) => {
  if (typeof payment.amount === "string") {
    const read = amount(payment.amount, payment.currency);
    if (read === undefined) addIssue({ message: "Not an amount above zero in this currency.", path: [{ type: "object", origin: "value", input: payment, key: "amount", value: payment.amount }] });
    else payment.amount = read;
  }
  if (payment.note === "") payment.note = undefined;
});

const Payment = v.pipe(v.object({ workspaceId: id, invoiceId: id, currency, paidAt: moment, amount: v.pipe(text, v.trim()), note: v.optional(note) }), whole);

export const parse = (draft) => v.safeParse(Payment, draft);
/** The payment. If the draft is invalid, `output` is incomplete and is not returned. */
export const value = (result) => (result.success ? result.output : undefined);
export const request = (result) => requestOf(result.output);
export const issues = (result) => result.issues;
export const field = (issue) => issue.path[0].key;
