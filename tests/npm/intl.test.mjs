// The form's formatting of amounts, with the Intl of Node.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { zone } from "../../www/npm/zone.js";

const file = (path) => new URL(`../../${path}`, import.meta.url);
// A data URL, because no package.json says that www/ contains modules.
const source = readFileSync(file("crates/remit-leptos/src/intl.js"), "utf8");
const intl = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const table = readFileSync(file("crates/remit-core/src/money/currency_table.rs"), "utf8");
const CURRENCIES = [...table.matchAll(/\(\*b"([A-Z]{3})", Some\((\d)\)\)/g)].map(([, code, decimals]) => [code, Number(decimals)]);

/** The locales of the form's tables, and locales with other digits, groups or separators than their language. */
const LOCALES = [
  ...readdirSync(file("www/locales")).map((name) => name.replace(".json", "")),
  ...["ar-EG", "de-AT", "de-CH", "en-CH", "en-IN", "en-ZA", "es-ES", "fa", "fr-CH", "hi-IN", "ne-NP", "pl", "pt-CV", "pt-PT"],
];

/** A text with the digits of every script in ASCII. Each script's digits follow each other, from a code point on. */
const toAscii = (text) => text.replace(/\p{Nd}/gu, (digit) => {
  let zero = digit.codePointAt(0);
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && digit.codePointAt(0) - zero < 9) zero -= 1;
  return String(digit.codePointAt(0) - zero);
});

test("shows every amount with exactly the digits that are sent", () => {
  assert.ok(CURRENCIES.length > 150, `${CURRENCIES.length} currencies`);
  for (const [currency, decimals] of CURRENCIES) {
    // The module writes an amount with all decimals of its currency.
    for (const minor of ["1", "100", "123456", "105000", "9223372036854775807"]) {
      const digits = minor.padStart(decimals + 1, "0");
      const [whole, fraction] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
      for (const locale of LOCALES) {
        const shown = intl.money(fraction ? `${whole}.${fraction}` : whole, currency, locale);
        const runs = toAscii(shown).match(/\d+/g);
        assert.equal(runs.join(""), digits, `${currency} ${minor} in ${locale}: ${shown}`);
        if (decimals > 0) assert.equal(runs.at(-1), fraction, `${currency} ${minor} in ${locale}: ${shown}`);
      }
    }
  }
});

test("reports no separators for a locale that Intl has no data for", () => {
  assert.equal(intl.separators("tlh"), "");
  for (const locale of LOCALES) assert.notEqual(intl.separators(locale), "", locale);
});

test("reports the separators and the sizes of the groups", () => {
  for (const [locale, expected] of [["en", ",.33"], ["de", ".,33"], ["fr", "\u202f,33"], ["en-IN", ",.32"], ["hi-IN", ",.32"], ["ne-NP", ",.32"]]) {
    assert.equal(intl.separators(locale), expected, locale);
  }
  for (const locale of LOCALES) {
    const [group, decimal, last, others] = intl.separators(locale);
    const format = new Intl.NumberFormat(locale, { useGrouping: true, minimumFractionDigits: 2 });
    for (const whole of ["1234567", "12345678", "1234567890123"]) {
      const groups = [whole.slice(-last)];
      for (let rest = whole.slice(0, -last); rest; rest = rest.slice(0, -others)) groups.unshift(rest.slice(-others));
      assert.equal(toAscii(format.format(Number(whole) + 0.5)), `${groups.join(group)}${decimal}50`, locale);
    }
  }
});

