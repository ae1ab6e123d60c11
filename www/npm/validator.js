// The schemas: what a developer calls, over the module. Nothing that is handed in makes a call throw.

import * as boundary from "./boundary.js";
import { DECLARED } from "./declared.js";
import { beginRows, bytesOf, ofFile, ofRows } from "./many.js";
import { jsonSchema, jsonSchemaOfAny } from "./schema.js";
import { zone } from "./zone.js";

/** The members of the options that are texts, in the order in which the module wants them. */
const INVOICE = ["id", "number", "balance", "currency", "state", "issued"];
const TRANSACTION = ["id", "currency", "amount", "unallocated", "datetime", "description"];
const NO_TEXTS = Object.freeze([]);
/** The module is told of a number that is not exact by this before its path, and by this alone of a file that has changed. */
const INEXACT = "#";
const CHANGED = "#";
const NOTHING_KNOWN = { texts: NO_TEXTS, transactions: 0, flags: 0, ask: undefined, table: undefined };

/** A value as text, where it is one: a number exactly as JavaScript prints it, a date as its moment. */
const text = (value) => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object") return undefined;
  // Of whichever realm. One that is no moment throws, and so does what only looks like one.
  return value instanceof Date || Object.prototype.toString.call(value) === "[object Date]"
    ? Date.prototype.toISOString.call(value)
    : undefined;
};

/**
 * Whether a number is what was written: of an integer beyond 2⁵³, and of more than fifteen digits with decimals among them,
 * JavaScript keeps another.
 */
const isExact = (number) =>
  Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number) && String(number).replace(/e.*|\.|^-?0[.0]*/g, "").length <= 15;

