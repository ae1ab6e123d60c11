// <remit-payment> and <remit-invoice>: the custom elements around the form. The form itself is WebAssembly. These classes
// contain the parts that need a class: the shadow root, attributes and properties, and the element's lifecycle.

import init, { Widget } from "./remit-widget.js";
import * as load from "./remit-load.js";

/** The locales with a table of sentences. English is part of the module. */
const LOCALES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "nl", "pt"];
const RIGHT_TO_LEFT = ["ar", "he"];
/** Attributes that set a field, with the field's name. */
const PRESET = {
  "workspace-id": "workspaceId",
  "invoice-id": "invoiceId",
  "business-id": "businessId",
  "client-id": "clientId",
  currency: "currency",
};
/** Boolean attributes. */
const FLAGS = ["disabled", "removable"];
/** Properties without an attribute. */
const PROPERTIES = ["invoice", "transactions", "credentials", "value"];

const once = (make) => {
  let promise;
  // A failure is not cached: the next element tries again.
  return () => (promise ??= make().catch((error) => ((promise = undefined), Promise.reject(error))));
};
const module = once(async () => init({ module_or_path: await load.module() }));
const sheet = once(async () => new CSSStyleSheet().replace(await load.sheet()));
const tables = new Map();
/** A language's table of sentences as JSON, or undefined for English, which is part of the module. */
const table = async (language) => {
  if (language === "en") return undefined;
  if (!tables.has(language)) tables.set(language, once(() => load.sentences(language)));
  return tables.get(language)();
};
/** Converts the members to texts. Numbers become text exactly as JavaScript prints them. */
const texts = (object) =>
  object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, value == null ? null : `${value}`]));

