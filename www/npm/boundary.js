// The short way across to WebAssembly: all texts of a payment in one buffer each way, numbers in the call. How they lie
// there is said in crates/remit-wasm/src/packed.rs.

import { open } from "#load";

const HEAD = 3;
const ABSENT = 0xffff_ffff;
const FAULT = 0xffff_ffff;
/** What the module is handed at most: no payment comes near it, nor do the transactions of a year. */
const MOST = 1 << 24;

/** Something is known beside the payment; an invoice is; a time zone is; no notices are wanted; not all is in ASCII. */
export const KNOWN = 1;
export const INVOICE = 2;
export const ZONE = 4;
const QUIET = 8;
const WIDE = 16;

const encoder = new TextEncoder();
// What begins with a byte order mark keeps it: the texts are cut apart by their lengths.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The module's functions. The first call makes it ready. */
let wasm;
/** The module's memory, and in it the places where texts and words are written. They change when the memory grows. */
let bytes = new Uint8Array();
let words;
let room;
let roomAt = 0;
let roomSize = 0;
let wordsAt = 0;
let wordsSize = 0;

/** What was handed over last: how many bytes of text there are, and what is to be known of them. */
let length = 0;
let flags = 0;

/** Counts the module's lives: what it was told in one is forgotten in the next. */
export let life = 0;

let ahead;
let spoken;

/** Local times are from now on read as `ask` says. */
export const zone = (ask) => (ahead = ask);

/** Makes the module ready. All that it asks for is how local times are read; it has no glue of its own. */
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
 * Whether the module is at work. Where it still is when the next call comes, something has stopped it on its way, such as a
 * stack that was full: then it is as no call may find it, and is made anew. No `catch` would do, since it needs stack too.
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

/** What a call of the module gives. */
const work = (call) => {
  isAtWork = true;
  const given = call();
  isAtWork = false;
  return given;
};

const refresh = () => {
  // Memory that has grown leaves views of nothing behind.
  if (bytes.length !== 0) return;
  bytes = new Uint8Array(wasm.memory.buffer);
  words = new DataView(wasm.memory.buffer);
  room = bytes.subarray(roomAt, roomAt + roomSize);
};

/** Makes room for so many bytes of text and so many words. */
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

/** Half of a surrogate pair is no character. As one that the core refuses it is told; the encoder would change it. */
const HALF = /\p{Surrogate}/gu;
export const whole = (text) => text?.replace(HALF, "\uffff");
export const isWhole = (text) => (text.isWellFormed === undefined ? text.search(HALF) < 0 : text.isWellFormed());

/** Whether no text is broken in the middle of a character. Of two, the one may begin with what the other has lost. */
const areWhole = (texts) => {
  for (const text of texts) if (text !== undefined && !isWhole(text)) return false;
  return true;
};

/**
 * Puts a payment into the module's buffer.
 *
 * @param {(string | undefined)[]} texts The fields.
 * @param {{texts: (string | undefined)[], transactions: number, flags: number}} known What is known beside them.
 * @param {string[]} others The names beside the fields.
 * @param {string[]} wrong The paths of what has the wrong type.
 * @returns {boolean} Whether it fits: nothing is handed over that is too large to be a payment.
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
  // A unit of UTF-16 is at most three bytes of UTF-8.
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

/** Writes the lengths of texts, and gives all of them as one text behind what there is. */
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

/** What the module says of the payment in its buffer; `undefined` when it passes as it was given. `quiet` leaves notices out. */
export const said = (provider, given, quiet = false) => {
  isAtWork = true;
  const at = wasm.parse(provider, length, quiet ? flags | QUIET : flags) >>> 0;
  isAtWork = false;
  return told(at, given);
};

/** The text that the module has written. */
const written = (length) => {
  refresh();
  const at = wasm.output(1) >>> 0;
  return decoder.decode(bytes.subarray(at, at + length));
};

/** What the module has written as JSON; `undefined` when that is nothing. */
const json = (length) => (length === 0 ? undefined : JSON.parse(written(length)));

/** Every provider with its fields. */
export const providers = () => {
  ready();
  return json(work(() => wasm.write_providers()));
};

/** The request for the payment that was handed over. */
export const request = (provider) => json(work(() => wasm.write_request(provider, length, flags)));

/** What the answer that was handed over means. */
export const receipt = (provider, status) => json(work(() => wasm.write_receipt(provider, status, length, flags)));

