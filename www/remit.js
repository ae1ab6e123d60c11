// <remit-payment> and <remit-invoice>: the custom elements around the form. The form itself is WebAssembly; these
// classes own what only a class can: the shadow root, attributes and properties, and the element's life.

import init, { Widget } from "./remit-widget.js";
import * as load from "./remit-load.js";

/** The locales that have a table of sentences. English is part of the module. */
const LOCALES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "nl", "pt"];
const RIGHT_TO_LEFT = ["ar", "he"];
/** Attributes that fill in a field, and the field's name. */
const PRESET = {
  "workspace-id": "workspaceId",
  "invoice-id": "invoiceId",
  "business-id": "businessId",
  "client-id": "clientId",
  currency: "currency",
};
/** Attributes that are there or not. */
const FLAGS = ["disabled", "removable"];
/** Properties that have no attribute. */
const PROPERTIES = ["invoice", "transactions", "credentials", "value"];

const once = (make) => {
  let made;
  // A failure is not kept: the next element tries again.
  return () => (made ??= make().catch((error) => ((made = undefined), Promise.reject(error))));
};
const module = once(async () => init({ module_or_path: await load.module() }));
const sheet = once(async () => new CSSStyleSheet().replace(await load.sheet()));
const tables = new Map();
/** The sentences of a language, as JSON; English ones are part of the module. */
const table = async (language) => {
  if (language === "en") return undefined;
  if (!tables.has(language)) tables.set(language, once(() => load.sentences(language)));
  return tables.get(language)();
};
/** Numbers become text exactly as JavaScript prints them. */
const texts = (object) =>
  object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, value == null ? null : `${value}`]));

