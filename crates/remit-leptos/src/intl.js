// Amounts, dates and numbers as Intl writes them, the clock and the time zone.

const cache = new Map();
const once = (key, make) => cache.get(key) ?? (cache.set(key, make()), cache.get(key));

/**
 * The notation of numbers in a locale: the group separator, the decimal separator, and the sizes of the last group and of the
 * others, such as ",.32" in India. Empty if Intl has no data for the locale: then it would answer for another one.
 */
export const separators = (locale) =>
  once(`s${locale}`, () => {
    if (Intl.NumberFormat.supportedLocalesOf(locale).length === 0) return "";
    const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567890.5);
    const separator = (type) => parts.find((part) => part.type === type)?.value ?? " ";
    // The first group may be incomplete, so the sizes are those of the last two.
    const groups = parts.filter(({ type }) => type === "integer").slice(1).map(({ value }) => [...value].length);
    const [others, last] = groups.length > 1 ? groups.slice(-2) : [3, 3];
    return separator("group") + separator("decimal") + last + others;
  });

/**
 * Formats exact decimal text as money, with the decimals of the text: Intl has other decimals than ISO 4217 for some
 * currencies, and would round. Intl accepts the text itself, so no digit passes through a float.
 */
export const money = (decimal, currency, locale) => {
  const digits = decimal.split(".")[1]?.length ?? 0;
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const make = () => new Intl.NumberFormat(locale, { style: "currency", currency, ...decimals });
  const format = once(`m${currency}${digits}${locale}`, make);
  const text = format.format(decimal);
  // In right-to-left text, US$ would be split: the letters have a direction of their own, the sign has none.
  return text.includes("\u200f") ? text.replace(/[A-Z]+\p{Sc}/u, "\u2066$&\u2069") : text;
};

/** The sign or the code of a currency, as an amount in the locale has it. The signs of right-to-left languages have invisible marks. */
const mark = (currency, currencyDisplay, locale) => {
  const parts = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay }).formatToParts(1);
  return parts.find(({ type }) => type === "currency").value.replace(/\p{Cf}/gu, "");
};

/** The signs of all currencies in a locale. */
const signs = (locale) =>
  once(`k${locale}`, () => {
    const codes = Intl.supportedValuesOf?.("currency");
    return codes && new Set(codes.map((code) => mark(code, "symbol", locale)));
  });

/**
 * The signs and the code of a currency in a locale, separated by line breaks. The short sign counts unless it is the sign of
 * another currency there: "$" means US dollars for readers of en-US, also in a form for Canadian dollars.
 */
export const currencyMarks = (code, locale) =>
  once(`c${code}${locale}`, () => {
    // Intl would answer for another locale, in which the signs may be those of other currencies.
    if (Intl.NumberFormat.supportedLocalesOf(locale).length === 0) return code;
    const [sign, short] = ["symbol", "narrowSymbol"].map((display) => mark(code, display, locale));
    const isOwn = short !== sign && signs(locale)?.has(short) === false;
    // Intl reports the full-width yen sign for Japan, but most keyboards type the ordinary one.
    return [...new Set([sign, sign.replace("\uffe5", "\u00a5"), ...(isOwn ? [short] : []), code])].join("\n");
  });

/** Formats an instant in UTC, with or without its time. */
export const moment = (rfc3339, timed, locale) =>
  once(`d${timed}${locale}`, () => {
    const time = timed ? { hour: "numeric", minute: "2-digit", timeZoneName: "short" } : {};
    return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC", ...time });
  })
    .format(new Date(rfc3339))
    .replaceAll(" ", "\u00a0");

/** The name of a currency. */
export const currencyName = (code, locale) =>
  once(`n${locale}`, () => new Intl.DisplayNames(locale, { type: "currency" })).of(code);

/** The current time, in seconds since 1970. */
export const now = () => Date.now() / 1000;

/** Milliseconds on a monotonic clock. */
export const elapsed = () => performance.now();

/** The UTC offset of the user's time zone at a moment, in milliseconds. */
const ahead = (moment) => -new Date(moment).getTimezoneOffset() * 60_000;
const DAY = 86_400_000;
const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(?:(:\d\d)(?:\.\d+)?)?$/i;

/**
 * Adds the UTC offset of the user's time zone to a local date and time. Returns any other text unchanged.
 *
 * A time that the clocks skip or show twice has no offset. The form gives the core only the current offset, with which the core
 * would accept such a time, so the result is a text that the core rejects.
 */
export const zoned = (text) => {
  const trimmed = text.trim();
  const [, day, time, seconds = ""] = LOCAL_TIME.exec(trimmed) ?? [];
  const local = Date.parse(`${day}T${time}${seconds}Z`);
  if (Number.isNaN(local)) return text;
  // No zone changes twice within two days, so the offset is one of those a day earlier, now and a day later.
  const offsets = new Set([local - DAY, local, local + DAY].map(ahead));
  const [offset, another] = [...offsets].filter((offset) => ahead(local - offset) === offset);
  // The first is a time that does not exist, the second is malformed.
  if (offset === undefined) return `${trimmed}+24:00`;
  if (another !== undefined) return `${trimmed}?`;
  const minutes = offset / 60_000;
  const two = (number) => `${Math.floor(Math.abs(number))}`.padStart(2, "0");
  return `${trimmed}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
};

/** The current UTC offset of the user's time zone, in minutes. */
export const offset = () => -new Date().getTimezoneOffset();
