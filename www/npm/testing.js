// Doubles of the elements, for the tests of a page that contains them. They have the same attributes, properties, methods and events,
// need no WebAssembly and no network, and answer as the test tells them.

import { EVENTS } from "../remit-declared.js";
import { instead } from "../remit-names.js";
import { classesOf } from "./testing/element.js";
import { outcomeOf } from "./testing/outcomes.js";

const DOUBLE = "isRemitDouble";
const TAGS = { RemitPayment: "remit-payment", RemitInvoice: "remit-invoice" };

const fresh = () => ({ queue: [], usual: outcomeOf("recorded"), sent: [] });
/** The outcomes of the next requests, the outcome of all others, and the submissions. A test that both imports and requires this entry
    has it twice, so the page keeps them. */
const told = (globalThis[Symbol.for("remit-payments/testing")] ??= fresh());

/** What the elements ask for each confirmed payment. */
const host = {
  next: () => (told.queue.length > 0 ? told.queue.shift() : told.usual),
  sent: (submission) => void told.sent.push(Object.freeze(submission)),
};

const isDouble = (element) => element?.constructor?.[DOUBLE] === true;
const requireDouble = (element, name) => {
  if (!isDouble(element)) throw new TypeError(`${name}: the element must be a <remit-payment> or <remit-invoice> after defineElements().`);
};

/** Defines the doubles as <remit-payment> and <remit-invoice>, and returns their classes. Calling it again has no effect. */
export const defineElements = () => {
  if (typeof customElements === "undefined" || typeof HTMLElement === "undefined") {
    throw new Error("defineElements: this environment has no custom elements. Run the test in jsdom, happy-dom or a browser.");
  }
  const defined = Object.entries(TAGS).map(([name, tag]) => [name, customElements.get(tag)]);
  if (defined.every(([, type]) => type?.[DOUBLE])) return Object.fromEntries(defined);
  if (defined.some(([, type]) => type)) {
    throw new Error("defineElements: remit-payments/widget has already defined the real elements. Call defineElements() before it is imported.");
  }
  const classes = classesOf(HTMLElement, host);
  for (const [name, tag] of Object.entries(TAGS)) {
    Object.defineProperty(classes[name], DOUBLE, { value: true });
    customElements.define(tag, classes[name]);
  }
  return classes;
};

/** Sets the outcome of every payment from now on. Removes the outcomes of `respondOnce`. */
export const respondWith = (outcome) => {
  Object.assign(told, { usual: outcomeOf(outcome), queue: [] });
};

/** Sets the outcomes of the next payments, in their order. */
export const respondOnce = (...outcomes) => void told.queue.push(...outcomes.map((outcome) => outcomeOf(outcome)));

/** The confirmed payments and invoices, in their order. */
export const submissions = () => Object.freeze([...told.sent]);

/** Forgets all submissions and outcomes: each payment is recorded again. Call it after each test. */
export const resetElements = () => {
  Object.assign(told, fresh());
};

/** Enters values as a person does, by field name. */
export const enter = (element, values) => {
  requireDouble(element, "enter");
  element._enter(values);
};

/** Confirms the payment as a person does: opens the review, and presses its button. Returns a promise of the outcome. */
export const confirm = (element) => {
  requireDouble(element, "confirm");
  return element._complete();
};

/** Brings the response to a payment that is still being sent, as after `respondWith("never")`. */
export const answer = (element, outcome) => {
  requireDouble(element, "answer");
  const whole = outcomeOf(outcome);
  if (whole === undefined) throw new TypeError('answer: the outcome must not be "never".');
  element._answer(whole);
};

/** Fires an event that no entry causes, such as `remit-session-expired`. Returns false if a listener has cancelled it. */
export const announce = (element, name, detail = {}) => {
  requireDouble(element, "announce");
  const names = Object.values(EVENTS);
  if (!names.includes(name)) throw new TypeError(`announce: there is no event ${name}. Did you mean ${instead(name, names)}?`);
  return element._announce(name, detail);
};
