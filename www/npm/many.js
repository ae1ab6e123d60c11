// Checks many payments: rows that are objects, or a CSV file, whose bytes the module checks with few calls.

import { answers, begin, fileIssues, isWhole, life, records, whole } from "./boundary.js";

const NO_ISSUES = Object.freeze([]);
const HEADER = 0;
const ACCEPTED = 1;
/** From this line on, the start of each row is unknown. */
const BROKEN = 2;

/** The index of a row. A negative index counts from the end. Returns -1 if the row does not exist. */
const rowAt = (index, length) => {
  const place = index < 0 ? length + index : index;
  return Number.isInteger(place) && place >= 0 && place < length ? place : -1;
};

/** The results for rows that are objects. */
class Rows {
  #results;

  constructor(results, issues) {
    this.#results = results;
    this.issues = Object.freeze(issues);
    this.length = results.length;
    this.accepted = results.filter(({ ok }) => ok).length;
    this.refused = this.length - this.accepted;
    Object.freeze(this);
  }

  at(index) {
    return this.#results[rowAt(index, this.length)];
  }

  passes(index) {
    return this.at(index)?.ok ?? false;
  }

  line() {
    return undefined;
  }

  *[Symbol.iterator]() {
    yield* this.#results;
  }
}

/** A growing list of 32-bit numbers. */
class Numbers {
  #all = new Uint32Array(1024);
  length = 0;

  add(number) {
    if (this.length === this.#all.length) {
      const more = new Uint32Array(this.length * 2);
      more.set(this.#all);
      this.#all = more;
    }
    this.#all[this.length++] = number;
  }

  at(index) {
    return this.#all[index];
  }
}

/** The token of the file whose batch is current in the module. A reference to the file itself would keep its bytes in memory. */
let current;

/** Starts a batch of rows that are objects. `hand` passes the options to the module. Returns issues if the rows cannot be passed together. */
export const beginRows = (place, hand) => {
  current = undefined;
  return hand() ? begin(place) : [];
};

/** The number of bytes that are read again at a time when rows are read in order. */
const PIECE = 1 << 15;

/** The results for a CSV file. A row's result is made from the bytes on demand, so the bytes must not change. */
class File {
  #token = {};
  #file;
  #schema;
  #ends = new Numbers();
  #outcomes = new Numbers();
  #parts = [];
  #csv;
  #life;
  /** The first row whose end is unknown. All later rows have its issue. */
  #broken = Infinity;
  /** The results that were read last. */
  #block = { from: -1, results: [] };
  /** The last offset that was looked up, and its line. Other lines are counted from it. */
  #found = { at: 0, line: 1 };

