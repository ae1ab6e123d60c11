// Many payments at once: rows, or the bytes of a CSV file, which are checked in the module without a crossing for each.

import { answers, begin, fileIssues, isWhole, life, records, whole } from "./boundary.js";

const HEADER = 0;
const ACCEPTED = 1;
/** From here on nobody can say where rows begin. */
const BROKEN = 2;

/** The place of a row, counted from the end where the index is below zero; -1 when there is none. */
const rowAt = (index, length) => {
  const place = index < 0 ? length + index : index;
  return Number.isInteger(place) && place >= 0 && place < length ? place : -1;
};

/** The results for rows that are objects already. */
class Rows {
  #results;

  constructor(results, issues) {
    this.#results = results;
    this.issues = issues;
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

/** Numbers that are added one by one. */
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

/** What the module was begun with last: a file's token, and not the file, whose bytes would be kept with it. */
let current;

/** Begins with rows that are objects, of which `hand` hands over what is known. Gives issues where they cannot be handed over together. */
export const beginRows = (place, hand) => {
  current = undefined;
  return hand() ? begin(place, 0) : [];
};

/** How many bytes of a file are looked at anew at a time, when all of its results are wanted. */
const PIECE = 1 << 15;

/** The results for a CSV file. A row's is made when it is asked for, from the file: keep the bytes as they are. */
class File {
  #token = {};
  #file;
  #schema;
  #ends = new Numbers();
  #outcomes = new Numbers();
  #parts = [];
  #life;
  /** The first row of those that nobody can tell apart: what is wrong with it is wrong with all of them. */
  #broken = Infinity;
  /** The line of the place that was last asked for: others are counted from there. */
  #found = { at: 0, line: 1 };

  constructor(file, schema) {
    this.#file = file;
    this.#schema = schema;
    this.accepted = 0;
    this.issues = this.#begin() ?? [];
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
    // As results are: a proxy could read none of what is private.
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
    return place < 0 ? undefined : this.#results(place, place + 1)[0];
  }

  /** The results for these rows. */
  #results(from, to) {
    if (to > this.#broken + 1) {
      const some = from < this.#broken ? this.#results(from, this.#broken) : [];
      const [broken] = this.#results(this.#broken, this.#broken + 1);
      return [...some, ...new Array(to - from - some.length).fill(broken)];
    }
    // Somebody may have spoken another language meanwhile, or lived in another time zone. A table may ask for something else.
    this.#schema.ready();
    if (current !== this.#token || this.#life !== life) {
      this.#begin();
      records(this.#file.subarray(0, this.#ends.at(HEADER)), () => {}, () => {});
    }
    // Of a buffer that was handed on to somebody else nothing is left.
    const rows = this.#file.length === 0 ? NOTHING : this.#file.subarray(this.#ends.at(from), this.#ends.at(to));
    // What is wrong with a row names its line.
    let areAccepted = true;
    for (let place = from; place < to; place++) areAccepted &&= this.#outcomes.at(place + 1) === ACCEPTED;
    const before = areAccepted ? 0 : this.#lineAt(this.#ends.at(from)) - 1;
    const all = answers(rows, to - from, before, this.#schema.names.length);
    return all?.map(this.#schema.result) ?? Array.from({ length: to - from }, this.#schema.changed);
  }

  /** The line of a place in the file. */
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

  /** The line of the file that a row begins on, the first being 1. */
  line(index) {
    const place = rowAt(index, this.length);
    if (place < 0) return undefined;
    let at = this.#ends.at(place);
    // Lines of nothing may stand before it.
    while (isLineEnd(this.#file[at])) at++;
    return this.#lineAt(at);
  }

  *[Symbol.iterator]() {
    for (let from = 0; from < this.length; ) {
      let to = from + 1;
      while (to < this.length && this.#ends.at(to + 1) - this.#ends.at(from) <= PIECE) to++;
      yield* this.#results(from, to);
      from = to;
    }
  }

  /** Whether the row passes, without making its result. */
  passes(index) {
    const place = rowAt(index, this.length);
    return place >= 0 && this.#outcomes.at(place + 1) === ACCEPTED;
  }

  /** The payments that pass, as CSV in UTF-8: a column for each field, in the provider's order, in their normal form. */
  get csv() {
    const header = new TextEncoder().encode(`${this.#schema.names.join(",")}\n`);
    const parts = [header, ...this.#parts];
    const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

const NOTHING = new Uint8Array();
const NEW_LINE = 10;
const RETURN = 13;
const isLineEnd = (byte) => byte === NEW_LINE || byte === RETURN;
/** The file without the mark that some programs put before everything. */
const unmarked = (file) => (file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? file.subarray(3) : file);

/** The bytes of what may be a CSV file; `undefined` when it is none. */
export const bytesOf = (input) => {
  if (typeof input === "string") return new TextEncoder().encode(isWhole(input) ? input : whole(input));
  if (Object.prototype.toString.call(input) === "[object ArrayBuffer]") return new Uint8Array(input);
  return ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : undefined;
};

/** The file in UTF-8, without a mark. In UTF-16 it has to begin with one; what is not text in it is left to the module to tell. */
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