/** Sees to it that sentences come from a table, and says whether it is one; without one they are English. */
export const speak = (table) => {
  if (table === spoken) return true;
  // Whatever this throws, the sentences are what they were.
  const json = table === undefined ? "" : JSON.stringify(table);
  if (typeof json !== "string") return false;
  const all = encoder.encode(json);
  copy(all);
  const is = work(() => wasm.sentences(all.length)) === 1;
  spoken = is ? table : undefined;
  return is;
};

/** The text that is being taken apart, and where in it and in the words the next piece is. */
let text = "";
let start = 0;
let word = 0;

const next = () => {
  const value = words.getUint32(word, true);
  word += 4;
  return value;
};

const piece = (units) => (units === 0 ? "" : text.slice(start, (start += units)));

/** Begins to read what the module has written down, at this place. */
const turnTo = (at) => {
  if (at === FAULT) throw new Error("remit-payments: the module and its script are not of the same version.");
  refresh();
  word = at;
  start = 0;
  const from = next();
  const size = next();
  text = size === 0 ? "" : decoder.decode(bytes.subarray(from, from + size));
};

/** What it has written down about the next payment. */
const answer = (given) => {
  const issues = next();
  const notices = next();
  return {
    values: issues === 0 ? values(given) : undefined,
    issues: issues === 0 ? NONE : findings(issues),
    notices: findings(notices),
  };
};

/** What it has written down about one payment, if anything. */
const told = (at, given) => {
  if (at === 0) return undefined;
  turnTo(at);
  return answer(given);
};

/** What it has written down about many. */
const toldOfMany = (at, all) => {
  turnTo(at);
  return all.map(answer);
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

const findings = (count) => {
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
    all.push({ path: path(field, code, params), code, params, message });
  }
  return all;
};

/** Where a finding is: in a field or an option, or in what cannot be read, which is named in its parameters. */
const path = (field, code, { value = "", option = "" }) => {
  const at = field === "" ? (code === "member_type" || code === "number_inexact" ? value : option) : field;
  if (!at.includes(".")) return at === "" || at === "draft" ? [] : [at];
  return at.split(".");
};

/** How many bytes of a file are handed over at a time. */
const PIECE = 1 << 18;

/** Copies bytes into the module's buffer. */
const copy = (piece) => {
  ready();
  reserve(piece.length > roomSize ? Math.max(piece.length, PIECE) : 0, 0);
  bytes.set(piece, roomAt);
};

/** Begins with a file. The names of its columns, and what is known, have been handed over. Gives issues, if there are any. */
export const begin = (provider) => told(work(() => wasm.rows_begin(provider, length, flags)) >>> 0, NONE)?.issues;

/** Why no row of the file that was read last is looked at, if any is wrong with it. */
export const fileIssues = () => told(work(() => wasm.rows_issues()) >>> 0, NONE)?.issues ?? [];

/**
 * Reads a file.
 *
 * @param {(end: number, outcome: number) => void} row Told of every record, the header first: where it ends in the file, and
 * what came of it. Behind a header that is refused there are none.
 * @param {(written: Uint8Array) => void} part Given what was written for the payments that pass.
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
    const told = wasm.rows_told();
    for (let count = told; count > 0; count--, at += 8) {
      end = words.getUint32(at, true);
      const outcome = words.getUint32(at + 4, true);
      row(from + end, outcome);
      if (from === 0 && count === told && outcome === 0) return;
    }
    if (length > 0) {
      const start = wasm.output(1) >>> 0;
      part(bytes.slice(start, start + length));
    }
    if (isEnd) return;
    from += end;
    // A record that is longer than a piece.
    size = end === 0 ? size * 2 : PIECE;
  }
};

/** What the module says of so many records of the file that was begun last, behind so many lines; `undefined` where there are not as many. */
export const answers = (records, count, linesBefore, fields) => {
  copy(records);
  const at = work(() => wasm.rows_read(records.length, count, linesBefore)) >>> 0;
  return at === 0 ? undefined : toldOfMany(at, new Array(count).fill(new Array(fields).fill(undefined)));
};

/** What it says of payments of the provider that was begun last; `undefined` where they are too large to be handed over at once. */
export const answersTo = (all) =>
  hand(all.flat(), NONE_KNOWN, NONE, NONE) ? toldOfMany(work(() => wasm.rows_given(all.length, length, flags)) >>> 0, all) : undefined;
