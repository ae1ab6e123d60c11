// The schemas: what a developer calls, over the module. Nothing that is handed in makes a call throw.

import * as boundary from "./boundary.js";
import { bytesOf, ofFile, ofRows } from "./many.js";
import { jsonSchema, jsonSchemaOfAny } from "./schema.js";
import { zone } from "./zone.js";

/** The members of the options that are texts, in the order in which the module wants them. */
const INVOICE = ["id", "number", "balance", "currency", "state", "issued"];
const TRANSACTION = ["id", "currency", "amount", "unallocated", "datetime", "description"];
const NO_TEXTS = [];
const NOTHING_KNOWN = new Array(2 + INVOICE.length).fill(undefined);

/** A value as text, where it is one: a number exactly as JavaScript prints it, a date as its moment. */
const text = (value) => {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value !== "object") return undefined;
  // Of whichever realm. One that is no moment throws, and so does what only looks like one.
  return value instanceof Date || Object.prototype.toString.call(value) === "[object Date]"
    ? Date.prototype.toISOString.call(value)
    : undefined;
};

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

/** The options, in the words that the module wants. */
const known = (options, wrong) => {
  const none = { texts: NOTHING_KNOWN, transactions: 0, invoice: 0, zone: 0 };
  if (isAbsent(options)) return none;
  if (!isObject(options)) {
    wrong.push("options");
    return none;
  }
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
  return { texts, transactions: transactions.length, invoice: invoice ? 1 : 0, zone: clock(options, wrong) };
};

let asking;

/** Whether a time zone is given. The module is told how to ask for it when it is another than the last. */
const clock = (options, wrong) => {
  const name = member(options, "timeZone", "options.timeZone", wrong);
  if (name === undefined) return 0;
  const ask = zone(name);
  if (ask === undefined) {
    wrong.push("options.timeZone");
    return 0;
  }
  if (ask !== asking) {
    boundary.zone(ask);
    asking = ask;
  }
  return 1;
};

let speaking;

