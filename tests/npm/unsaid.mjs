// What a schema cannot say, by code: where it accepts, and the validator does not. Each with a condition that is as
// narrow as can be told from the draft. docs/json-schema.md has the same list for people.

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
/** Whether one of the numbers has as many digits as the largest, and is larger. */
const isBeyond = (value, most) => numbers(value).some((text) => text.length === most.length && text > most);
/** A number in a currency that has decimals: of the others a schema says that they are whole. */
const isFraction = (value, field, options, decimals) => isNumber(value) && decimals > 0;
/** Half of a pair, which no JSON in UTF-8 can hold. */
const isBroken = (value) => typeof value === "string" && !value.isWellFormed();
const ONLY_WITH_OPTIONS = (value, field, options) => options !== undefined;

export const UNSAID = {
  date_impossible: (value) => latin(value).includes("-02-29"),
  date_out_of_range: (value) => /(?:1900-01-01|9999-12-31)/.test(latin(value)),
  date_needs_offset: (value) => /[0-9]{2}[Tt][^Zz+-]+$/.test(latin(value)),
  amount_precision: isFraction,
  amount_ambiguous: isFraction,
  amount_too_large: (value) => numbers(value).join("").replace(/^0+/, "").length > 14,
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

/** Which of these need not turn up: what a provider may do, or a validator may come to do. */
export const MAY_BE_UNSEEN = ["character"];
