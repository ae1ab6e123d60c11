// <remit-payment> and <remit-invoice>: the custom elements around the form. The form itself is WebAssembly. These classes
// contain the parts that need a class: the shadow root, attributes and properties, and the element's lifecycle.

import { ATTRIBUTES, FIELDS, FIELD_NAMES, FLAGS, OPTIONS, PROPERTIES } from "./remit-declared.js";
import { module, remedy, sheetFor, style, table } from "./remit-resources.js";
import { internalsOf, requireInternals } from "./remit-internals.js";
import { clearFalse, nameInFull, readProperties, refuseObjects } from "./remit-markup.js";
import { INVOICE, TRANSACTION, texts, textsOfAll, warnOfMisspelt } from "./remit-values.js";
import { Widget } from "./remit-element.js";

/** The locales with a table of sentences. English is part of the module. */
const LOCALES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "nl", "pt"];
const RIGHT_TO_LEFT = ["ar", "he"];
/** The browser's own words for a required control without a value, in the browser's language. */
const missing = () => Object.assign(document.createElement("input"), { required: true }).validationMessage || "Required";

/** The common base of both elements. */
class RemitElement extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = [...OPTIONS, ...Object.keys(FIELDS), "required"];

  #internals = internalsOf(this);
  #set = { invoice: null, transactions: [] };
  #credentials = null;
  /** The properties that the page has set. */
  #given = new Set();
  /** The entered values while the form is not mounted, and whether the user entered them. */
  #kept = "{}";
  #keptIsDirty = false;
  /** The form. A form that was freed must not be called, so this is undefined from then on. */
  #widget;
  #disabled = false;
  #connected = false;
  #queued = false;
  /** Counts the changes. If several are waiting for a file, only the last is applied. */
  #change = 0;
  /** A language whose table could not be loaded. It is not requested again until the element changes its language. */
  #withoutTable;
  /** The element's value in the form around it: the recorded payment as JSON, or null. */
  #recorded = null;
  /** The message that the page has set with setCustomValidity. */
  #custom = "";
  /** The options of a call to focus() that waits for the form. */
  #focusLater;
  /** The window that asks the user before the page is left. */
  #window;

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.#fallBack();
    this.#on(["success"], ({ payment, invoice, outcome }) => {
      this.#recorded = JSON.stringify({ ...payment, ...invoice, ...outcome, raw: undefined });
    });
    // The form value belongs to the recorded payment, not to the next one.
    this.#on(["change"], () => (this.#recorded = null));
    this.#on(["ready", "change", "submit", "success", "failure", "unknown", "remove"], () => this.#report());
    this.#on(["success", "failure", "unknown", "remove"], () => queueMicrotask(() => this.isConnected || this.#leave()));
    // Some buttons change the page of the form without an event.
    this.shadowRoot.addEventListener("click", () => this.#report());
    // The control that the browser focuses may have been replaced.
    this.addEventListener("invalid", () => this.#report());
    this.addEventListener("click", this.#clicked);
  }

  /** Listens to the element's own events, not to those of an element among its children. */
  #on(names, listener) {
    for (const name of names) {
      this.addEventListener(`remit-${name}`, ({ target, detail }) => target === this && listener(detail));
    }
  }

  /** A click on a label reaches the element itself, without a position inside it. */
  #clicked = (event) => {
    if (event.composedPath()[0] !== this || this.labels.length === 0) return;
    const { left, right, top, bottom } = this.getBoundingClientRect();
    const { clientX: x, clientY: y, detail } = event;
    if (detail === 0 || x < left || x > right || y < top || y > bottom) this.focus();
  };

  /** Asks the user to stay: the entered values, or the outcome of a request, would be lost. */
  #stay = (event) => {
    if (this.#widget?.busy || this.dirty) event.preventDefault();
  };

  #watch(window) {
    this.#window?.removeEventListener("beforeunload", this.#stay);
    this.#window = window;
    this.#window?.addEventListener("beforeunload", this.#stay);
  }

  connectedCallback() {
    // Apply properties that were set before the class was defined.
    for (const name of [...PROPERTIES, ...ATTRIBUTES.map(camel)]) {
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    nameInFull(this);
    this.#watch(this.ownerDocument.defaultView);
    this.#connected = true;
    this.#report();
    this.#changed();
  }

  disconnectedCallback() {
    // A moved element is disconnected and connected again in the same turn, and keeps its form.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#connected = false;
      this.#leave();
      if (!this.#widget) this.#watch(undefined);
    });
  }

  adoptedCallback() {
    this.#dress();
  }

  /** Unmounts the form, unless it is busy: the page must receive the outcome of a request in progress, and an unknown
      outcome must survive the removal of the element. */
  #leave() {
    if (!this.#widget?.busy) this.#unmount();
  }

  attributeChangedCallback(name, _, value) {
    clearFalse(this, name, value);
    if (name === "required") this.#report();
    else this.#changed();
  }

  formDisabledCallback(disabled) {
    this.#disabled = disabled;
    this.#changed();
  }

  formResetCallback() {
    this.reset();
  }

  /** Puts the entered values back after the browser has reloaded the page or returned to it. */
  formStateRestoreCallback(state) {
    try {
      this.#kept = JSON.stringify(texts(JSON.parse(state), "state"));
    } catch {
      return;
    }
    this.#keptIsDirty = true;
    this.#widget?.restore(this.#kept);
    this.#report();
  }

  /** Applies all changes of one turn together. */
  #changed() {
    if (!this.#connected || this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#apply((this.#change += 1));
    });
  }

  /** Passes the page's options to the form, and mounts it if necessary. */
  async #apply(change) {
    try {
      requireInternals(this.#internals);
      const language = this.#language();
      const [messages] = await Promise.all([this.#sentences(language), style(), module()]);
      if (change !== this.#change || !this.#connected) return;
      const options = this.#options(messages ? language : "en", messages);
      if (this.#widget) {
        this.#widget.configure(options);
        this.#widget.block("");
        this.#report();
      } else {
        this.#mount(options);
      }
    } catch (error) {
      if (change === this.#change) this.#failed(error);
    }
  }

  #mount(options) {
    const root = document.createElement("div");
    this.#widget = new Widget(root, this, options);
    if (this.#keptIsDirty) this.#widget.restore(this.#kept);
    else this.#widget.value = this.#kept;
    this.#dress();
    this.shadowRoot.replaceChildren(root);
    this.#tell("remit-ready", { provider: this.#widget.provider });
    const later = this.#focusLater ?? (this.autofocus ? {} : undefined);
    this.#focusLater = undefined;
    // Someone who has moved on meanwhile keeps their place.
    if (later && this.ownerDocument.activeElement?.contains(this)) this.focus(later);
  }

  #dress() {
    if (this.#widget && this.ownerDocument.defaultView) this.shadowRoot.adoptedStyleSheets = [sheetFor(this.ownerDocument)];
  }

  #unmount() {
    if (!this.#widget) return;
    // Nobody wants to record the same payment again.
    const isRecorded = this.#widget.phase === "recorded";
    this.#kept = isRecorded ? "{}" : this.#widget.value;
    this.#keptIsDirty = this.#widget.dirty;
    const widget = this.#widget;
    this.#widget = undefined;
    widget.free();
    this.#fallBack();
  }

  /** Shows the page's own content, or else a text. It can take the focus, so that the browser can show why the form around the
      element cannot be submitted. */
  #fallBack(text = "") {
    const [frame, slot] = [document.createElement("span"), document.createElement("slot")];
    frame.tabIndex = -1;
    slot.textContent = text;
    frame.append(slot);
    this.shadowRoot.replaceChildren(frame);
  }

  /** A language's table of sentences. If it cannot be loaded, the form is in English. */
  async #sentences(language) {
    if (language === this.#withoutTable) return undefined;
    this.#withoutTable = undefined;
    try {
      return await table(language);
    } catch (error) {
      console.warn(`<${this.localName}>: the sentences in the language "${language}" could not be loaded, so the form is in English.`, error);
      this.#withoutTable = language;
      return undefined;
    }
  }

  /** Tells the form around the element whether it may be submitted, and the browser what to restore after a reload. */
  #report() {
    const problem = this.#custom || (this.#widget?.problem ?? "");
    const valueMissing = this.required && this.#recorded === null;
    if (problem || valueMissing) {
      this.#internals.setValidity({ customError: problem !== "", valueMissing }, problem || missing(), this.#focusable());
    } else {
      this.#internals.setValidity({});
    }
    // Not during or after a request: entries that are put back would invite a second payment.
    const isKept = this.dirty && !this.#widget?.busy;
    this.#internals.setFormValue(this.#recorded, isKept ? JSON.stringify(this.value) : "");
  }

  /** The control that focus() focuses: the first one, or else the current page of the form. */
  #focusable() {
    const first = ".form :is(input, select, textarea):not(:disabled)";
    return this.shadowRoot.querySelector(first) ?? this.shadowRoot.querySelector("[tabindex='-1']") ?? undefined;
  }

  /** The locale for numbers and dates. */
  #locale() {
    return valid(this.locale || spoken(languageAround(this)));
  }

  /** The language of the sentences: the locale's if it has a table, otherwise English. */
  #language() {
    const locale = this.#locale();
    return [locale, new Intl.Locale(locale).language].find((tag) => LOCALES.includes(tag)) ?? "en";
  }

  #options(language, messages) {
    refuseObjects(this);
    readProperties(this, (name) => this.#given.has(name));
    const preset = Object.entries(FIELDS).map(([attribute, field]) => [field, this.getAttribute(attribute) ?? ""]);
    return JSON.stringify({
      purpose: this.constructor.purpose,
      provider: this.provider,
      baseUrl: this.baseUrl,
      session: this.session,
      locale: this.#locale(),
      language,
      rightToLeft: RIGHT_TO_LEFT.includes(language),
      disabled: this.#disabled || this.disabled,
      removable: this.removable,
      preset: Object.fromEntries(preset),
      invoice: texts(this.#set.invoice, "invoice", INVOICE),
      transactions: textsOfAll(this.#set.transactions, "transactions", TRANSACTION),
      credentials: texts(this.#credentials, "credentials"),
      messages,
    });
  }

  /** Without a form, shows the page's own content. A form that is mounted stays, with its outcome, but records nothing until
      the page's options are valid: it could pay another invoice than the page shows. */
  #failed(error) {
    const message = remedy(error) + (error?.message ?? error);
    try {
      if (this.#widget) this.#widget.block(message);
      else this.#fallBack("The form could not be loaded.");
    } finally {
      this.#complain(message, error);
    }
  }

  /** Reports an error of the page in the console and as an event. */
  #complain(message, error) {
    console.error(`<${this.localName}>: ${message}`, error);
    this.#tell("remit-load-error", { message });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** The phase of the form: loading, editing, review, sending, handed-over, recorded, refused, not-sent or unknown. */
  get state() {
    return this.#widget?.phase ?? "loading";
  }

  /** Sets an option that only one of the elements has. */
  _set(name, value) {
    this.#given.add(name);
    this.#set[name] = value;
    this.#changed();
  }
  _get(name) {
    return this.#set[name];
  }
  /** Whether the provider and the identifier are those of the page's invoice, however its identifier is spelled. */
  _isInvoice(provider, id) {
    return this.#widget?.provider === provider && this.#widget.isInvoice(id);
  }

  /** The user's own key, for a trusted page that calls the provider directly. Kept in memory; the getter returns null. */
  get credentials() {
    return null;
  }
  set credentials(credentials) {
    this.#given.add("credentials");
    this.#credentials = credentials;
    this.#changed();
  }

  /** The entered values as texts by field name, with amounts as decimal text. */
  get value() {
    return JSON.parse(this.#widget?.value ?? this.#kept);
  }
  set value(value) {
    this.#given.add("value");
    try {
      this.#kept = JSON.stringify(texts(value, "value") ?? {});
      warnOfMisspelt(value ?? {}, "value", FIELD_NAMES);
    } catch (error) {
      return this.#complain(error.message, error);
    }
    this.#keptIsDirty = false;
    if (this.#widget) this.#widget.value = this.#kept;
    this.#report();
  }

  /** Whether the user has entered something that is not recorded. */
  get dirty() {
    return this.#widget?.dirty ?? this.#keptIsDirty;
  }

  /** Shows every issue, as a failed submission does. Never opens the review. Returns whether the entered values are valid. */
  validate() {
    return this.#widget?.validate() ?? false;
  }

  /** Does the same as the form's button: checks the entered values and opens the review. Never sends a request. Returns
      whether the review opened. */
  submit() {
    const isOpen = this.#widget?.submit() ?? false;
    this.#report();
    return isOpen;
  }

  /** Looks for the payment if its outcome is unknown, as the form's button "Check again" does. Never sends the payment again.
      Returns whether there is an unknown outcome. */
  checkOutcome() {
    return this.#widget?.check() ?? false;
  }

  /** Focuses the first control, or the current page of the form. If the form is not loaded yet, does so once it is. */
  focus(options) {
    // As for a shadow root that delegates the focus: it stays where it is in the form.
    if (this.shadowRoot.activeElement) return;
    if (this.#widget) this.#focusable()?.focus(options);
    else this.#focusLater = options ?? {};
  }

  /**
   * Accepts the response to a payment that the page sent itself after it canceled remit-submit: {status, headers, body}, or
   * null without a response. The form shows the outcome. Returns whether the form was waiting for a response.
   */
  settle(response) {
    const { status, headers, body } = response ?? {};
    if (response != null && !Number.isInteger(status)) {
      throw new TypeError("settle: the response must be {status, headers, body}, or null if none arrived.");
    }
    const named = Object.fromEntries(headers?.entries?.() ?? Object.entries(headers ?? {}));
    return this.#widget?.settle(JSON.stringify(response ? { status, headers: named, body: `${body ?? ""}` } : null)) ?? false;
  }

  /** Clears the entered values. A pending payment, and an outcome that the user has not acknowledged, stay. */
  reset() {
    if (this.#widget?.busy || this.state === "recorded") return;
    this.#kept = "{}";
    this.#keptIsDirty = false;
    this.#recorded = null;
    this.#widget?.reset();
    this.#report();
  }

  // The interface of a form control.

  /** The form around the element. */
  get form() {
    return this.#internals.form;
  }
  /** The element's labels. */
  get labels() {
    return this.#internals.labels;
  }
  /** The element's name: `remit-payment` or `remit-invoice`. */
  get type() {
    return this.localName;
  }
  /** Whether the form around the element checks it: not if it is disabled. */
  get willValidate() {
    return this.#internals.willValidate;
  }
  /** Whether the form around the element may be submitted, and what stands against it. */
  get validity() {
    this.#report();
    return this.#internals.validity;
  }
  /** What stands against submitting the form around the element, as a sentence. */
  get validationMessage() {
    this.#report();
    return this.#internals.validationMessage;
  }
  /** Returns whether the form around the element may be submitted: no entries are unrecorded, no outcome is open and, if the
      element is `required`, a payment is recorded. */
  checkValidity() {
    this.#report();
    return this.#internals.checkValidity();
  }
  /** Does the same as checkValidity(), and the browser shows what stands against it. */
  reportValidity() {
    this.#report();
    return this.#internals.reportValidity();
  }
  /** Sets a message that keeps the form around the element from being submitted; an empty one allows it again. */
  setCustomValidity(message) {
    this.#custom = `${message ?? ""}`;
    this.#report();
  }
}

/** The element that records a payment. */
class RemitPayment extends RemitElement {
  static purpose = "record_payment";

  constructor() {
    super();
    for (const name of ["remit-success", "remit-remove"]) {
      this.addEventListener(name, ({ target, detail: { provider, payment, invoiceId, outcome } }) => {
        if (target !== this || !["recorded", "unknown"].includes(outcome.state)) return;
        this.#updateInvoice(provider, invoiceId ?? payment.invoiceId, outcome);
      });
    }
  }

  /** Replaces the outdated balance and state of the invoice. Offering to pay the old balance would invite a second payment. */
  #updateInvoice(provider, id, { currency, balance }) {
    const { invoice } = this;
    if (!invoice || !this._isInvoice(provider, id)) return;
    const state = ["void", "draft"].includes(invoice.state) ? invoice.state : null;
    const isSame = currency === `${invoice.currency ?? this.currency}`.trim().toUpperCase();
    this.invoice = { ...invoice, state, balance: isSame ? balance : null };
  }

  /** The invoice to pay: {id, number, balance, currency, state, issued}. The balance is decimal text; the state is draft,
      open, partial, paid or void. */
  get invoice() {
    return this._get("invoice");
  }
  set invoice(invoice) {
    this._set("invoice", invoice);
  }

  /** Bank transactions to choose from: [{id, amount, unallocated, currency, datetime, description}]. */
  get transactions() {
    return this._get("transactions");
  }
  set transactions(transactions) {
    this._set("transactions", transactions ?? []);
  }
}

/** The element that adds an invoice, for providers that support it. */
class RemitInvoice extends RemitElement {
  static purpose = "add_invoice";
}

const camel = (attribute) => attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
/** The nearest `lang` around an element, across shadow roots. */
const languageAround = (node) => node && (node.closest("[lang]")?.lang ?? languageAround(node.getRootNode().host));
/** The user's own variant of a language: readers of a page in `en` may write dates as in en-GB or as in en-US. */
const spoken = (lang) => (lang ? (navigator.languages.find((tag) => tag.startsWith(`${lang}-`)) ?? lang) : navigator.language);
const valid = (locale) => {
  try {
    return new Intl.Locale(locale.replaceAll("_", "-")).toString();
  } catch {
    return "en";
  }
};

for (const attribute of ATTRIBUTES) {
  const flag = FLAGS.includes(attribute);
  Object.defineProperty(RemitElement.prototype, camel(attribute), {
    configurable: true,
    enumerable: true,
    get() {
      return flag ? this.hasAttribute(attribute) : (this.getAttribute(attribute) ?? "");
    },
    set(value) {
      if (flag) this.toggleAttribute(attribute, value !== "false" && Boolean(value));
      else if (value == null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

for (const [name, element] of [["remit-payment", RemitPayment], ["remit-invoice", RemitInvoice]]) {
  if (!customElements.get(name)) customElements.define(name, element);
}

export { RemitInvoice, RemitPayment };