/** What both elements have. */
class RemitElement extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["provider", "base-url", "locale", ...FLAGS, ...Object.keys(PRESET)];

  #internals = this.attachInternals();
  #set = { invoice: null, transactions: [] };
  #credentials = null;
  /** What was entered, while the form is not mounted. */
  #kept = "{}";
  #widget;
  #disabled = false;
  #connected = false;
  #queued = false;
  /** Counts the changes: of several that wait for something, only the last is carried out. */
  #change = 0;
  /** Whether the last change was refused while a payment was on its way. */
  #refused = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open", delegatesFocus: true });
    this.addEventListener("remit-success", ({ detail: { payment, invoice, outcome } }) => {
      this.#internals.setFormValue(JSON.stringify({ ...payment, ...invoice, ...outcome, raw: undefined }));
    });
    // The next payment is not the one that was recorded.
    this.addEventListener("remit-change", () => {
      this.#internals.setFormValue(null);
      if (this.#refused) this.#changed();
    });
    for (const name of ["success", "failure", "unknown", "remove"]) {
      this.addEventListener(`remit-${name}`, () => queueMicrotask(() => this.isConnected || this.#leave()));
    }
  }

  /** Leaving while a payment is on its way would leave nobody to say what became of it. */
  #stay = (event) => {
    if (this.#widget?.working) event.preventDefault();
  };

  connectedCallback() {
    // Properties that were set before the class was there.
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
    // A node that is moved is disconnected and connected again in one turn; it keeps its form.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#connected = false;
      window.removeEventListener("beforeunload", this.#stay);
      this.#leave();
    });
  }

  /** What is on its way is seen to its end, so that the page hears of it; and an outcome that nobody knows is not
      forgotten because its form was put away. */
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

  /** Several changes in one turn are taken at once. */
  #changed() {
    if (!this.#connected || this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#apply((this.#change += 1));
    });
  }

  /** Hands everything that the page has set to the form, mounting it when it is not there. */
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

  /** How numbers and dates are written. */
  #locale() {
    return valid(this.locale || spoken(languageAround(this)));
  }

  /** The language of the sentences: the locale's, where there is a table for it. */
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

  /** Says what went wrong where everybody sees it: in the page, to its script, and in the console. */
  #failed(error) {
    const message = String(error?.message ?? error);
    const blocked = error instanceof WebAssembly.CompileError;
    const remedy = blocked ? "The page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. " : "";
    console.error(`<${this.localName}>: ${remedy}${message}`, error);
    // A form that does not follow its page any more could pay what the page no longer shows.
    this.#refused = this.state === "sending" || this.state === "handed-over";
    if (!this.#refused) {
      this.#unmount();
      // What the page put inside the element is its own fallback.
      const slot = document.createElement("slot");
      slot.textContent = "The form could not be loaded. Nothing was sent.";
      this.shadowRoot.replaceChildren(slot);
    }
    this.#tell("remit-load-error", { message: remedy + message });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** Where the form stands: loading, editing, review, sending, handed-over, recorded, refused, not-sent or unknown. */
  get state() {
    return this.#widget?.phase ?? "loading";
  }

  /** What only one of the elements has. */
  _set(name, value) {
    this.#set[name] = value;
    this.#changed();
  }
  _get(name) {
    return this.#set[name];
  }
  /** The provider that is chosen. */
  get _chosen() {
    return this.#widget?.provider;
  }

  /** The user's own key, for a trusted page that speaks to the provider itself. Kept in memory; never read back. */
  get credentials() {
    return null;
  }
  set credentials(credentials) {
    this.#credentials = credentials;
    this.#changed();
  }

  /** What was entered, as texts by field name; amounts as decimal text. */
  get value() {
    return JSON.parse(this.#widget?.value ?? this.#kept);
  }
  set value(value) {
    this.#kept = JSON.stringify(texts(value) ?? {});
    if (this.#widget) this.#widget.value = this.#kept;
  }

  /** Does what the form's button does: checks, and goes to the review. Sends nothing. Whether it went there. */
  submit() {
    return this.#widget?.submit() ?? false;
  }

  /**
   * Takes the provider's answer to a payment that the page has sent itself, having canceled remit-submit: {status,
   * headers, body}; null when there was none. The form says what it means. Whether it was waiting for one.
   */
  settle(reply) {
    const { status, headers, body } = reply ?? {};
    const named = Object.fromEntries(headers?.entries?.() ?? Object.entries(headers ?? {}));
    return this.#widget?.settle(JSON.stringify(reply ? { status, headers: named, body: `${body ?? ""}` } : null)) ?? false;
  }

  /** Empties the form, unless a payment is on its way. */
  reset() {
    if (this.state === "sending") return;
    this.#kept = "{}";
    this.#internals.setFormValue(null);
    this.#widget?.reset();
  }
}

/** Records a payment. */
class RemitPayment extends RemitElement {
  static purpose = "record_payment";

  constructor() {
    super();
    this.addEventListener("remit-success", ({ detail: { provider, payment, outcome } }) => {
      this.#stands(provider, payment.invoiceId, outcome);
    });
    this.addEventListener("remit-remove", ({ detail: { provider, invoiceId, outcome } }) => {
      if (outcome.state === "recorded" || outcome.state === "unknown") this.#stands(provider, invoiceId, outcome);
    });
  }

  /** The balance and the state from before are no longer true, and offering to pay the balance would be an invitation to
      pay twice. */
  #stands(provider, id, { currency, balance }) {
    const { invoice } = this;
    // Two systems may have an invoice of the same number.
    if (!invoice || id !== `${invoice.id}` || provider !== this._chosen) return;
    const state = ["void", "draft"].includes(invoice.state) ? invoice.state : null;
    this.invoice = { ...invoice, state, balance: currency === invoice.currency ? balance : null };
  }

  /** The invoice that is paid: {id, number, balance, currency, state, issued}; the balance is decimal text, the state one
      of draft, open, partial, paid and void. */
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

/** Adds an invoice, where the provider lets one be added. */
class RemitInvoice extends RemitElement {
  static purpose = "add_invoice";
}

/** Attributes that have a property of the same name, in camel case: all of them. */
const REFLECTED = [...RemitElement.observedAttributes, "theme"];
const camel = (attribute) => attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
/** The language that the nearest node around an element declares, through the roots of any shadow. */
const languageAround = (node) => node && (node.closest("[lang]")?.lang ?? languageAround(node.getRootNode().host));
/** A page in `en` is read by people who write dates as in en-GB and by others who write them as in en-US. */
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
