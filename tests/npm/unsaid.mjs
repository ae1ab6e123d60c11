// The codes of issues that a schema cannot express: the schema accepts the draft, and the validator rejects it. Each code
// has a condition that is as narrow as the draft allows. docs/json-schema.md has the same list for people.

const ZEROS = [..."0٠۰०০੦૦௦౦೦൦๐０"].map((zero) => zero.codePointAt(0));
const latin = (text) =>
  [...text]
    .map((c) => {
      const zero = ZEROS.find((zero) => c.codePointAt(0) >= zero && c.codePointAt(0) < zero + 10);
      return zero === undefined ? c : String(c.codePointAt(0) - zero);
    })
    .join("");
const isNumber = (value) => typeof value === "number";
const numbers = (value) => (latin(String(value)).match(/[0-9]+/g) ?? []).map((text) => text.replace(/^0+/, ""));
/** Whether one of the numbers has as many digits as the maximum, and exceeds it. */
const isBeyond = (value, most) => numbers(value).some((text) => text.length === most.length && text > most);
/** Whether a value is a number in a currency with decimals. In other currencies the schema requires whole numbers. */
const isFraction = (value, field, options, decimals) => isNumber(value) && decimals > 0;
/** Whether a text has half of a surrogate pair, which JSON in UTF-8 cannot contain. */
const isBroken = (value) => typeof value === "string" && !value.isWellFormed();
const ONLY_WITH_OPTIONS = (value, field, options) => options !== undefined;

export const UNSAID = {
  date_impossible: (value) => latin(value).includes("-02-29"),
  date_out_of_range: (value) => /(?:1900-01-01|9999-12-31)/.test(latin(value)),
  date_needs_offset: (value) => /[0-9]{2}[Tt][^Zz+-]+$/.test(latin(value)),
  amount_precision: isFraction,
  amount_ambiguous: isFraction,
  amount_too_large: (value) => numbers(value).join("").replace(/^0+/, "").length > 14,
  number_inexact: (value) => isNumber(value) && !Number.isInteger(value),
  percentage_malformed: isNumber,
  integer_malformed: (value, { max }) => isBeyond(value, max),
  list_malformed: (value) => isBeyond(value, `${2n ** 63n - 1n}`),
  too_long: (value) => /[\u{10000}-\u{10ffff}]/u.test(value),
  character: isBroken,
  date_skipped: ONLY_WITH_OPTIONS,
  date_twice: ONLY_WITH_OPTIONS,
  currency_mismatch: ONLY_WITH_OPTIONS,
  invoice_mismatch: ONLY_WITH_OPTIONS,
  invoice_state: ONLY_WITH_OPTIONS,
  over_outstanding: ONLY_WITH_OPTIONS,
  over_unallocated: ONLY_WITH_OPTIONS,
  transaction_not_income: ONLY_WITH_OPTIONS,
};

/** Codes that the tests may never encounter, because only some providers or later validators cause them. */
export const MAY_BE_UNSEEN = ["character"];