/** Runs a function in a time zone. */
const inZone = (name, run) => {
  const { TZ } = process.env;
  process.env.TZ = name;
  try {
    run();
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
};

test("gives a local time the offset of its own day, in every form of a local time", () => {
  inZone("Europe/Berlin", () => {
    for (const time of ["10:00", "10:00:30", "10:00:30.5", "10:00:30.123456789"]) {
      for (const separator of ["T", "t", " "]) {
        assert.equal(intl.zoned(`2026-07-01${separator}${time}`), `2026-07-01${separator}${time}+02:00`);
        assert.equal(intl.zoned(`2026-01-01${separator}${time}`), `2026-01-01${separator}${time}+01:00`);
      }
    }
    assert.equal(intl.zoned(" 2026-07-01 10:00\t"), "2026-07-01 10:00+02:00");
    for (const other of ["2026-07-01", "2026-07-01T10:00Z", "2026-07-01 10:00 UTC", "2026-07-01T10:00+05:00", "2026-07-01T10:00.5", "2026-07-01  10:00", "?", ""]) {
      assert.equal(intl.zoned(other), other);
    }
  });
});

test("agrees with the package about the offset of every local time, and moves none that is skipped or repeated", () => {
  const NEVER = 0x7fff_ffff;
  const TWICE = -0x8000_0000;
  const seen = new Set();
  for (const name of ["Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Chatham"]) {
    const lookUp = zone(name);
    inZone(name, () => {
      // In 2011, Samoa skipped a day.
      const year = name === "Pacific/Apia" ? 2011 : 2026;
      for (let local = Date.UTC(year, 0, 1); local < Date.UTC(year + 1, 0, 1); local += 30 * 60_000) {
        const text = new Date(local).toISOString().slice(0, 16);
        const expected = lookUp(Math.floor(local / 86_400_000), (local / 1000) % 86_400);
        const shown = intl.zoned(text);
        seen.add(expected === NEVER || expected === TWICE ? expected : "once");
        // The core rejects both of these texts.
        if (expected === NEVER) assert.equal(shown, `${text}+24:00`, `${text} in ${name}`);
        else if (expected === TWICE) assert.equal(shown, `${text}?`, `${text} in ${name}`);
        else assert.equal((local - Date.parse(shown)) / 1000, expected, `${text} in ${name}: ${shown}`);
      }
    });
  }
  assert.deepEqual(seen, new Set(["once", NEVER, TWICE]));
});

test("reports the signs of a currency, but not the usual sign of another one", () => {
  for (const [code, locale, expected] of [
    ["USD", "en-US", ["$", "USD"]],
    ["USD", "en-CA", ["US$", "USD"]],
    ["USD", "fr-CA", ["$\u00a0US", "USD"]],
    ["CAD", "en-US", ["CA$", "CAD"]],
    ["CAD", "en-CA", ["$", "CAD"]],
    ["EUR", "de", ["€", "EUR"]],
    ["INR", "en-IN", ["₹", "INR"]],
    ["JPY", "ja", ["\uffe5", "¥", "JPY"]],
    ["CNY", "en", ["CN¥", "CNY"]],
    ["PLN", "en", ["PLN", "zł"]],
    ["USD", "en-GB", ["US$", "$", "USD"]],
    ["SEK", "en", ["SEK", "kr"]],
    ["SEK", "sv", ["kr", "SEK"]],
    ["CHF", "de-CH", ["CHF"]],
    ["SAR", "ar-EG", ["ر.س.", "SAR"]],
    ["USD", "tlh", ["USD"]],
  ]) {
    assert.deepEqual(intl.currencyMarks(code, locale).split("\n"), expected, `${code} in ${locale}`);
  }
});

test("the sign that an amount is shown with is one of the currency's marks", () => {
  for (const [currency, decimals] of CURRENCIES) {
    for (const locale of LOCALES) {
      const marks = intl.currencyMarks(currency, locale).split("\n");
      assert.ok(marks.includes(currency), `${currency} in ${locale}: ${marks}`);
      // In Cape Verde, the decimal separator is the currency's sign.
      if (locale === "pt-CV") continue;
      const shown = intl.money(decimals ? `1.${"0".repeat(decimals)}` : "1", currency, locale);
      const sign = shown.replace(/\p{Cf}/gu, "").replace(/^[\s\p{Nd}.,٫]+|[\s\p{Nd}.,٫]+$/gu, "");
      assert.ok(marks.some((mark) => mark === sign || mark === `${sign}.`), `${currency} in ${locale}: ${shown}, ${marks}`);
    }
  }
});