/** The common base of both elements. */
class RemitElement extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["provider", "base-url", "locale", ...FLAGS, ...Object.keys(PRESET)];

  #internals = this.attachInternals();
  #set = { invoice: null, transactions: [] };
  #credentials = null;
  /** The entered values, while the form is not mounted. */
  #kept = "{}";
  #widget;
  #disabled = false;
  #connected = false;
  #queued = false;
  /** Counts the changes. If several are waiting for a file, only the last is applied. */
  #change = 0;
  /** Whether the last change failed while a payment was being sent. */
  #refused = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open", delegatesFocus: true });
    this.addEventListener("remit-success", ({ detail: { payment, invoice, outcome } }) => {
      this.#internals.setFormValue(JSON.stringify({ ...payment, ...invoice, ...outcome, raw: undefined }));
    });
    // The form value belongs to the recorded payment, not to the next one.
    this.addEventListener("remit-change", () => {
      this.#internals.setFormValue(null);
      if (this.#refused) this.#changed();
    });
    for (const name of ["success", "failure", "unknown", "remove"]) {
      this.addEventListener(`remit-${name}`, () => queueMicrotask(() => this.isConnected || this.#leave()));
    }
  }

  /** Asks the user to stay while a request is in progress: its outcome would be lost. */
  #stay = (event) => {
    if (this.#widget?.working) event.preventDefault();
  };

  connectedCallback() {
    // Apply properties that were set before the class was defined.
    for (const name of [...PROPERTIES, ...REFLECTED.map(camel)]) {
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    window.addEventListener("beforeunload", this.#stay);
    this.#connected = true;
    this.#changed();
  }

  disconnectedCallback() {
    // A moved element is disconnected and connected again in the same turn, and keeps its form.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#connected = false;
      window.removeEventListener("beforeunload", this.#stay);
      this.#leave();
    });
  }

  /** Unmounts the form, unless it is busy: the page must receive the outcome of a request in progress, and an unknown
      outcome must survive the removal of the element. */
  #leave() {
    if (!this.#widget?.busy) this.#unmount();
  }

  attributeChangedCallback() {
    this.#changed();
  }

  formDisabledCallback(disabled) {
    this.#disabled = disabled;
    this.#changed();
  }

  formResetCallback() {
    this.reset();
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
      const language = this.#language();
      const [css, messages] = await Promise.all([sheet(), table(language), module()]);
      if (change !== this.#change || !this.#connected) return;
      const options = this.#options(language, messages);
      this.#refused = false;
      if (this.#widget) return void this.#widget.configure(options);
      const root = document.createElement("div");
      this.#widget = new Widget(root, this, options);
      this.#widget.value = this.#kept;
      this.shadowRoot.adoptedStyleSheets = [css];
      this.shadowRoot.replaceChildren(root);
      this.#tell("remit-ready", { provider: this.#widget.provider });
    } catch (error) {
      if (change === this.#change) this.#failed(error);
    }
  }

  #unmount() {
    if (!this.#widget) return;
    this.#kept = this.#widget.value;
    this.#widget.free();
    this.#widget = undefined;
    this.shadowRoot.replaceChildren();
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
    const preset = Object.entries(PRESET).map(([attribute, field]) => [field, this.getAttribute(attribute) ?? ""]);
    return JSON.stringify({
      purpose: this.constructor.purpose,
      provider: this.provider,
      baseUrl: this.baseUrl,
      locale: this.#locale(),
      language,
      rightToLeft: RIGHT_TO_LEFT.includes(language),
      disabled: this.#disabled || this.disabled,
      removable: this.removable,
      preset: Object.fromEntries(preset),
      invoice: texts(this.#set.invoice),
      transactions: this.#set.transactions?.map(texts),
      credentials: texts(this.#credentials),
      messages,
    });
  }

  /** Reports an error in the page, as an event, and in the console. */
  #failed(error) {
    const message = String(error?.message ?? error);
    const blocked = error instanceof WebAssembly.CompileError;
    const remedy = blocked ? "The page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. " : "";
    console.error(`<${this.localName}>: ${remedy}${message}`, error);
    // A form that no longer follows its page could pay another invoice than the page shows.
    this.#refused = this.state === "sending" || this.state === "handed-over";
    if (!this.#refused) {
      this.#unmount();
      // The page's own content of the element is the fallback.
      const slot = document.createElement("slot");
      slot.textContent = "The form could not be loaded. Nothing was sent.";
      this.shadowRoot.replaceChildren(slot);
    }
    this.#tell("remit-load-error", { message: remedy + message });
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
    this.#set[name] = value;
    this.#changed();
  }
  _get(name) {
    return this.#set[name];
  }
  /** The chosen provider. */
  get _chosen() {
    return this.#widget?.provider;
  }

  /** The user's own key, for a trusted page that calls the provider directly. Kept in memory; the getter returns null. */
  get credentials() {
    return null;
  }
  set credentials(credentials) {
    this.#credentials = credentials;
    this.#changed();
  }

  /** The entered values as texts by field name, with amounts as decimal text. */
  get value() {
    return JSON.parse(this.#widget?.value ?? this.#kept);
  }
  set value(value) {
    this.#kept = JSON.stringify(texts(value) ?? {});
    if (this.#widget) this.#widget.value = this.#kept;
  }

  /** Does the same as the form's button: checks the entered values and opens the review. Never sends a request. Returns
      whether the review opened. */
  submit() {
    return this.#widget?.submit() ?? false;
  }

  /**
   * Accepts the response to a payment that the page sent itself after it canceled remit-submit: {status, headers, body}, or
   * null without a response. The form shows the outcome. Returns whether the form was waiting for a response.
   */
  settle(response) {
    const { status, headers, body } = response ?? {};
    const named = Object.fromEntries(headers?.entries?.() ?? Object.entries(headers ?? {}));
    return this.#widget?.settle(JSON.stringify(response ? { status, headers: named, body: `${body ?? ""}` } : null)) ?? false;
  }

  /** Clears the form, unless a payment is being sent. */
  reset() {
    if (this.state === "sending") return;
    this.#kept = "{}";
    this.#internals.setFormValue(null);
    this.#widget?.reset();
  }
}

/** The element that records a payment. */
class RemitPayment extends RemitElement {
  static purpose = "record_payment";

  constructor() {
    super();
    this.addEventListener("remit-success", ({ detail: { provider, payment, outcome } }) => {
      this.#updateInvoice(provider, payment.invoiceId, outcome);
    });
    this.addEventListener("remit-remove", ({ detail: { provider, invoiceId, outcome } }) => {
      if (outcome.state === "recorded" || outcome.state === "unknown") this.#updateInvoice(provider, invoiceId, outcome);
    });
  }

  /** Replaces the outdated balance and state of the invoice. Offering to pay the old balance would invite a second payment. */
  #updateInvoice(provider, id, { currency, balance }) {
    const { invoice } = this;
    // Two providers may have invoices with the same identifier.
    if (!invoice || id !== `${invoice.id}` || provider !== this._chosen) return;
    const state = ["void", "draft"].includes(invoice.state) ? invoice.state : null;
    this.invoice = { ...invoice, state, balance: currency === invoice.currency ? balance : null };
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

/** Attributes that have a property of the same name in camel case. */
const REFLECTED = [...RemitElement.observedAttributes, "theme"];
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

for (const attribute of REFLECTED) {
  const flag = FLAGS.includes(attribute);
  Object.defineProperty(RemitElement.prototype, camel(attribute), {
    configurable: true,
    enumerable: true,
    get() {
      return flag ? this.hasAttribute(attribute) : (this.getAttribute(attribute) ?? "");
    },
    set(value) {
      if (flag) this.toggleAttribute(attribute, Boolean(value));
      else if (value == null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

for (const [name, element] of [["remit-payment", RemitPayment], ["remit-invoice", RemitInvoice]]) {
  if (!customElements.get(name)) customElements.define(name, element);
}

export { RemitInvoice, RemitPayment };