const isAbsent = (value) => value === undefined || value === null;
/** Whether it has members by name. Of a proxy that has been revoked nobody can say what it was. */
const isObject = (value) => {
  try {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/**
 * The member of an object as text; a path is added to `wrong` when it is there and is none. `1e-7` has the characters of an
 * identifier, and as a number is none.
 */
const member = (object, name, path, wrong, isId = false) => {
  try {
    const value = object[name];
    if (isAbsent(value)) return undefined;
    const written = text(value);
    if (typeof value === "number" && !isExact(value)) {
      wrong.push(INEXACT + path);
      return undefined;
    }
    if (written === undefined || (isId && typeof value === "number" && !/^-?\d+$/.test(written))) wrong.push(path);
    return written;
  } catch {
    wrong.push(path);
    return undefined;
  }
};

/** The member of an object when it is an object itself. */
const inner = (object, name, path, wrong) => {
  try {
    const value = object[name];
    if (isAbsent(value)) return undefined;
    if (isObject(value)) return value;
  } catch {
    // As little to be read as what is there and is no object.
  }
  wrong.push(path);
  return undefined;
};

const list = (object, wrong) => {
  try {
    const value = object.transactions;
    if (isAbsent(value)) return NO_TEXTS;
    if (Array.isArray(value)) return [...value];
  } catch {
    // The same.
  }
  wrong.push("options.transactions");
  return NO_TEXTS;
};

/** The options, in the words that the module wants: as they are now, whatever becomes of the object. */
const known = (options, wrong) => {
  if (isAbsent(options)) return NOTHING_KNOWN;
  if (!isObject(options)) {
    wrong.push("options");
    return NOTHING_KNOWN;
  }
  let flags = 0;
  const texts = [member(options, "now", "options.now", wrong), member(options, "currency", "options.currency", wrong)];
  const invoice = inner(options, "invoice", "options.invoice", wrong);
  for (const name of INVOICE) texts.push(invoice && member(invoice, name, `options.invoice.${name}`, wrong));
  const transactions = list(options, wrong);
  for (const one of transactions) {
    if (!isObject(one)) wrong.push("options.transactions");
    for (const name of TRANSACTION) {
      texts.push(isObject(one) ? member(one, name, `options.transactions.${name}`, wrong) : undefined);
    }
  }
  const ask = clock(options, wrong);
  const table = language(options, wrong);
  if (invoice) flags |= boundary.INVOICE;
  if (ask) flags |= boundary.ZONE;
  const some = transactions.length > 0 || invoice || texts.some((text) => text !== undefined);
  if (some) flags |= boundary.KNOWN;
  return { texts: some ? texts : NO_TEXTS, transactions: transactions.length, flags, ask, table };
};

/** How local times are read; `undefined` when that is not said. */
const clock = (options, wrong) => {
  const name = member(options, "timeZone", "options.timeZone", wrong);
  if (name === undefined) return undefined;
  const ask = zone(name);
  if (ask === undefined) wrong.push("options.timeZone");
  return ask;
};

/** The table that sentences are taken from; `undefined` where it is the module's own. */
const language = (options, wrong) => {
  let table;
  try {
    table = options.messages ?? undefined;
    if (boundary.speak(table)) return table;
  } catch {
    // A table that cannot be written down cannot be read either.
  }
  wrong.push("options.messages");
  return undefined;
};

let asking;

const EMPTY = {};

/**
 * The draft's texts in the order of the fields, where it is a plain object that holds texts and nothing but fields, as nearly
 * every draft is; `undefined` otherwise. One member that is passed over may be there beside.
 */
const plain = (draft, read, except) => {
  try {
    if (typeof draft !== "object" || Object.getPrototypeOf(draft) !== Object.prototype) return undefined;
    const texts = read(draft);
    let count = except === undefined ? 0 : 1;
    for (let place = 0; place < texts.length; place++) {
      if (texts[place] === undefined) continue;
      if (typeof texts[place] !== "string") return undefined;
      count++;
    }
    for (const _ in draft) count--;
    // What somebody has put on all objects is nobody's.
    for (const _ in EMPTY) return undefined;
    return count === 0 ? texts : undefined;
  } catch {
    return undefined;
  }
};

/** The draft's texts in the order of the fields, and the names of what else there is. */
const entered = (draft, { names, ids }, wrong, except) => {
  const texts = new Array(names.size).fill(undefined);
  let others = NO_TEXTS;
  let keys;
  try {
    keys = isObject(draft) ? Object.keys(draft) : undefined;
  } catch {
    keys = undefined;
  }
  if (keys === undefined) wrong.push("draft");
  for (const key of keys ?? NO_TEXTS) {
    const place = names.get(key);
    if (place !== undefined) {
      texts[place] = member(draft, key, key, wrong, ids[place]);
    } else if (key !== except && !isBlank(draft, key)) {
      if (others === NO_TEXTS) others = [];
      others.push(key);
    }
  }
  return { texts, others };
};

/** White space as Unicode has it, and the core: JavaScript's `trim` takes more for it, and less. */
const isEmpty = (text) => text === undefined || /^\p{White_Space}*$/u.test(text);

const isBlank = (draft, key) => {
  try {
    const value = draft[key];
    return isAbsent(value) || (typeof value === "string" && isEmpty(value));
  } catch {
    return false;
  }
};

/** What was given for a payment: enough to ask about it again. */
class Result {
  #place;
  #given;
  #notices;

  /** Frozen, since a proxy could read none of what is private here, and Vue's `ref` makes one of all that is not. */
  constructor(place, given, notices, issues, value) {
    this.ok = issues === undefined;
    if (this.ok) this.value = value;
    else this.issues = issues;
    this.#place = place;
    this.#given = given;
    this.#notices = notices;
    Object.freeze(this);
  }

  /** They are looked for when they are asked for. */
  get notices() {
    this.#notices ??= hand(this.#given) ? (boundary.said(this.#place, this.#given.texts)?.notices ?? []) : [];
    return this.#notices;
  }

  /** The request that records the payment. It is made when it is asked for. */
  get request() {
    return this.ok && hand(this.#given) ? boundary.request(this.#place) : undefined;
  }

  toJSON() {
    return { ...this, notices: this.notices, ...(this.ok && { request: this.request }) };
  }
}

let providers;

/** What nobody changes for the others: a form that sorts the fields would have their columns exchanged. */
const frozen = (value) => {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
};

/** Every provider, as the module has it. */
const all = () => (providers ??= frozen(boundary.providers()));

const fields = (place) => all()[place].fields;

/** Of each provider, the places of its fields by name, and which of them are identifiers. */
const places = [];
const placesOf = (place) =>
  (places[place] ??= {
    names: new Map(fields(place).map(({ name }, index) => [name, index])),
    ids: fields(place).map(({ kind }) => kind === "id"),
  });

/** The place of the provider of an identifier in the list; -1 when there is none. */
const placeOf = (id) => DECLARED.findIndex((one) => one.id === id);

/** No field takes as much. In place of such a text the module is handed another that every field refuses for its length. */
const LONGEST = 1 << 15;
const isLong = (text) => text?.length > LONGEST;
const cut = (text) => (isLong(text) ? "9".repeat(LONGEST) : text);

/** What of a payment that is too large to be handed over cannot be read: nothing more, where it is a field that is too long. */
const tooLarge = (texts, others) => (texts.some(isLong) ? NO_TEXTS : [others.length > 1000 || others.some(isLong) ? "draft" : "options"]);

/** Sees to it that sentences are said, and local times read, as was asked for. A table may have getters that ask for others. */
const ready = ({ ask, table }) => {
  boundary.speak(table);
  if (ask !== undefined && ask !== asking) boundary.zone((asking = ask));
};

/** The same language and time zone, with nothing known. */
const bare = ({ ask, table }) => ({ ...NOTHING_KNOWN, flags: ask === undefined ? 0 : boundary.ZONE, ask, table });

/** Hands a payment over, and what is known beside it. Whether it fits. */
const hand = ({ texts, around, others, wrong }) => {
  ready(around);
  return boundary.hand(texts, around, others, wrong);
};

/** What is made of the module's answer; without one, what was given has passed as it is. */
const resultOf = (place, given, answer, notices, named) => {
  if (answer !== undefined && answer.issues.length > 0) return new Result(place, given, notices, answer.issues);
  const value = DECLARED[place].made(answer === undefined ? given.texts : answer.values);
  return new Result(place, given, notices, undefined, named === undefined ? value : { [PROVIDER]: named, ...value });
};

/** What the module says of a payment that has been handed over. */
const result = (place, given, named) => resultOf(place, given, boundary.said(place, given.texts, true), undefined, named);

/** The texts, with what holds where there is none. */
const filled = (texts, defaults) => texts.map((text, index) => (isEmpty(text) ? (defaults[index] ?? text) : text));

const NOTHING_TOLD = Object.freeze({ around: NOTHING_KNOWN, wrong: NO_TEXTS });

/** The options, read once: what they say, and what of them cannot be read. */
const told = (options) => {
  if (options === undefined) return NOTHING_TOLD;
  const wrong = [];
  return { around: known(options, wrong), wrong };
};

/** What is given for a payment by a draft, beside the options. */
const given = (place, draft, { around, wrong: unread }, except, defaults) => {
  let texts = plain(draft, DECLARED[place].read, except);
  let wrong = unread;
  let others = NO_TEXTS;
  if (texts === undefined) {
    const members = [];
    ({ texts, others } = entered(draft, placesOf(place), members, except));
    wrong = [...members, ...unread];
  }
  if (defaults !== undefined) texts = filled(texts, defaults);
  return { texts, around, others, wrong };
};

const check = (place, given, named) => {
  if (hand(given)) return result(place, given, named);
  const { texts, around, others } = given;
  const less = { texts: texts.map(cut), around: bare(around), others: NO_TEXTS, wrong: tooLarge(texts, others) };
  hand(less);
  return result(place, less, named);
};

const parse = (place, draft, told) => check(place, given(place, draft, told));

/** How many rows are handed over at a time. */
const AT_A_TIME = 256;

/**
 * The results for rows of one provider. What cannot be read of them, or is too large, is told row by row. `begin` gives issues where
 * rows cannot be handed over together; it is asked each time, since a table of sentences may have asked for something else.
 */
const results = (place, rows, told, defaults, begin) => {
  const all = rows.map((row) => given(place, row, told, undefined, defaults));
  const made = [];
  for (let from = 0; from < all.length; from += AT_A_TIME) {
    const some = all.slice(from, from + AT_A_TIME);
    const areRead = some.every(({ wrong }) => wrong.length === 0) && begin() === undefined;
    const answers = areRead ? boundary.answersTo(some.map(({ texts }) => texts)) : undefined;
    made.push(...some.map((given, index) => (answers === undefined ? check(place, given) : resultOf(place, given, answers[index]))));
  }
  return made;
};

/** The member of a draft that names its provider. */
const PROVIDER = "provider";

/** Checks a draft that names its provider. */
const parseAny = (draft, options, defaults) => {
  const wrong = [];
  const id = isObject(draft) ? member(draft, PROVIDER, PROVIDER, wrong) : undefined;
  if (!isObject(draft)) wrong.push("draft");
  const named = id?.trim();
  const place = wrong.length === 0 && named ? placeOf(named) : -1;
  if (place >= 0) {
    const some = defaults && DECLARED[place].read(defaults);
    return check(place, given(place, draft, options, PROVIDER, some), named);
  }
  const { around, wrong: unread } = options;
  const nobody = { texts: NO_TEXTS, around, others: named ? [named] : NO_TEXTS, wrong: [...wrong, ...unread] };
  if (!hand(nobody)) hand({ ...nobody, around: bare(around), others: NO_TEXTS, wrong: ["draft"] });
  return result(DECLARED.length, nobody);
};

/** The names and values of an answer's headers, whichever way they are given. One that cannot be read is left out. */
const entries = (reply) => {
  const all = tried(() => {
    const headers = reply?.headers;
    if (Array.isArray(headers)) return headers;
    if (typeof headers?.entries === "function") return [...headers.entries()];
    return Object.keys(headers ?? {}).map((name) => [name, tried(() => headers[name])]);
  });
  const one = ([name, value]) => [`${name}`, (Array.isArray(value) ? value.join(", ") : text(value)) ?? ""];
  return (all ?? NO_TEXTS).flatMap((entry) => tried(() => one(entry)) ?? NO_TEXTS);
};

const UNREADABLE = { state: "unknown", code: "unreadable", words: null };

const receipt = (place, reply, options) => {
  const given = (object, name) => (isObject(object) ? member(object, name, name, []) : undefined);
  const number = Number(given(reply, "status") ?? 0);
  // What is no status says nothing.
  const status = Number.isInteger(number) && number >= 100 && number <= 599 ? number : 0;
  const headers = entries(reply);
  const texts = [given(options, "currency") ?? "", given(reply, "body") ?? ""];
  // What is too large to be an answer, or in no currency, is no word that the payment was recorded, nor that it was not.
  const fits = boundary.hand(texts, NOTHING_KNOWN, headers, NO_TEXTS);
  return (fits ? boundary.receipt(place, status) : undefined) ?? UNREADABLE;
};

/** A Standard Schema, and a Standard JSON Schema. [standardschema.dev] */
const standard = (parse, jsonSchema) => ({
  version: 1,
  vendor: "remit",
  validate: (value, options) => {
    const result = parse(value, tried(() => options?.libraryOptions));
    return result.ok ? { value: result.value } : { issues: result.issues };
  },
  jsonSchema: {
    input: (options) => jsonSchema(options?.target, "input"),
    output: (options) => jsonSchema(options?.target, "output"),
  },
});

/** What `assert` throws: an error with the issues, the first of which is its message. */
class PaymentError extends Error {
  constructor(issues) {
    super(issues[0].message);
    this.name = "PaymentError";
    this.issues = issues;
  }
}

/**
 * A schema is a function that has its methods, as ArkType's are: tRPC calls `parse` of whatever else has one, takes what it
 * gives for the input, and a payment that is refused would reach the procedure. Of a function it calls `assert`.
 */
const schemaOf = (name, parse, jsonSchema, more) => {
  const schema = (draft, options) => parse(draft, options);
  let props;
  const assert = (draft, options) => {
    const result = parse(draft, options);
    if (!result.ok) throw new PaymentError(result.issues);
    return result.value;
  };
  return Object.defineProperties(schema, {
    name: { value: name },
    parse: { value: parse, enumerable: true },
    assert: { value: assert, enumerable: true },
    "~standard": { get: () => (props ??= standard(parse, jsonSchema)), enumerable: true },
    ...more,
  });
};

/** The schema of a provider's payments. */
const ofProvider = (place) =>
  schemaOf(
    DECLARED[place].id,
    (draft, options) => parse(place, draft, told(options)),
    (target, io) => jsonSchema(fields(place), target, io),
    {
      receipt: { value: (reply, options) => receipt(place, reply, options), enumerable: true },
      fields: { get: () => fields(place), enumerable: true },
    },
  );

const schemas = [];
const schema = (place) => (schemas[place] ??= ofProvider(place));

/** A provider: its identifier, the name that people know, and the schema of its payments. */
export const provider = (place, id, name) => ({
  id,
  name,
  get payment() {
    return schema(place);
  },
});

/** The schema of a provider that is chosen at run time; `undefined` when there is none of that identifier. */
export const payment = (id) => {
  const place = placeOf(id);
  return place < 0 ? undefined : schema(place);
};

/** The schema of drafts that name their provider. */
export const anyPayment = /* @__PURE__ */ schemaOf("anyPayment", (draft, options) => parseAny(draft, told(options)), (target, io) =>
  jsonSchemaOfAny(all(), target, io),
);

/** What `read` gives; `undefined` where it throws. */
const tried = (read) => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** The issues that members cannot be read, in the language that was asked for. */
const unreadable = (around, ...wrong) => {
  if (wrong.length === 0) return [];
  const given = { texts: NO_TEXTS, around: bare(around), others: NO_TEXTS, wrong };
  hand(given);
  return result(DECLARED.length, given).issues;
};

/** What an option holds for the fields of rows that name their own provider: a field is one of any provider. */
const ofAny = (options, wrong) => {
  const names = [...new Set(all().flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const texts = byField(options, "defaults", names, wrong);
  return texts.some((text) => text !== undefined) ? Object.fromEntries(names.map((name, at) => [name, texts[at]])) : undefined;
};

/** The rows as an array; `undefined` when they are not to be had. */
const rowsOf = (input) => tried(() => (typeof input?.[Symbol.iterator] === "function" ? [...input] : undefined));

/** What an option holds for fields, by their names; what is no text, or no field, is added to `wrong`. */
const byField = (options, option, names, wrong) => {
  const at = `options.${option}`;
  const object = options === undefined || options === null ? undefined : inner(options, option, at, wrong);
  const keys = object === undefined ? NO_TEXTS : (tried(() => Object.keys(object)) ?? []);
  for (const key of keys) if (!names.includes(key)) wrong.push(`${at}.${key}`);
  return names.map((name) => object && member(object, name, `${at}.${name}`, wrong));
};

/** Checks many payments: rows, or the bytes of a CSV file. */
export const parseMany = (input, options) => {
  const read = told(options);
  const nothing = (...wrong) => ofRows(NO_TEXTS, unreadable(read.around, ...wrong));
  const file = tried(() => bytesOf(input));
  const rows = file === undefined ? rowsOf(input) : NO_TEXTS;
  if (rows === undefined) return nothing("rows");
  const wrong = [];
  const id = isObject(options) ? member(options, PROVIDER, "options.provider", wrong) : undefined;
  if (wrong.length > 0) return nothing(wrong[0]);
  const place = id === undefined ? -1 : placeOf(id.trim());
  if (place < 0 && (id !== undefined || file !== undefined)) {
    return ofRows(NO_TEXTS, parseAny({ [PROVIDER]: id }, read).issues);
  }
  if (place < 0) {
    const defaults = ofAny(options, wrong);
    if (wrong.length + read.wrong.length > 0) return nothing(...wrong, ...read.wrong);
    return ofRows(rows.map((row) => parseAny(row, read, defaults)), []);
  }
  const names = fields(place).map(({ name }) => name);
  const columns = byField(options, "columns", names, wrong);
  const defaults = byField(options, "defaults", names, wrong);
  if (wrong.length > 0) return nothing(...wrong);
  if (file === undefined) {
    const known = { texts: names.map(() => undefined), around: read.around, others: NO_TEXTS, wrong: read.wrong };
    const begin = () => beginRows(place, () => hand(known));
    const issues = begin();
    // Each row may name the invoice, where the options do not.
    const isOfRows = issues?.every(({ path, code }) => path[1] === "invoice" && code === "required");
    if (issues?.length > 0 && !isOfRows) return ofRows(NO_TEXTS, issues);
    const some = defaults.some((text) => text !== undefined) ? defaults : undefined;
    return ofRows(results(place, rows, read, some, begin), []);
  }
  const given = { texts: defaults, around: read.around, others: columns, wrong: read.wrong };
  if (!hand(given)) return nothing("options");
  return ofFile(file, {
    place,
    names,
    hand: () => hand(given),
    ready: () => ready(given.around),
    result: (answer) => {
      const row = { texts: answer.values, around: NOTHING_KNOWN, others: NO_TEXTS, wrong: NO_TEXTS };
      return resultOf(place, row, answer, answer.notices);
    },
    // Somebody has changed the bytes meanwhile.
    changed: () => new Result(place, undefined, [], unreadable(read.around, CHANGED)),
  });
};
