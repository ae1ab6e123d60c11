// The fast interface to WebAssembly: calls pass only numbers, and all texts of a payment share one buffer in each direction.
// crates/remit-wasm/src/packed.rs documents the format.

import { open } from "#load";

const HEAD = 3;
const ABSENT = 0xffff_ffff;
const FAULT = 0xffff_ffff;
/** The maximum size of the input in bytes: far more than a payment with the bank transactions of a year. */
const MOST = 1 << 24;

/** Flags: there are options, an invoice, a time zone; notices are omitted; a text is not ASCII; the request is added; its headers are known. */
export const KNOWN = 1;
export const INVOICE = 2;
export const ZONE = 4;
const QUIET = 8;
const WIDE = 16;
const WANTS_REQUEST = 32;
const KNOWS_HEADERS = 64;

const encoder = new TextEncoder();
// Keeps byte order marks: the texts are split by their lengths.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The module's functions. The first call instantiates the module. */
let wasm;
/** Views of the module's memory, and the addresses for texts and words. The views are replaced when the memory grows. */
let bytes = new Uint8Array();
let words;
let room;
let roomAt = 0;
let roomSize = 0;
let wordsAt = 0;
let wordsSize = 0;

/** The length in bytes and the flags of the last input. */
let length = 0;
let flags = 0;

/** The number of times that the module has been replaced. A new module has no batch and no table of sentences. */
export let life = 0;

let ahead;
let spoken;

/** Sets the function that looks up local times. */
export const zone = (ask) => (ahead = ask);

/** Instantiates the module if necessary. Its only import is the function that looks up local times. */
const ready = () => {
  if (isAtWork) forget();
  if (wasm !== undefined) return;
  const module = open();
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = (day, second) => ahead(day, second);
  }
  wasm = new WebAssembly.Instance(module, imports).exports;
};

/**
 * Whether a call of the module is in progress. If the flag is still set at the next call, the previous one was interrupted, for
 * example by a stack overflow. The module may then be in an invalid state, so it is replaced. A `catch` would need stack too.
 */
let isAtWork = false;

const forget = () => {
  wasm = undefined;
  bytes = NOTHING;
  roomSize = wordsSize = 0;
  spoken = undefined;
  life++;
  isAtWork = false;
};

/** Calls the module and returns its result. */
const work = (call) => {
  isAtWork = true;
  const result = call();
  isAtWork = false;
  return result;
};

const refresh = () => {
  // When the memory grows, existing views become empty.
  if (bytes.length !== 0) return;
  bytes = new Uint8Array(wasm.memory.buffer);
  words = new DataView(wasm.memory.buffer);
  room = bytes.subarray(roomAt, roomAt + roomSize);
};

/** Reserves space for at least `size` bytes of text and `count` words. */
const reserve = (size, count) => {
  ready();
  if (size > roomSize) {
    roomSize = Math.max(size, 4096);
    roomAt = work(() => wasm.input(roomSize)) >>> 0;
    bytes = NOTHING;
  }
  if (count > wordsSize) {
    wordsSize = Math.max(count, 256);
    wordsAt = work(() => wasm.input_words(wordsSize)) >>> 0;
    bytes = NOTHING;
  }
  refresh();
};
const NOTHING = bytes;

/** Half of a surrogate pair. Replaced by a character that the core rejects, because the encoder would change it silently. */
const HALF = /\p{Surrogate}/gu;
export const whole = (text) => text?.replace(HALF, "\uffff");
export const isWhole = (text) => (text.isWellFormed === undefined ? text.search(HALF) < 0 : text.isWellFormed());

/** Whether each text is well-formed. Checked one by one: joined, the halves of a surrogate pair in two texts would form a character. */
const areWhole = (texts) => {
  for (const text of texts) if (text !== undefined && !isWhole(text)) return false;
  return true;
};

/**
 * Writes a payment into the module's input.
 *
 * @param {(string | undefined)[]} texts The texts of the fields.
 * @param {{texts: (string | undefined)[], transactions: number, flags: number}} known The options.
 * @param {string[]} others The names that are not fields.
 * @param {string[]} wrong The paths of members with the wrong type.
 * @returns {boolean} False, without writing the texts, if the payment is too large.
 */
export const hand = (texts, known, others, wrong) => {
  const count = HEAD + texts.length + known.texts.length + others.length + wrong.length;
  if (isAtWork || count > wordsSize || bytes.length === 0) reserve(0, count);
  words.setUint32(wordsAt, known.transactions, true);
  words.setUint32(wordsAt + 4, others.length, true);
  words.setUint32(wordsAt + 8, wrong.length, true);
  let joined = lengths(texts, wordsAt + HEAD * 4, "");
  if (count > HEAD + texts.length) {
    let at = wordsAt + (HEAD + texts.length) * 4;
    for (const part of [known.texts, others, wrong]) {
      joined = lengths(part, at, joined);
      at += part.length * 4;
    }
  }
  // A UTF-16 code unit is at most three bytes of UTF-8.
  const size = joined.length * 3;
  if (size > MOST) return false;
  if (size > roomSize) reserve(size, 0);
  length = encoder.encodeInto(joined, room).written;
  flags = known.flags;
  if (length !== joined.length) {
    if (!(areWhole(texts) && areWhole(known.texts) && areWhole(others) && areWhole(wrong))) {
      const all = [...texts, ...known.texts, ...others, ...wrong].map(whole);
      length = encoder.encodeInto(all.join(""), room).written;
    }
    flags |= WIDE;
  }
  return true;
};

