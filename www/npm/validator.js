// The schemas: the package's public functions, on top of the module. No input makes a call throw.

import * as boundary from "./boundary.js";
import { DECLARED } from "./declared.js";
import { objectOf } from "./drafts.js";
import { frozen } from "./frozen.js";
import { beginRows, bytesOf, ofFile, ofRows } from "./many.js";
import { BATCH_OPTIONS, OPTIONS, misspeltIn, refuseOthers } from "./names.js";
import { jsonSchema, jsonSchemaOfAny } from "./schema.js";
import { zone } from "./zone.js";

/** The text members of an invoice and of a bank transaction, in the module's order. */
const INVOICE = ["id", "number", "balance", "currency", "state", "issued"];
const TRANSACTION = ["id", "currency", "amount", "unallocated", "datetime", "description"];
const NO_TEXTS = Object.freeze([]);
/** `INEXACT` is the prefix of the path of an inexact number. `CHANGED` is reported in place of a path if a file has changed. */
const INEXACT = "#";
const CHANGED = "#";
const NOTHING_KNOWN = { texts: NO_TEXTS, transactions: 0, flags: 0, ask: undefined, table: undefined };

/** The text of a value: numbers as JavaScript prints them, dates in ISO 8601. `undefined` for other types. */
const text = (value) => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object") return undefined;
  // A Date from any realm. An invalid Date throws, and so does an object that only looks like a Date.
  return value instanceof Date || Object.prototype.toString.call(value) === "[object Date]"
    ? Date.prototype.toISOString.call(value)
    : undefined;
};

/**
 * Whether JavaScript holds the number as it was written. It may hold a different one for integers from 2⁵³ and for decimals with
 * more than fifteen digits.
 */
const isExact = (number) =>
  Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number) && String(number).replace(/e.*|\.|^-?0[.0]*/g, "").length <= 15;