/** Sees to it that sentences come from the table that is given, if one is. */
const speak = (options, wrong) => {
  let table;
  try {
    table = options?.messages ?? undefined;
    if (table === speaking) return;
    if (boundary.sentences(table && JSON.stringify(table))) {
      speaking = table;
      return;
    }
  } catch {
    // A table that cannot be written down cannot be read either.
  }
  boundary.sentences();
  speaking = undefined;
  wrong.push("options.messages");
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

const isBlank = (draft, key) => {
  try {
    const value = draft[key];
    return isAbsent(value) || (typeof value === "string" && value.trim() === "");
  } catch {
    return false;
  }
};

/** Where a finding is: in a field or an option, or in what cannot be read, which is named in its parameters. */
const path = (field, code, { value = "" }) => {
  const at = field === "" && code === "member_type" ? value : field;
  return at === "" || at === "draft" ? [] : at.split(".");
};

const issue = ({ field, code, params, message }) => ({ path: path(field, code, params), code, params, message });

class Accepted {
  #provider;
  #texts;

  constructor(provider, texts, value, notices) {
    this.ok = true;
    this.value = value;
    this.notices = notices;
    this.#provider = provider;
    this.#texts = texts;
  }

  /** The request that records the payment. It is made when it is asked for. */
  get request() {
    boundary.hand([0, 0, 0, 0, 0], [this.#texts, NOTHING_KNOWN]);
    return boundary.request(this.#provider);
  }

  toJSON() {
    return { ok: this.ok, value: this.value, notices: this.notices, request: this.request };
  }
}

let providers;

/** Every provider, as the module has it. */
const all = () => (providers ??= boundary.providers());

const declared = new Map();

/** A provider's place in the module's list, its fields, and their places by name. */
const declaration = (id) => {
  if (!declared.has(id)) {
    const provider = all().findIndex((one) => one.id === id);
    if (provider < 0) return undefined;
    const { fields } = all()[provider];
    const names = new Map(fields.map(({ name }, place) => [name, place]));
    const ids = fields.map(({ kind }) => kind === "id");
    declared.set(id, { provider, fields, names, ids, order: [...names.keys()] });
  }
  return declared.get(id);
};

/** No field takes as much. In place of such a text the module is handed another that every field refuses for its length. */
const LONGEST = 1 << 15;
const isLong = (text) => text?.length > LONGEST;
const cut = (text) => (isLong(text) ? "9".repeat(LONGEST) : text);

/** What of a payment that is too large to be handed over cannot be read: nothing more, where it is a field that is too long. */
const tooLarge = (texts, others) => (texts.some(isLong) ? NO_TEXTS : [others.length > 1000 || others.some(isLong) ? "draft" : "options"]);

/** Hands a payment over, and what is known beside it. */
const given = (texts, others, wrong, options) => {
  const around = known(options, wrong);
  speak(options, wrong);
  const head = [around.transactions, others.length, wrong.length, around.invoice, around.zone];
  return boundary.hand(head, [texts, around.texts, others, wrong]);
};

/** What is made of the module's answer; without one, what was given has passed as it is. */
const result = ({ provider, order }, answer, texts) => {
  if (answer !== undefined && answer.issues.length > 0) {
    return { ok: false, issues: answer.issues.map(issue), notices: answer.notices.map(issue) };
  }
  const values = answer === undefined ? texts : answer.values;
  const value = {};
  for (let place = 0; place < values.length; place++) {
    if (values[place] !== undefined) value[order[place]] = values[place];
  }
  return new Accepted(provider, values, value, answer === undefined ? [] : answer.notices.map(issue));
};

const parse = (id, draft, options, except) => {
  const declares = declaration(id);
  const wrong = [];
  const { texts, others } = entered(draft, declares, wrong, except);
  if (!given(texts, others, wrong, options)) given(texts.map(cut), NO_TEXTS, tooLarge(texts, others), {});
  return result(declares, boundary.said(declares.provider, texts), texts);
};

/** The member of a draft that names its provider. */
const PROVIDER = "provider";

/** Checks a draft that names its provider. */
const parseAny = (draft, options) => {
  const wrong = [];
  const id = isObject(draft) ? member(draft, PROVIDER, PROVIDER, wrong) : undefined;
  if (!isObject(draft)) wrong.push("draft");
  const named = id?.trim();
  if (wrong.length === 0 && named && declaration(named) !== undefined) {
    const result = parse(named, draft, options, PROVIDER);
    if (result.ok) result.value = { [PROVIDER]: named, ...result.value };
    return result;
  }
  given(NO_TEXTS, named ? [named] : NO_TEXTS, wrong, options);
  return result({}, boundary.said(all().length, NO_TEXTS), NO_TEXTS);
};

/** The names and values of an answer's headers, whichever way they are given. */
const entries = (reply) => {
  try {
    const headers = reply?.headers;
    const all = typeof headers?.entries === "function" ? [...headers.entries()] : Object.entries(headers ?? {});
    return all.flatMap(([name, value]) => [`${name}`, text(value) ?? ""]);
  } catch {
    return NO_TEXTS;
  }
};

const UNREADABLE = { state: "unknown", code: "unreadable", words: null };

const receipt = (id, reply, options) => {
  const given = (object, name) => (isObject(object) ? member(object, name, name, []) : undefined);
  const status = Number(given(reply, "status") ?? 0);
  const headers = entries(reply);
  const texts = [given(options, "currency") ?? "", given(reply, "body") ?? "", ...headers];
  // What is too large to be an answer, or in no currency, is no word that the payment was recorded, nor that it was not.
  const fits = boundary.hand([status, headers.length / 2, 0, 0, 0], [texts]);
  return (fits ? boundary.receipt(declaration(id).provider) : undefined) ?? UNREADABLE;
};

/** A Standard Schema, and a Standard JSON Schema. [standardschema.dev] */
const standard = (parse, jsonSchema) => ({
  version: 1,
  vendor: "remit",
  validate: (value, options) => {
    const result = parse(value, options?.libraryOptions);
    return result.ok ? { value: result.value } : { issues: result.issues };
  },
  jsonSchema: {
    input: ({ target }) => jsonSchema(target, "input"),
    output: ({ target }) => jsonSchema(target, "output"),
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
const made = (name, parse, jsonSchema, more) => {
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
const ofProvider = (id) =>
  made(
    id,
    (draft, options) => parse(id, draft, options),
    (target, io) => jsonSchema(declaration(id).fields, target, io),
    {
      receipt: { value: (reply, options) => receipt(id, reply, options), enumerable: true },
      fields: { get: () => declaration(id).fields, enumerable: true },
    },
  );

const schemas = new Map();

const schema = (id) => {
  if (!schemas.has(id)) schemas.set(id, ofProvider(id));
  return schemas.get(id);
};

/** A provider: its identifier, the name that people know, and the schema of its payments. */
export const provider = (id, name) => ({
  id,
  name,
  get payment() {
    return schema(id);
  },
});

/** The schema of a provider that is chosen at run time; `undefined` when there is none of that identifier. */
export const payment = (id) => (declaration(id) === undefined ? undefined : schema(id));

/** The schema of drafts that name their provider. */
export const anyPayment = /* @__PURE__ */ made("anyPayment", (draft, options) => parseAny(draft, options), (target, io) =>
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

/** The issue that a member cannot be read. */
const unreadable = (path) => {
  boundary.hand([0, 0, 1, 0, 0], [NOTHING_KNOWN, [path]]);
  return result({}, boundary.said(all().length, NO_TEXTS), NO_TEXTS).issues;
};

/** The rows as an array; `undefined` when they are not to be had. */
const rowsOf = (input) => tried(() => (typeof input?.[Symbol.iterator] === "function" ? [...input] : undefined));

/** The name of each field's column; `undefined` when one is no text. */
const columnsOf = (options, order) =>
  tried(() => order.map((name) => options?.columns?.[name] ?? name).filter((name) => typeof name === "string"));

/** Checks many payments: rows, or the bytes of a CSV file. */
export const parseMany = (input, options) => {
  const file = tried(() => bytesOf(input));
  const rows = file === undefined ? rowsOf(input) : NO_TEXTS;
  if (rows === undefined) return ofRows(NO_TEXTS, unreadable("rows"));
  const wrong = [];
  const id = isObject(options) ? member(options, PROVIDER, "options.provider", wrong) : undefined;
  if (wrong.length > 0) return ofRows(NO_TEXTS, unreadable(wrong[0]));
  const declared = id === undefined ? undefined : declaration(id);
  if (declared === undefined && (id !== undefined || file !== undefined)) {
    return ofRows(NO_TEXTS, parseAny({ [PROVIDER]: id }).issues);
  }
  if (file === undefined) {
    return ofRows(rows.map((row) => (declared === undefined ? parseAny(row, options) : parse(id, row, options))), NO_TEXTS);
  }
  const wanted = columnsOf(options, declared.order);
  if (wanted?.length !== declared.order.length) return ofRows(NO_TEXTS, unreadable("options.columns"));
  const schema = { ...declared, issue, result: (answer) => result(declared, answer, NO_TEXTS) };
  const nothing = new Array(wanted.length).fill(undefined);
  if (!given(nothing, wanted, [], options)) return ofRows(NO_TEXTS, unreadable("options"));
  return ofFile(file, schema, () => given(nothing, wanted, [], options));
};