/** Writes the lengths of the texts, and returns `joined` with the texts appended. */
const lengths = (texts, at, joined) => {
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index];
    if (text === undefined) words.setUint32(at + index * 4, ABSENT, true);
    else {
      words.setUint32(at + index * 4, text.length, true);
      joined += text;
    }
  }
  return joined;
};

/**
 * The module's answer to the payment in its input; `undefined` if the payment passes unchanged and no request is wanted.
 *
 * @param {boolean} quiet Whether to omit notices.
 * @param {boolean} wantsRequest Whether the answer to an accepted payment has its request.
 */
export const result = (provider, given, quiet, wantsRequest) => {
  isAtWork = true;
  const at = wasm.parse(provider, length, flags | (quiet ? QUIET : 0) | wish(provider, wantsRequest)) >>> 0;
  isAtWork = false;
  return answerAt(at, given, provider, wantsRequest);
};

/** The flags for a request. */
const wish = (provider, wantsRequest) => (wantsRequest ? (constants[provider] === undefined ? WANTS_REQUEST : WANTS_REQUEST | KNOWS_HEADERS) : 0);

/** The text of the module's output. */
const written = (length) => {
  refresh();
  const at = wasm.output(1) >>> 0;
  return decoder.decode(bytes.subarray(at, at + length));
};

/** The parsed JSON of the module's output; `undefined` if the output is empty. */
const json = (length) => (length === 0 ? undefined : JSON.parse(written(length)));

/** Every provider with its fields. */
export const providers = () => {
  ready();
  return json(work(() => wasm.write_providers()));
};

/** The outcome of the response in the input. */
export const receipt = (provider, status) => json(work(() => wasm.write_receipt(provider, status, length, flags)));

/** Sets the table of sentences; without a table, the English one. Returns whether the table is valid. */
export const speak = (table) => {
  if (table === spoken) return true;
  // If this throws, the current table stays set.
  const json = table === undefined ? "" : JSON.stringify(table);
  if (typeof json !== "string") return false;
  const all = encoder.encode(json);
  copy(all);
  const is = work(() => wasm.sentences(all.length)) === 1;
  spoken = is ? table : undefined;
  return is;
};

/** The output text that is being split, the position of the next piece in it, and the address of the next word. */
let text = "";
let start = 0;
let word = 0;

const next = () => {
  const value = words.getUint32(word, true);
  word += 4;
  return value;
};

const piece = (units) => (units === 0 ? "" : text.slice(start, (start += units)));

/** Starts to read the output words at an address. */
const turnTo = (at) => {
  if (at === FAULT) throw new Error("remit-payments: the WebAssembly module and the script have different versions. Install the package again.");
  refresh();
  word = at;
  start = 0;
  const from = next();
  const size = next();
  text = size === 0 ? "" : size <= SHORT ? short(from, size) : decoder.decode(bytes.subarray(from, from + size));
};

/**
 * The longest text that is put together from its bytes. In Chromium 148 that takes 0.17 µs for 27 bytes, and the decoder 1.0 µs; in
 * Node 20 0.17 and 0.13 µs. For 180 bytes the decoder is twice as fast in both.
 */
const SHORT = 40;

const short = (from, size) => {
  let text = "";
  for (let at = from; at < from + size; at++) {
    if (bytes[at] > 0x7f) return decoder.decode(bytes.subarray(from, from + size));
    text += String.fromCharCode(bytes[at]);
  }
  return text;
};

/** Reads the answer to the next payment. */
const answer = (given, provider, wantsRequest) => {
  const issues = next();
  const notices = next();
  return {
    values: issues === 0 ? values(given) : undefined,
    issues: issues === 0 ? NONE : findings(issues),
    notices: findings(notices),
    request: issues === 0 && wantsRequest ? request(provider) : undefined,
  };
};

/** Reads the answer to one payment; `undefined` without an answer. */
const answerAt = (at, given, provider, wantsRequest) => {
  if (at === 0) return undefined;
  turnTo(at);
  return answer(given, provider, wantsRequest);
};

/** Reads the answers to many payments. */
const answersAt = (at, all, provider, wantsRequest) => {
  turnTo(at);
  return all.map((given) => answer(given, provider, wantsRequest));
};

