// How a local time stands to UTC in a time zone, asked of the host's Intl. The core decides what follows from it.

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** How far a zone is ahead of UTC at a moment, in seconds. */
const ahead = (format, moment) => {
  const parts = {};
  for (const { type, value } of format.formatToParts(moment * 1000)) parts[type] = value;
  const { year, month, day, hour, minute, second } = parts;
  const clock = new Date(0);
  clock.setUTCFullYear(year, month - 1, day);
  clock.setUTCHours(hour, minute, second);
  return clock.getTime() / 1000 - moment;
};

/** What the module understands: the clock never shows this, or it does so twice. */
const NEVER = 0x7fff_ffff;
const TWICE = -0x8000_0000;

/** What may be asked of a zone: how many seconds it is ahead of UTC when its clock shows a second of a day. */
const asker = (format) => {
  const known = new Map();
  // Since 1973 clocks have been changed on whole minutes only, and a table of payments asks for the same again and again.
  // Before that they were changed at any second.
  const at = (moment) => {
    const key = moment < 94_694_400 ? moment : Math.floor(moment / 60) * 60;
    let offset = known.get(key);
    if (offset === undefined) {
      if (known.size > 10_000) known.clear();
      known.set(key, (offset = ahead(format, key)));
    }
    return offset;
  };
  return (day, second) => {
    const seconds = day * DAY + second;
    // No zone changes twice within two days: what holds a day before and a day after is all that can hold.
    const offsets = new Set([at(seconds - DAY), at(seconds), at(seconds + DAY)]);
    const holding = [...offsets].filter((offset) => at(seconds - offset) === offset);
    if (holding.length === 0) return NEVER;
    return holding.length > 1 ? TWICE : holding[0];
  };
};

const zones = new Map();

/** The asker for the zone of an IANA name; `undefined` for what is no such name. */
export const zone = (name) => {
  // None is as long, and what is no name is remembered too.
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
    return asker(new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", { timeZone, hourCycle: "h23", ...numeric }));
  } catch {
    return undefined;
  }
};