const isAbsent = (value) => value === undefined || value === null;
/** Whether a value is an object with members. A revoked proxy throws, so it is not. */
const isObject = (value) => {
  try {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/**
 * The text of an object's member. Adds the path to `wrong` if the member is present and has no text. In an identifier, a number
 * must be an integer: `1e-7` consists of characters that identifiers may have.
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

/** The member of an object, if it is an object. Adds the path to `wrong` if the member is present and is not an object. */
const inner = (object, name, path, wrong) => {
  try {
    const value = object[name];
    if (isAbsent(value)) return undefined;
    if (isObject(value)) return value;
  } catch {
    // A member that throws is reported like one that is not an object.
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
    // A member that throws is reported like one that is not an array.
  }
  wrong.push("options.transactions");
  return NO_TEXTS;
};

/** Reads the options into the module's format. Later changes to the object have no effect. */
const known = (options, names, wrong) => {
  if (isAbsent(options)) return NOTHING_KNOWN;
  if (!isObject(options)) {
    wrong.push("options");
    return NOTHING_KNOWN;
  }
  refuseOthers(options, names, "options", wrong);
  let flags = 0;
  const texts = [member(options, "now", "options.now", wrong), member(options, "currency", "options.currency", wrong)];
  const invoice = inner(options, "invoice", "options.invoice", wrong);
  if (invoice) refuseOthers(invoice, INVOICE, "options.invoice", wrong);
  for (const name of INVOICE) texts.push(invoice && member(invoice, name, `options.invoice.${name}`, wrong));
  const transactions = list(options, wrong);
  for (const one of transactions) {
    if (isObject(one)) refuseOthers(one, TRANSACTION, "options.transactions", wrong);
    else wrong.push("options.transactions");
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

/** The function that looks up local times; `undefined` without a time zone. */
const clock = (options, wrong) => {
  const name = member(options, "timeZone", "options.timeZone", wrong);
  if (name === undefined) return undefined;
  const ask = zone(name);
  if (ask === undefined) wrong.push("options.timeZone");
  return ask;
};

/** The table of sentences; `undefined` for the module's own. */
const language = (options, wrong) => {
  let table;
  try {
    table = options.messages ?? undefined;
    if (boundary.speak(table)) return table;
  } catch {
    // A table that cannot be serialised is reported as well.
  }
  wrong.push("options.messages");
  return undefined;
};

let asking;

const EMPTY = {};

/**
 * Fast path: the draft's texts in the order of the fields, if it is a plain object with only fields, all of them texts. Otherwise
 * `undefined`. The member named `except` is ignored.
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
    // Enumerable members of Object.prototype would be counted as the draft's.
    for (const _ in EMPTY) return undefined;
    return count === 0 ? texts : undefined;
  } catch {
    return undefined;
  }
};

/** The draft's texts in the order of the fields, and the names of other members that are not empty. */
const entered = (list, { names, ids }, wrong, except) => {
  const draft = objectOf(list, wrong);
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

/** Whether a text is only Unicode whitespace, as in the core. JavaScript's `trim` uses a different set. */
const isEmpty = (text) => text === undefined || /^\p{White_Space}*$/u.test(text);

const isBlank = (draft, key) => {
  try {
    const value = draft[key];
    return isAbsent(value) || (typeof value === "string" && isEmpty(value));
  } catch {
    return false;
  }
};

/**
 * For how many more payments the module adds the request to its answer. That is faster than asking for it later, and slower than not
 * asking at all. So it is added as long as callers read requests.
 */
let wanted = 0;
const WANTED = 16;
const wantsRequest = () => wanted > 0 && wanted-- > 0;

/** A result. It keeps its input, so that notices and the request can be made on demand. */
class Result {
  #place;
  #given;
  #notices;
  #request;

  /** Frozen, because Vue's `ref` wraps other objects in proxies, and a proxy cannot read private members. */
  constructor(place, given, notices, issues, value, request) {
    this.ok = issues === undefined;
    if (this.ok) this.value = Object.freeze(value);
    else this.issues = issues;
    this.#place = place;
    this.#given = given;
    this.#notices = notices;
    this.#request = request;
    Object.freeze(this);
  }

  /** The notices, made on demand. */
  get notices() {
    this.#notices ??= hand(this.#given) ? (boundary.result(this.#place, this.#given.texts, false, false)?.notices ?? NO_TEXTS) : NO_TEXTS;
    return this.#notices;
  }

  /** The request that records the payment, made on demand. */
  get request() {
    if (!this.ok) return undefined;
    wanted = WANTED;
    if (this.#request === undefined && hand(this.#given)) this.#request = boundary.result(this.#place, this.#given.texts, true, true).request;
    return this.#request;
  }

  toJSON() {
    return { ...this, notices: this.notices, ...(this.ok && { request: this.request }) };
  }
}

let providers;

/** Every provider, from the module. Frozen, because callers share the fields: if one sorted them, the columns of all would be exchanged. */
const all = () => (providers ??= frozen(boundary.providers()));

const fields = (place) => all()[place].fields;

/** For each provider, the indexes of its fields by name, and which fields are identifiers. */
const places = [];
const placesOf = (place) =>
  (places[place] ??= {
    names: new Map(fields(place).map(({ name }, index) => [name, index])),
    ids: fields(place).map(({ kind }) => kind === "id"),
  });

/** The index of the provider with this identifier; -1 if there is none. */
const placeOf = (id) => DECLARED.findIndex((one) => one.id === id);

/** Longer than any field. A longer text is replaced by one of this length, which every field rejects as well. */
const LONGEST = 1 << 15;
const isLong = (text) => text?.length > LONGEST;
const cut = (text) => (isLong(text) ? "9".repeat(LONGEST) : text);

/** The path to report for a payment that is too large to pass; none if a field is too long, which the field itself reports. */
const tooLarge = (texts, others) => (texts.some(isLong) ? NO_TEXTS : [others.length > 1000 || others.some(isLong) ? "draft" : "options"]);

/** Sets the language first, then the time zone: a getter of the table may make a call that sets another zone. */
const ready = ({ ask, table }) => {
  boundary.speak(table);
  if (ask !== undefined && ask !== asking) boundary.zone((asking = ask));
};

/** Only the language and the time zone of the options. */
const bare = ({ ask, table }) => ({ ...NOTHING_KNOWN, flags: ask === undefined ? 0 : boundary.ZONE, ask, table });

/** Writes a payment and the options into the module's input. Returns false if they are too large. */
const hand = ({ texts, around, others, wrong }) => {
  ready(around);
  return boundary.hand(texts, around, others, wrong);
};

/** Makes a result from the module's answer. Without an answer, the payment has passed unchanged. */
const resultOf = (place, given, answer, notices, named) => {
  if (answer !== undefined && answer.issues.length > 0) return new Result(place, given, notices, answer.issues);
  const value = DECLARED[place].made(answer === undefined ? given.texts : answer.values);
  return new Result(place, given, notices, undefined, named === undefined ? value : { [PROVIDER]: named, ...value }, answer?.request);
};

/** The result for the payment in the module's input. */
const result = (place, given, named) => resultOf(place, given, boundary.result(place, given.texts, true, wantsRequest()), undefined, named);

/** The texts, with defaults for empty ones. */
const filled = (texts, defaults) => texts.map((text, index) => (isEmpty(text) ? (defaults[index] ?? text) : text));

const NO_OPTIONS = Object.freeze({ around: NOTHING_KNOWN, wrong: NO_TEXTS });

/** Reads the options once: `around` holds them, `wrong` the paths of members that cannot be read. */
const readOptions = (options, names = OPTIONS) => {
  if (options === undefined) return NO_OPTIONS;
  const wrong = [];
  return { around: known(options, names, wrong), wrong };
};

/** Reads a draft. The result also holds the options. */
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

const parse = (place, draft, options) => check(place, given(place, draft, options));

/** The number of rows that are passed at a time. */
const AT_A_TIME = 256;

/**
 * The results for rows of one provider. Rows that cannot be read or are too large are checked one by one. `begin` starts the batch
 * and returns issues if rows cannot be passed together. It is called for each part, because a getter in the table of sentences may
 * have started another batch.
 */
const results = (place, rows, options, defaults, begin) => {
  const all = rows.map((row) => given(place, row, options, undefined, defaults));
  const made = [];
  for (let from = 0; from < all.length; from += AT_A_TIME) {
    const some = all.slice(from, from + AT_A_TIME);
    const areRead = some.every(({ wrong }) => wrong.length === 0) && begin() === undefined;
    const answers = areRead ? boundary.answersTo(some.map(({ texts }) => texts), place, wantsRequest()) : undefined;
    made.push(...some.map((given, index) => (answers === undefined ? check(place, given) : resultOf(place, given, answers[index]))));
  }
  return made;
};

/** The member of a draft that names its provider. */
const PROVIDER = "provider";

/** Checks a draft that names its provider. */
const parseAny = (list, options, defaults) => {
  const wrong = [];
  const draft = objectOf(list, wrong);
  const id = isObject(draft) ? member(draft, PROVIDER, PROVIDER, wrong) : undefined;
  if (!isObject(draft)) wrong.push("draft");
  const named = id?.trim();
  const place = wrong.length === 0 && named ? placeOf(named) : -1;
  if (place >= 0) {
    const some = defaults && DECLARED[place].read(defaults);
    return check(place, given(place, list, options, PROVIDER, some), named);
  }
  const { around, wrong: unread } = options;
  const unnamed = { texts: NO_TEXTS, around, others: named ? [named] : NO_TEXTS, wrong: [...wrong, ...unread] };
  if (!hand(unnamed)) hand({ ...unnamed, around: bare(around), others: NO_TEXTS, wrong: ["draft"] });
  return result(DECLARED.length, unnamed);
};

/** The names and values of a response's headers, in any accepted form. Headers that cannot be read are omitted. */
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

const UNREADABLE = Object.freeze({ state: "unknown", code: "unreadable", words: null });
const RECEIPT_OPTIONS = ["currency"];

const receipt = (place, reply, options) => {
  const misspelt = isObject(options) ? misspeltIn(options, RECEIPT_OPTIONS) : undefined;
  // The outcome must not be read with another currency than the caller means.
  if (misspelt !== undefined) return Object.freeze({ ...UNREADABLE, words: misspelt });
  const given = (object, name) => (isObject(object) ? member(object, name, name, []) : undefined);
  const number = Number(given(reply, "status") ?? 0);
  // An invalid status counts as none.
  const status = Number.isInteger(number) && number >= 100 && number <= 599 ? number : 0;
  const headers = entries(reply);
  const texts = [given(options, "currency") ?? "", given(reply, "body") ?? ""];
  // A response that is too large, or an unknown currency, neither confirms nor rejects the payment.
  const fits = boundary.hand(texts, NOTHING_KNOWN, headers, NO_TEXTS);
  return frozen((fits ? boundary.receipt(place, status) : undefined) ?? UNREADABLE);
};

/** The members of Standard Schema and Standard JSON Schema. [standardschema.dev] */
const standard = (parse, jsonSchema) =>
  frozen({
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

/** The error that `assert` throws. Its message is the first issue's. */
class PaymentError extends Error {
  constructor(issues) {
    super(issues[0].message);
    this.name = "PaymentError";
    this.issues = issues;
  }
}

/**
 * Makes a schema: a function with methods, like ArkType's. Of a function, tRPC calls `assert`. Of any other object with a `parse`
 * method, tRPC takes the return value of `parse` as the input, so a rejected payment would reach the procedure.
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
    (draft, options) => parse(place, draft, readOptions(options)),
    (target, io) => jsonSchema(fields(place), target, io),
    {
      receipt: { value: (reply, options) => receipt(place, reply, options), enumerable: true },
      fields: { get: () => fields(place), enumerable: true },
    },
  );

const schemas = [];
const schema = (place) => (schemas[place] ??= ofProvider(place));

/** A provider: its identifier, its name and the schema of its payments. */
export const provider = (place, id, name) =>
  Object.freeze({
    id,
    name,
    get payment() {
      return schema(place);
    },
  });

/** The schema of a provider that is chosen at run time; `undefined` for an unknown identifier. */
export const payment = (id) => {
  const place = placeOf(id);
  return place < 0 ? undefined : schema(place);
};

/** The schema of drafts that name their provider. */
export const anyPayment = /* @__PURE__ */ schemaOf("anyPayment", (draft, options) => parseAny(draft, readOptions(options)), (target, io) =>
  jsonSchemaOfAny(all(), target, io),
);

/** The return value of `read`; `undefined` if it throws. */
const tried = (read) => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** The issues for members that cannot be read, in the language of the options. */
const unreadable = (around, ...wrong) => {
  if (wrong.length === 0) return NO_TEXTS;
  const given = { texts: NO_TEXTS, around: bare(around), others: NO_TEXTS, wrong };
  hand(given);
  return result(DECLARED.length, given).issues;
};

/** The defaults for rows that name their own provider. Fields of every provider are accepted. */
const ofAny = (options, wrong) => {
  const names = [...new Set(all().flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const texts = byField(options, "defaults", names, wrong);
  return texts.some((text) => text !== undefined) ? Object.fromEntries(names.map((name, at) => [name, texts[at]])) : undefined;
};

/** The rows as an array; `undefined` if the input is not iterable. */
const rowsOf = (input) => tried(() => (typeof input?.[Symbol.iterator] === "function" ? [...input] : undefined));

/** The texts that an option has for the fields. Adds the paths of other members, and of members without a text, to `wrong`. */
const byField = (options, option, names, wrong) => {
  const at = `options.${option}`;
  const object = options === undefined || options === null ? undefined : inner(options, option, at, wrong);
  if (object !== undefined) refuseOthers(object, names, at, wrong);
  return names.map((name) => object && member(object, name, `${at}.${name}`, wrong));
};

/** Checks many payments: rows, or the bytes of a CSV file. */
export const parseMany = (input, options) => {
  const read = readOptions(options, BATCH_OPTIONS);
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
    // If the options' invoice lacks an identifier or a currency, each row can supply it.
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
    wantsRequest,
    hand: () => hand(given),
    ready: () => ready(given.around),
    result: (answer) => {
      const row = { texts: answer.values, around: NOTHING_KNOWN, others: NO_TEXTS, wrong: NO_TEXTS };
      return resultOf(place, row, answer, answer.notices);
    },
    // The bytes have changed since the check.
    changed: () => new Result(place, undefined, [], unreadable(read.around, CHANGED)),
  });
};
