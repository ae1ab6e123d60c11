// The short way across to WebAssembly: all texts of a payment in one buffer each way, numbers in the call. How they lie
// there is said in crates/remit-wasm/src/packed.rs.

import * as glue from "#glue";
import { open } from "#load";

const HEAD = 5;
const ABSENT = 0xffff_ffff;
const FAULT = 0xffff_ffff;
/** What the module is handed at most: no payment comes near it, nor do the transactions of a year. */
const MOST = 1 << 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let exports;
let bytes;
let words;
let address = 0;
let capacity = 0;

/** The module's functions. The first call makes it ready. */
const wasm = () => {
  exports ??= glue.initSync({ module: open() });
  return glue;
};

const refresh = () => {
  if (bytes?.buffer === exports.memory.buffer) return;
  bytes = new Uint8Array(exports.memory.buffer);
  words = new DataView(exports.memory.buffer);
};

/** Half of a surrogate pair is no character. As one that the core refuses it is told; the encoder would change it. */
const whole = (text) => (/\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, "\uffff") : text);

const write = (text, at) => {
  const { length } = text;
  let index = 0;
  for (; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) break;
    bytes[at + index] = unit;
  }
  if (index === length) return length;
  return index + encoder.encodeInto(whole(text.slice(index)), bytes.subarray(at + index)).written;
};

/**
 * Puts a payment into the module's buffer.
 *
 * @param {number[]} head The five words at the start.
 * @param {(string | undefined)[][]} parts The texts, in the order that was agreed.
 * @returns {boolean} Whether it fits: nothing is handed over that is too large to be a payment.
 */
export const hand = (head, parts) => {
  wasm();
  let count = HEAD;
  let units = 0;
  for (const texts of parts) {
    count += texts.length;
    for (const text of texts) if (text !== undefined) units += text.length;
  }
  // A unit of UTF-16 is at most three bytes of UTF-8.
  const size = count * 4 + units * 3;
  if (size > MOST) return false;
  if (size > capacity) {
    capacity = Math.max(size, 4096);
    address = glue.input(capacity);
  }
  refresh();
  for (let index = 0; index < HEAD; index++) words.setUint32(address + index * 4, head[index], true);
  let word = address + HEAD * 4;
  let at = address + count * 4;
  for (const texts of parts) {
    for (const text of texts) {
      const length = text === undefined ? ABSENT : write(text, at);
      words.setUint32(word, length, true);
      word += 4;
      if (length !== ABSENT) at += length;
    }
  }
  return true;
};

/** What the module says of the payment in its buffer; `undefined` when it passes as it was given. */
export const said = (provider, given) => told(glue.parse(provider) >>> 0, given);

/** The text that the module has written. */
const written = (length) => {
  refresh();
  const at = glue.output(true);
  return decoder.decode(bytes.subarray(at, at + length));
};

/** What the module has written as JSON; `undefined` when that is nothing. */
const json = (length) => (length === 0 ? undefined : JSON.parse(written(length)));

/** Local times are from now on read as `ask` says. */
export const zone = (ask) => wasm().zone(ask);

/** Every provider with its fields. */
export const providers = () => json(wasm().write_providers());

/** The request for the payment that was handed over. */
export const request = (provider) => json(glue.write_request(provider));

/** What the answer that was handed over means. */
export const receipt = (provider) => json(glue.write_receipt(provider));

/** Whether sentences are from now on those of a table, which is JSON; without one they are English. */
export const sentences = (table = "") => {
  wasm();
  const all = encoder.encode(table);
  copy(all);
  return glue.sentences(all.length);
};

/** What the module has written down about a payment: `length` is 1 more than that of its text. */
const told = (length, given) => {
  if (length === 0) return undefined;
  if (length === FAULT) throw new Error("remit-payments: the module and its script are not of the same version.");
  const text = written(length - 1);
  let word = glue.output(false);
  let start = 0;
  const next = () => {
    const value = words.getUint32(word, true);
    word += 4;
    return value;
  };
  const piece = (units) => text.slice(start, (start += units));
  const [issues, notices] = [next(), next()];
  const values =
    issues === 0
      ? given.map((text) => {
          const kind = next();
          return kind === 0 ? undefined : kind === 1 ? text : piece(kind - 2);
        })
      : undefined;
  const findings = (count) => {
    const all = [];
    for (let index = 0; index < count; index++) {
      const size = next();
      const [field, code, message] = [piece(next()), piece(next()), piece(next())];
      const params = {};
      for (let param = 0; param < size; param++) {
        const name = piece(next());
        params[name] = piece(next());
      }
      all.push({ field, code, params, message });
    }
    return all;
  };
  return { values, issues: findings(issues), notices: findings(notices) };
};

/** How many bytes of a file are handed over at a time. */
const PIECE = 1 << 18;

/** Copies bytes into the module's buffer. */
const copy = (piece) => {
  if (piece.length > capacity) {
    capacity = Math.max(piece.length, PIECE);
    address = glue.input(capacity);
  }
  refresh();
  bytes.set(piece, address);
};

/** Begins with a file. The names of its columns, and what is known, have been handed over. Gives issues, if there are any. */
export const begin = (provider, delimiter) =>
  glue.rows_begin(provider, delimiter) === 0 ? undefined : told(glue.output_length() + 1, NONE).issues;

const NONE = [];

/**
 * Reads a file.
 *
 * @param {(end: number, outcome: number) => void} row Told of every record, the header first: where it ends in the file, and
 * what came of it.
 * @param {(written: Uint8Array) => void} part Given what was written for the payments that pass.
 */
export const records = (file, row, part) => {
  for (let from = 0; ; from += PIECE) {
    const piece = file.subarray(from, from + PIECE);
    copy(piece);
    const isEnd = from + PIECE >= file.length;
    const length = glue.rows(piece.length, isEnd);
    refresh();
    let word = glue.output(false);
    for (let count = glue.rows_told(); count > 0; count--, word += 8) {
      row(from + words.getUint32(word, true), words.getUint32(word + 4, true));
    }
    if (length > 0) {
      const at = glue.output(true);
      part(bytes.slice(at, at + length));
    }
    if (isEnd) return;
  }
};

/** What the module says of one record of the file that was begun last. */
export const record = (bytes, fields) => {
  copy(bytes);
  return told(glue.row(bytes.length) >>> 0, new Array(fields).fill(undefined));
};
