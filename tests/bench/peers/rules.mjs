// The rules of a payment that no validator provides, shared by the peers: currencies, separators in amounts, and dates.

const CODES = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2:
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP " +
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD " +
    "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR " +
    "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU " +
    "UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

/** The number of decimals of each ISO 4217 currency. */
export const EXPONENTS = new Map(Object.entries(CODES).flatMap(([exponent, codes]) => codes.split(" ").map((code) => [code, Number(exponent)])));

/** An identifier in the path of a request. */
export const ID = /^[\w-]{1,64}$/;

/** The largest amount in minor units: a signed 64-bit integer. */
export const MOST = "9223372036854775807";

const PLAIN = /^-?(?:\d+|\d*\.\d+)$/;
const COMMA = /^-?\d*,\d+$/;
const GROUPED = /^-?[1-9]\d{0,2}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?|(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d+)?|(?:['\u2019]\d{3})+(?:[.,]\d+)?)$/;
const EITHER = /^-?[1-9]\d{0,2}[.,]\d{3}$/;

/** Plain decimal text for the libraries; `undefined` if the text is invalid or ambiguous. */
export function decimal(text, exponent) {
  if (PLAIN.test(text)) return exponent < 3 && EITHER.test(text) ? undefined : text;
  if (EITHER.test(text)) return undefined;
  if (COMMA.test(text)) return text.replace(",", ".");
  if (!GROUPED.test(text)) return undefined;
  // The first separator groups digits. Any other one precedes the decimals.
  const mark = text.match(/\D/)[0];
  return text.replaceAll(mark, "").replace(",", ".");
}

const DAY = "(?:19|[2-9]\\d)\\d\\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|[12]\\d))";
const TIME = "[T ](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d+)?)?";
const ZONE = "(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?";
const MOMENT = new RegExp(`^${DAY}(?:${TIME}${ZONE})?$`);
const ZONED = /(?:Z|[+-]\d\d:\d\d)$/;

/** A date or a time as RFC 3339 in UTC, in seconds. A date becomes its noon. `undefined` if the text is invalid. */
export function utc(text) {
  if (!MOMENT.test(text) || (text.startsWith("02-29", 5) && !leap(Number(text.slice(0, 4))))) return undefined;
  if (text.length === 10) return `${text}T12:00:00Z`;
  const zoned = ZONED.test(text);
  if (text[10] === "T") {
    if (!zoned) return undefined;
    if (text.length === 20) return text;
  }
  const iso = zoned ? text : `${text.slice(0, 10)}T${text.slice(11)}Z`;
  return `${new Date(iso).toISOString().slice(0, 19)}Z`;
}

const leap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** A note with line feeds as its only line breaks. */
export const lines = (text) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/** A character that a text cannot contain. */
export const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/;