/** For each provider, the method and the headers, if they are the same for all its payments and have been read. */
const constants = [];

/** Reads a request. */
const request = (provider) => {
  const path = piece(next());
  const body = piece(next());
  const isConstant = next() === 1;
  const count = next();
  const { method, headers } = count === 0 ? constants[provider] : methodAndHeaders(count);
  if (isConstant) constants[provider] = { method, headers };
  return Object.freeze({ method, path, headers, body });
};

const methodAndHeaders = (count) => {
  const method = piece(next());
  const headers = {};
  for (let header = 0; header < count; header++) {
    const name = piece(next());
    headers[name] = piece(next());
  }
  return { method, headers: Object.freeze(headers) };
};

const values = (given) => {
  const all = [];
  for (let index = 0; index < given.length; index++) {
    const kind = next();
    all.push(kind === 0 ? undefined : kind === 1 ? given[index] : piece(kind - 2));
  }
  return all;
};

const NONE = Object.freeze([]);
const NONE_KNOWN = { texts: NONE, transactions: 0, flags: 0 };

/** Findings are frozen, because callers share those of a table or a file. */
const findings = (count) => {
  if (count === 0) return NONE;
  const all = [];
  for (let index = 0; index < count; index++) {
    const size = next();
    const field = piece(next());
    const code = piece(next());
    const message = piece(next());
    const params = {};
    for (let param = 0; param < size; param++) {
      const name = piece(next());
      params[name] = piece(next());
    }
    all.push(Object.freeze({ path: Object.freeze(path(field, code, params)), code, params: Object.freeze(params), message }));
  }
  return Object.freeze(all);
};

/** The codes whose parameter `value` is the member that cannot be read. */
const OF_MEMBERS = ["member_type", "number_inexact", "field_twice"];

/** The path of a finding: its field or option, or the member in its parameters that cannot be read. */
const path = (field, code, { value = "", option = "" }) => {
  const at = field === "" ? (OF_MEMBERS.includes(code) ? value : option) : field;
  if (!at.includes(".")) return at === "" || at === "draft" ? [] : [at];
  return at.split(".");
};

/** The number of bytes of a file that are passed at a time. */
const PIECE = 1 << 18;

/** Copies bytes into the module's input. */
const copy = (piece) => {
  ready();
  reserve(piece.length > roomSize ? Math.max(piece.length, PIECE) : 0, 0);
  bytes.set(piece, roomAt);
};

/** Starts a batch. The input holds the defaults, the options and the column names. Returns the issues of the options, if any. */
export const begin = (provider) => answerAt(work(() => wasm.rows_begin(provider, length, flags)) >>> 0, NONE, provider, false)?.issues;

/** The issues because of which no row of the last file was checked. */
export const fileIssues = () => answerAt(work(() => wasm.rows_issues()) >>> 0, NONE, undefined, false)?.issues ?? NONE;

/**
 * Checks the records of a file.
 *
 * @param {(end: number, outcome: number) => void} row Called for every record, the header first, with its end in the file and
 * its outcome. After a rejected header, there are no further calls.
 * @param {(written: Uint8Array) => void} part Called with each part of the CSV of the accepted payments.
 */
export const records = (file, row, part) => {
  let size = PIECE;
  for (let from = 0; ; ) {
    const piece = file.subarray(from, from + size);
    copy(piece);
    const isEnd = from + size >= file.length;
    const length = work(() => wasm.rows(piece.length, isEnd));
    refresh();
    let at = wasm.output(0) >>> 0;
    let end = 0;
    const total = wasm.rows_told();
    for (let count = total; count > 0; count--, at += 8) {
      end = words.getUint32(at, true);
      const outcome = words.getUint32(at + 4, true);
      row(from + end, outcome);
      if (from === 0 && count === total && outcome === 0) return;
    }
    if (length > 0) {
      const start = wasm.output(1) >>> 0;
      part(bytes.slice(start, start + length));
    }
    if (isEnd) return;
    from += end;
    // No record ended in this piece: the next one is larger.
    size = end === 0 ? size * 2 : PIECE;
  }
};

/** The answers to records of the current batch's file; `undefined` if the bytes do not contain exactly `count` records. */
export const answers = (records, count, linesBefore, fields, provider, wantsRequest) => {
  copy(records);
  const at = work(() => wasm.rows_read(records.length, count, linesBefore, wish(provider, wantsRequest))) >>> 0;
  return at === 0 ? undefined : answersAt(at, new Array(count).fill(new Array(fields).fill(undefined)), provider, wantsRequest);
};

/** The answers to payments of the current batch's provider; `undefined` if together they are too large for the input. */
export const answersTo = (all, provider, wantsRequest) =>
  hand(all.flat(), NONE_KNOWN, NONE, NONE)
    ? answersAt(work(() => wasm.rows_given(all.length, length, flags | wish(provider, wantsRequest))) >>> 0, all, provider, wantsRequest)
    : undefined;
