// Valid and nearly valid drafts for any provider, generated from its fields. The same seed gives the same drafts.

/** A generator of numbers from 0 to 1, determined by the seed. [mulberry32] */
export const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const ZEROS = [..."٠۰०০੦૦௦౦೦൦๐０"];
const SPACES = [" ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\ufeff", "\u180e"];
const UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

export const maker = (seed) => {
  const next = random(seed);
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  const chance = (p) => next() < p;
  const times = (n, one) => Array.from({ length: n }, one).join("");
  const digits = (n) => times(n, () => String(below(10)));
  const script = (text) => {
    const zero = pick(ZEROS).codePointAt(0);
    return text.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  };

  const grouped = () => {
    const separator = pick([",", ".", " ", "\u00a0", "\u2007", "\u2009", "\u202f", "'", "’", "\u066c", "_", "\t"]);
    const groups = Array.from({ length: 1 + below(3) }, () => digits(chance(0.95) ? 3 : below(5)));
    const decimals = chance(0.6) ? pick([".", ",", "\u066b"]) + digits(below(5)) : "";
    return [digits(1 + below(3)), ...groups].join(separator) + decimals;
  };
  const amount = () => {
    const text = pick([
      () => `${digits(1 + below(6))}.${digits(2)}`,
      () => digits(1 + below(7)),
      () => `${digits(below(4))}${pick([".", ","])}${digits(below(6))}`,
      () => `${digits(1 + below(3))}${pick([".", ","])}${digits(3)}`,
      () => `0${pick([".", ","])}${digits(1 + below(4))}`,
      () => `${digits(1 + below(4))}.${digits(below(3))}${times(below(5), () => "0")}`,
      grouped,
      grouped,
      () => `1${digits(17 + below(4))}`,
      () =>
        pick([
          "0",
          "0.00",
          "-0",
          "-0.00",
          "−1.00",
          "-5",
          "1e5",
          "1.5e3",
          "NaN",
          "Infinity",
          "$5",
          "5 EUR",
          "€5.00",
          ".",
          ",",
          "5.",
          ".5",
          "1..5",
          "1 .5",
          "1,5,0",
          "01,000.00",
          "0.001",
          "0.0001",
          "92233720368547758.07",
          "92233720368547758.08",
        ]),
    ])();
    return chance(0.1) ? script(text) : text;
  };
  const two = (n) => String(n).padStart(2, "0");
  const moment = () => {
    const year = pick([2026, 2024, 2000, 1900, 9999, 1899, 10000, 4, 1999 + below(100)]);
    const day = `${chance(0.7) ? 2026 : String(year).padStart(4, "0")}-${two(below(chance(0.9) ? 12 : 14) + (chance(0.95) ? 1 : 0))}-${two(1 + below(chance(0.8) ? 28 : 33))}`;
    const clock = `${two(below(chance(0.9) ? 24 : 26))}:${two(below(chance(0.9) ? 60 : 62))}`;
    const seconds = chance(0.7)
      ? `:${two(below(chance(0.9) ? 60 : 62))}${chance(0.3) ? `${pick([".", ",", "\u066b"])}${digits(below(5))}` : ""}`
      : "";
    const zone = pick([
      "Z",
      "Z",
      "z",
      "",
      "+01:00",
      "-05:30",
      "+23:59",
      "+24:00",
      "+0100",
      "+01",
      " UTC",
      " utc",
      "UTC",
      " GMT",
      " +01:00",
    ]);
    const text = pick([
      () => day,
      () => `${day}${pick(["T", "T", "T", "t", " ", "  ", "_"])}${clock}${seconds}${zone}`,
      () => `${day}T${clock}${seconds}${zone}`,
      () =>
        pick([
          "2026-02-29",
          "2024-02-29",
          "2000-02-29",
          "1900-02-29",
          "2026-02-30",
          "2026-04-31",
          "1900-01-01T00:30:00+01:00",
          "9999-12-31T23:30:00-01:00",
          "01/02/2026",
          "19.11.2026",
          "2026-11-19T24:00:00Z",
          "2026-1-9",
          "20261119",
          "2026-11",
          "today",
          "2026-11-19T",
          "2026-11-19T10",
          "2026-11-19T10:00.5Z",
        ]),
    ])();
    return chance(0.1) ? script(text) : text;
  };
  const words = (n) => {
    const some = pick([
      ["a"],
      [..."ab c"],
      [..."Grüße, 日本 €"],
      ["\t", "x"],
      ["\n", "a", "b"],
      ["\r\n", "a"],
      ["\r", "y"],
      ["😀"],
      ["😀", "a"],
      ["\u0000", "a", "a", "a"],
      ["\u0085", "a"],
      ["\ufffe", "a"],
      ["\u2028", "a"],
      ["\ud800", "a"],
    ]);
    return times(n, () => pick(some));
  };
  const whole = () => {
    const text = pick([
      () => String(1 + below(99999)),
      () => digits(1 + below(3)),
      () => `00${digits(3)}`,
      () => digits(18 + below(3)),
      () => pick(["0", "-1", "+1", "1.0", "1e3", "9223372036854775807", "9223372036854775808", "x", "9007199254740993"]),
    ])();
    return chance(0.1) ? script(text) : text;
  };

  const kinds = {
    id: ({ max }) =>
      pick([
        () => "78a687e29ae1f428e7ebe303",
        () => words(1 + below(8)),
        () => times(max - 1 + below(3), () => pick([..."aZ09_-"])),
        () => pick(["a/b", "a%2f", "ａ", "", "-"]),
      ])(),
    uuid: () =>
      pick([
        UUID,
        UUID.toUpperCase(),
        UUID.replaceAll("-", ""),
        `{${UUID}}`,
        `urn:uuid:${UUID}`,
        UUID.slice(1),
        `${UUID}0`,
        UUID.replace("f", "g"),
        UUID.replace("-", "0"),
      ]),
    integer: whole,
    integers: () =>
      Array.from({ length: 1 + below(4) }, () => (chance(0.8) ? String(1 + below(500)) : whole())).join(
        pick([",", ", ", " ,", ",,", "\u066c", ";", " "]),
      ),
    currency: ({ choices }) =>
      pick([
        () => pick(choices).value,
        () => pick(choices).value,
        () => pick(choices).value.toLowerCase(),
        () => pick(["USD", "EUR", "JPY", "KWD", "CLF", "XAU", "XXX", "DEM", "US", "usD", "€", "Eur0"]),
      ])(),
    amount,
    percentage: () =>
      pick([
        () => String(below(101)),
        () => `${below(101)}${pick([".", ",", "\u066b"])}${digits(below(6))}`,
        () => `${digits(below(4))}.${digits(2)}0000`,
        () =>
          pick([
            "100",
            "100.0",
            "100.0001",
            "101",
            "-1",
            "50%",
            ".5",
            "5.",
            "0000000000000050",
            "00000000000000050",
            "1,5.0",
            "1e1",
            "0.00010",
          ]),
        () => script("12.5"),
      ])(),
    moment,
    text: ({ max }) =>
      pick([
        () => words(1 + below(20)),
        () => words(max - 2 + below(5)),
        () => times(max, () => "x"),
        () => `${times(max - 1, () => "x")}${pick(["\r\n", "😀", "\n", "x", "xx"])}`,
        () => `a${times(max - 2, () => "\r\n")}b`,
      ])(),
    choice: ({ choices }) =>
      pick([
        () => pick(choices).value,
        () => pick(choices).value,
        () => pick(choices).value,
        () => pick(choices).value.toUpperCase(),
        () => pick(["other", "13", "constructor"]),
      ])(),
  };
  kinds.transaction = kinds.uuid;

  const NUMBERS = [
    0,
    -0,
    1,
    2,
    7,
    42,
    100,
    101,
    0.1,
    0.5,
    0.01,
    0.001,
    12.5,
    19.99,
    1.25,
    1.125,
    33.3333,
    33.33333,
    1250.5,
    1234.567,
    0.1 + 0.2,
    -1,
    -0.5,
    1e15,
    1e17,
    123456789012345680000,
    1e20,
    1e21,
    1e300,
    1e-6,
    1e-7,
    5e-324,
    2 ** 53,
    2 ** 63,
    9223372036854774784,
    20261119,
    2026,
  ];
  const junk = () => pick([true, false, [], ["1"], {}, { toString: "1" }, [[]]]);

  /** A value for a field, usually nearly valid. */
  const near = (field) => {
    const roll = next();
    if (roll < 0.03) return null;
    if (roll < 0.06) return pick(["", " ", "\u3000\n", "\ufeff"]);
    if (roll < 0.08) return junk();
    if (roll < 0.18) return pick(NUMBERS);
    const text = kinds[field.kind](field);
    return chance(0.1) ? pick(SPACES) + text + pick(SPACES) : text;
  };

  /** A valid value for a field, unless it depends on another field. */
  const right = (field) =>
    ({
      id: "78a687e29ae1f428e7ebe303",
      uuid: UUID,
      transaction: UUID,
      integer: "4393",
      integers: "3,7",
      amount: "12",
      percentage: "2.5",
      moment: "2026-11-19T10:00:00Z",
      text: "No. 7",
    })[field.kind] ?? pick(field.choices).value;

  /** A draft that is valid except for a few members. */
  const draft = (fields) => {
    const made = {};
    for (const field of fields) {
      const applies =
        field.when === null ||
        (field.when.absent ? made[field.when.field] === undefined : made[field.when.field] === field.when.equals);
      if ((field.required && applies) || chance(0.2)) made[field.name] = right(field);
    }
    for (let changes = below(4); changes > 0; changes -= 1) {
      const field = pick(fields);
      if (chance(0.1)) delete made[field.name];
      else made[field.name] = near(field);
    }
    if (chance(0.05))
      made[pick(["memo", "provider", "Amount", "constructor"])] = chance(0.8) ? pick(["x", 5, null]) : junk();
    return made;
  };
  return { draft, near, right, pick };
};
