// Drafts of payments to Clockify, the same in every run, with the notations and the mistakes of people and programs.

export const FIELDS = ["workspaceId", "invoiceId", "currency", "paidAt", "amount", "note"];

/** A generator of numbers from 0 to 1, determined by the seed. [mulberry32] */
export function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const below = (next, limit) => Math.floor(next() * limit);
const one = (next, list) => list[below(next, list.length)];
const two = (number) => String(number).padStart(2, "0");

/** Repeated entries are more frequent. */
const CURRENCIES = ["USD", "USD", "USD", "USD", "EUR", "EUR", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "INR", "BRL", "usd", "eur"];

const AMOUNTS = [
  (whole, cents) => `${whole}.${cents}`,
  (whole, cents) => `${whole}.${cents}`,
  (whole, cents) => `${whole}.${cents}`,
  (whole, cents) => `${whole}.${cents}`,
  (whole) => `${whole}`,
  (whole, cents) => `${whole}.${cents[0]}`,
  (whole, cents) => ` ${whole}.${cents}`,
  (whole, cents) => `${whole},${cents}`,
  (whole, cents) => `${grouped(whole, ",")}.${cents}`,
  (whole, cents) => `${grouped(whole, ",")}.${cents}`,
  (whole, cents) => `${grouped(whole, ".")},${cents}`,
  (whole, cents) => `${grouped(whole, " ")},${cents}`,
  (whole, cents) => `${grouped(whole, "\u202f")},${cents}`,
  (whole, cents) => `${grouped(whole, "'")}.${cents}`,
];
const grouped = (whole, mark) => String(whole).replace(/\B(?=(\d{3})+$)/g, mark);

const OFFSETS = ["+01:00", "+02:00", "-05:00", "-08:00", "+05:30", "+13:00", "-03:30"];
const MOMENTS = [
  (day) => day,
  (day) => day,
  (day) => day,
  (day, time) => `${day}T${time}Z`,
  (day, time) => `${day}T${time}Z`,
  (day, time) => `${day}T${time}Z`,
  (day, time) => `${day}T${time}.250Z`,
  (day, time, offset) => `${day}T${time}${offset}`,
  (day, time, offset) => `${day}T${time}${offset}`,
  (day, time) => `${day} ${time}`,
];

const NOTES = [
  undefined,
  undefined,
  "",
  "ACH 8841",
  "Wire transfer, ref. 2026-0417",
  "  Paid at the front desk ",
  "Überweisung vom Girokonto – Rechnung über 3 Positionen",
  "振込 第三四半期 🧾",
  'Cheque "0042", drawn on First National, received by post',
  "First instalment\r\nsecond by the end of the month",
  "First instalment\nsecond by the end of the month\nthird on delivery",
  "Card payment by the customer's bookkeeper, who asks that the receipt be sent to accounts@example.com and that all further invoices name the purchase order 4500017731 on their first page.",
];

const id = (next) => Array.from({ length: 3 }, () => below(next, 0x100000000).toString(16).padStart(8, "0")).join("");

/** A valid draft. */
export function valid(next) {
  const whole = Math.floor(10 ** (next() * 6)) + 1;
  const time = `${two(below(next, 24))}:${two(below(next, 60))}:${two(below(next, 60))}`;
  const day = `${2019 + below(next, 8)}-${two(1 + below(next, 12))}-${two(1 + below(next, 28))}`;
  const draft = {
    workspaceId: id(next),
    invoiceId: id(next),
    currency: one(next, CURRENCIES),
    paidAt: one(next, MOMENTS)(day, time, one(next, OFFSETS)),
    amount: one(next, AMOUNTS)(whole, two(below(next, 100))),
  };
  const note = one(next, NOTES);
  return note === undefined ? draft : { ...draft, note };
}

const MISTAKES = [
  ["workspaceId", undefined],
  ["workspaceId", "my workspace"],
  ["invoiceId", ""],
  ["invoiceId", "INV-2026/42"],
  ["invoiceId", "7".repeat(65)],
  ["currency", undefined],
  ["currency", "US$"],
  ["currency", "EURO"],
  ["currency", "JPY"],
  ["currency", "XAU"],
  ["amount", undefined],
  ["amount", "1.250"],
  ["amount", "12,500"],
  ["amount", "0.125"],
  ["amount", "0"],
  ["amount", "0.00"],
  ["amount", "-12.50"],
  ["amount", "1e5"],
  ["amount", "$1,250.00"],
  ["amount", "1,25,000.00"],
  ["amount", "12.50.00"],
  ["amount", "twelve"],
  ["amount", "99999999999999999999.00"],
  ["paidAt", undefined],
  ["paidAt", "2026-02-30"],
  ["paidAt", "01/02/2026"],
  ["paidAt", "19.11.2026"],
  ["paidAt", "2026-13-01"],
  ["paidAt", "2026-11-19T10:00:00"],
  ["paidAt", "2026-11-19T25:00:00Z"],
  ["paidAt", "yesterday"],
  ["note", "x".repeat(1001)],
  ["note", "bell \u0007"],
];

/** A draft with one to three mistakes. */
export function invalid(next) {
  const draft = valid(next);
  for (let mistakes = 1 + below(next, 3); mistakes > 0; mistakes -= 1) {
    const [name, text] = one(next, MISTAKES);
    if (text === undefined) delete draft[name];
    else draft[name] = text;
  }
  return draft;
}

export const many = (make, count, seed) => {
  const next = numbers(seed);
  return Array.from({ length: count }, () => make(next));
};
