// Attributes that a framework writes if it renders before the element is defined. It then sets attributes where it would otherwise
// set properties: `disabled="false"`, `baseurl="…"`, `invoice="[object Object]"`.

import { ATTRIBUTES, FLAGS, PROPERTIES } from "./remit-declared.js";

const EARLIER = "The page set it before the element was defined: import the element before the page renders it, or set";
/** The text of an object, or of several. */
const isOfObject = (text) => /^\[object \w+\](,\[object \w+\])*$/.test(text);
const warn = (element, message) => console.warn(`<${element.localName}>: ${message}`);

/** Removes an attribute such as `disabled="false"`, which HTML would read as set. */
export const clearFalse = (element, name, value) => {
  if (value !== "false" || !FLAGS.includes(name)) return;
  element.removeAttribute(name);
  warn(element, `${name}="false" is read as false. Remove the attribute to say the same.`);
};

/** Gives attributes such as `baseurl` their hyphens: HTML has put the property's name in lower case. */
export const nameInFull = (element) => {
  for (const name of ATTRIBUTES.filter((name) => name.includes("-"))) {
    const joined = name.replaceAll("-", "");
    if (!element.hasAttribute(joined) || element.hasAttribute(name)) continue;
    element.setAttribute(name, element.getAttribute(joined));
    warn(element, `the attribute ${joined} is read as ${name}.`);
  }
};

/** Reads a property from its attribute, which must be JSON. Throws a TypeError if the page's object is lost. */
const parsed = (name, text) => {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object") return value;
  } catch {
    // Reported below, like a number or another value that is no object.
  }
  throw new TypeError(`${name} is lost: its attribute is the text "${text}". ${EARLIER} the property ${name}.`);
};

/** Sets each property that has an attribute, unless `isSet` returns true: then the page has set it. */
export const readProperties = (element, isSet) => {
  for (const name of PROPERTIES) {
    const text = element.getAttribute(name);
    if (text && name in element && !isSet(name)) element[name] = parsed(name, text);
  }
};

/** Throws a TypeError for an attribute that is the text of an object. */
export const refuseObjects = (element) => {
  for (const name of ATTRIBUTES) {
    const text = element.getAttribute(name) ?? "";
    if (isOfObject(text)) throw new TypeError(`${name} must be a text, not an object: its attribute is "${text}".`);
  }
};