  constructor(file, schema) {
    this.#file = file;
    this.#schema = schema;
    this.accepted = 0;
    this.issues = this.#begin() ?? NO_ISSUES;
    if (this.issues.length === 0) {
      const row = (end, outcome) => {
        if (outcome === BROKEN) this.#broken = Math.min(this.#broken, this.#ends.length - 1);
        if (outcome === ACCEPTED && this.#ends.length > 0) this.accepted++;
        this.#ends.add(end);
        this.#outcomes.add(outcome);
      };
      records(file, row, (part) => this.#parts.push(part));
      this.issues = fileIssues();
    }
    const isRead = this.issues.length === 0;
    if (!isRead) {
      this.accepted = 0;
      this.#parts = [];
    }
    this.length = isRead ? Math.max(this.#ends.length - 1, 0) : 0;
    this.refused = this.length - this.accepted;
    // Frozen like results: a proxy cannot read private members, and Vue does not wrap frozen objects.
    Object.freeze(this);
  }

  #begin() {
    this.#schema.hand();
    current = undefined;
    const issues = begin(this.#schema.place);
    current = this.#token;
    this.#life = life;
    return issues;
  }

  at(index) {
    const place = rowAt(index, this.length);
    if (place < 0) return undefined;
    const { from, results } = this.#block;
    const at = place - from;
    if (at >= 0 && at < results.length) return results[at];
    // A row that follows the last one is probably followed by the next one.
    const to = at === results.length ? this.#endOfBlock(place) : place + 1;
    this.#block = { from: place, results: this.#results(place, to) };
    return this.#block.results[0];
  }

  /** The end of the block of rows that begins at this row, and that is read at a time. */
  #endOfBlock(from) {
    let to = from + 1;
    while (to < this.length && this.#ends.at(to + 1) - this.#ends.at(from) <= PIECE) to++;
    return to;
  }

  /** The results for the rows from `from` up to, but not including, `to`. */
  #results(from, to) {
    if (to > this.#broken + 1) {
      const some = from < this.#broken ? this.#results(from, this.#broken) : [];
      const [broken] = this.#results(this.#broken, this.#broken + 1);
      return [...some, ...new Array(to - from - some.length).fill(broken)];
    }
    // Another call may have set another language or time zone, or started another batch. A getter of the table may do so as well.
    this.#schema.ready();
    if (current !== this.#token || this.#life !== life) {
      this.#begin();
      records(this.#file.subarray(0, this.#ends.at(HEADER)), () => {}, () => {});
    }
    // A buffer that was transferred is empty.
    const rows = this.#file.length === 0 ? NOTHING : this.#file.subarray(this.#ends.at(from), this.#ends.at(to));
    // Issues name the line of their row, so the lines before it are counted.
    let areAccepted = true;
    for (let place = from; place < to; place++) areAccepted &&= this.#outcomes.at(place + 1) === ACCEPTED;
    const before = areAccepted ? 0 : this.#lineAt(this.#ends.at(from)) - 1;
    const { names, place, wantsRequest } = this.#schema;
    const all = answers(rows, to - from, before, names.length, place, wantsRequest());
    return all?.map(this.#schema.result) ?? Array.from({ length: to - from }, this.#schema.changed);
  }

  /** The line of an offset in the file. */
  #lineAt(place) {
    const { at, line } = this.#found;
    const [from, known] = place < at - place ? [0, 1] : [at, line];
    const step = place < from ? -1 : 1;
    let found = known;
    for (let at = Math.min(from, place); at < Math.max(from, place); at++) {
      if (this.#file[at] === NEW_LINE || (this.#file[at] === RETURN && this.#file[at + 1] !== NEW_LINE)) found += step;
    }
    this.#found = { at: place, line: found };
    return found;
  }

  /** The line of the file on which a row begins, from 1. */
  line(index) {
    const place = rowAt(index, this.length);
    if (place < 0) return undefined;
    let at = this.#ends.at(place);
    // Skips empty lines before the row.
    while (isLineEnd(this.#file[at])) at++;
    return this.#lineAt(at);
  }

  *[Symbol.iterator]() {
    for (let from = 0; from < this.length; ) {
      const to = this.#endOfBlock(from);
      yield* this.#results(from, to);
      from = to;
    }
  }

  /** Whether a row is accepted. Does not make its result. */
  passes(index) {
    const place = rowAt(index, this.length);
    return place >= 0 && this.#outcomes.at(place + 1) === ACCEPTED;
  }

  /** The accepted payments as CSV in UTF-8: normalised values, with one column for each field, in the provider's order. */
  get csv() {
    if (this.#csv !== undefined) return this.#csv;
    const header = new TextEncoder().encode(`${this.#schema.names.join(",")}\n`);
    const parts = [header, ...this.#parts];
    const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    return (this.#csv = all);
  }
}

const NOTHING = new Uint8Array();
const NEW_LINE = 10;
const RETURN = 13;
const isLineEnd = (byte) => byte === NEW_LINE || byte === RETURN;
/** The file without a UTF-8 byte order mark. */
const unmarked = (file) => (file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? file.subarray(3) : file);

/** The bytes of a CSV file; `undefined` if the input has no type that a file can have. */
export const bytesOf = (input) => {
  if (typeof input === "string") return new TextEncoder().encode(isWhole(input) ? input : whole(input));
  if (Object.prototype.toString.call(input) === "[object ArrayBuffer]") return new Uint8Array(input);
  return ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : undefined;
};

/** The file in UTF-8, without a byte order mark. UTF-16 is recognised by its mark. The module reports bytes that are not text. */
const plain = (file) => {
  const encoding = file[0] === 0xff && file[1] === 0xfe ? "utf-16le" : file[0] === 0xfe && file[1] === 0xff ? "utf-16be" : undefined;
  if (encoding === undefined) return unmarked(file);
  try {
    return new TextEncoder().encode(new TextDecoder(encoding, { fatal: true }).decode(file));
  } catch {
    return file;
  }
};

export const ofFile = (file, schema) => new File(plain(file), schema);
export const ofRows = (results, issues) => new Rows(results, issues);
