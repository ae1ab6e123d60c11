// Looks up UTC offsets of time zones with the host's Intl. The core decides what to do with skipped and repeated times.

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** A zone's UTC offset at a moment, in seconds. */
const ahead = (format, moment) => {
  const parts = {};
  for (const { type, value } of format.formatToParts(moment * 1000)) parts[type] = value;
  const { year, month, day, hour, minute, second } = parts;
  const clock = new Date(0);
  clock.setUTCFullYear(year, month - 1, day);
  clock.setUTCHours(hour, minute, second);
  return clock.getTime() / 1000 - moment;
};

/** The module's values for a local time that is skipped, and for one that occurs twice. */
const NEVER = 0x7fff_ffff;
const TWICE = -0x8000_0000;

/** Makes a function that returns a zone's UTC offset in seconds at a local day and second. */
const lookUpIn = (format) => {
  const cache = new Map();
  // Caches offsets, because a table of payments has the same times again and again. Since 1973, offsets change only on whole
  // minutes; before that, at any second.
  const at = (moment) => {
    const key = moment < 94_694_400 ? moment : Math.floor(moment / 60) * 60;
    let offset = cache.get(key);
    if (offset === undefined) {
      if (cache.size > 10_000) cache.clear();
      cache.set(key, (offset = ahead(format, key)));
    }
    return offset;
  };
  return (day, second) => {
    const seconds = day * DAY + second;
    // No zone changes twice within two days, so the offset is one of those a day earlier, now and a day later.
    const offsets = new Set([at(seconds - DAY), at(seconds), at(seconds + DAY)]);
    const holding = [...offsets].filter((offset) => at(seconds - offset) === offset);
    if (holding.length === 0) return NEVER;
    return holding.length > 1 ? TWICE : holding[0];
  };
};

const zones = new Map();

/** The lookup function for an IANA zone name; `undefined` for an invalid name. */
export const zone = (name) => {
  // No zone name is this long. Invalid names are cached too.
  if (typeof name !== "string" || name.length > 64) return undefined;
  if (!zones.has(name)) {
    if (zones.size > 1_000) zones.clear();
    zones.set(name, make(name));
  }
  return zones.get(name);
};

const make = (timeZone) => {
  try {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
    return lookUpIn(new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", { timeZone, hourCycle: "h23", ...numeric }));
  } catch {
    return undefined;
  }
};
