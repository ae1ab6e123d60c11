// What the widget asks of the browser's Intl. Everything else about numbers and dates is decided in the core.

const cache = new Map();
const once = (key, make) => cache.get(key) ?? (cache.set(key, make()), cache.get(key));

/** The group and the decimal separator of a locale, in one text. */
export const separators = (locale) =>
  once(`s${locale}`, () => {
    const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.8);
    const of = (type) => parts.find((part) => part.type === type)?.value ?? " ";
    return of("group") + of("decimal");
  });

/** An exact decimal text as money. Intl takes the text itself, so no digit passes through a float. */
export const money = (decimal, currency, locale) => {
  const format = once(`m${currency}${locale}`, () => new Intl.NumberFormat(locale, { style: "currency", currency }));
  const text = format.format(decimal);
  // Among words that run from right to left, US$ would be torn apart: letters keep their direction, the sign does not.
  return text.includes("\u200f") ? text.replace(/[A-Z]+\p{Sc}/u, "\u2066$&\u2069") : text;
};

/** A moment in UTC, with its time or without. */
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

/** Today where the person is. */
export const today = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

/** The present moment, in UTC. */
export const now = () => new Date().toISOString();

/** A local date and time with the offset that holds then where the person is; any other text as it is. */
export const zoned = (text) => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return text;
  const minutes = -new Date(text).getTimezoneOffset();
  const two = (number) => `${Math.floor(Math.abs(number))}`.padStart(2, "0");
  return Number.isNaN(minutes) ? text : `${text}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
};

/** How far the person's clock is ahead of UTC now, in minutes. */
export const offset = () => -new Date().getTimezoneOffset();
