// The page's values as texts, which is what the form takes.

/** The members of an invoice and of a bank transaction. Other members of the page's objects are ignored. */
export const INVOICE = ["id", "number", "balance", "currency", "state", "issued"];
export const TRANSACTION = ["id", "amount", "unallocated", "currency", "datetime", "description"];

/** The text of a value: numbers exactly as JavaScript prints them, dates in ISO 8601. */
const text = (value, path) => {
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
/** The texts of an object's members: of all, or of those with these names. */
export const texts = (object, path, names) => {
  if (object === null || object === undefined) return null;
  if (typeof object !== "object" || Array.isArray(object)) throw new TypeError(`${path} must be an object.`);
  return Object.fromEntries((names ?? Object.keys(object)).map((name) => [name, text(object[name], `${path}.${name}`)]));
};
/** The texts of the members of all objects in an array. */
export const textsOfAll = (objects, path, names) => {
  if (!Array.isArray(objects)) throw new TypeError(`${path} must be an array.`);
  return objects.map((object) => texts(object, `${path}[]`, names));
};
