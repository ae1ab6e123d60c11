// The page's values as texts, which is what the form takes.

import { nearest } from "./remit-names.js";

/** The members of an invoice and of a bank transaction. A page may pass its own records: their other members are ignored. */
export const INVOICE = ["id", "number", "balance", "currency", "state", "issued"];
export const TRANSACTION = ["id", "amount", "unallocated", "currency", "datetime", "description"];

/** The text of a value: numbers exactly as JavaScript prints them, dates in ISO 8601. */
export const text = (value, path) => {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "bigint" || Number.isFinite(value)) return `${value}`;
  // A Date from any realm.
  if (Object.prototype.toString.call(value) === "[object Date]") {
    if (Number.isNaN(+value)) throw new TypeError(`${path} is an invalid Date.`);
    return Date.prototype.toISOString.call(value);
  }
  const kind = Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : typeof value === "number" ? value : `a ${typeof value}`;
  throw new TypeError(`${path} must be a text, a number or a Date, not ${kind}.`);
};
/** Warns about members that are like one that the form reads, and that the object lacks. */
export const warnOfMisspelt = (object, path, names) => {
  for (const name of Object.keys(object)) {
    const meant = names.includes(name) ? undefined : nearest(name, names);
    if (meant && object[meant] === undefined) console.warn(`remit-payments: ${path}.${name} is ignored. Did you mean ${meant}?`);
  }
};

/** The texts of an object's members: of all, or of those with these names. */
export const texts = (object, path, names) => {
  if (object === null || object === undefined) return null;
  if (typeof object !== "object" || Array.isArray(object)) throw new TypeError(`${path} must be an object.`);
  if (names) warnOfMisspelt(object, path, names);
  return Object.fromEntries((names ?? Object.keys(object)).map((name) => [name, text(object[name], `${path}.${name}`)]));
};
/** The texts of the members of all objects in an array. */
export const textsOfAll = (objects, path, names) => {
  if (!Array.isArray(objects)) throw new TypeError(`${path} must be an array.`);
  return objects.map((object) => texts(object, `${path}[]`, names));
};
