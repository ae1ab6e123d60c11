// The classes of the doubles. Their attributes, properties and events are those of the generated tables, as for the real elements.

import { ATTRIBUTES, FIELDS, FLAGS } from "../../remit-declared.js";
import { clearFalse, nameInFull, readProperties, refuseObjects } from "../../remit-markup.js";
import { INVOICE, TRANSACTION, texts, textsOfAll } from "../../remit-values.js";
import { FORMS, WORDS } from "#forms";
import { Form } from "./form.js";
import { outcomeOfResponse } from "./outcomes.js";
import { BUTTONS, EVENT_OF, statusOf, titleOf } from "./pages.js";

const camel = (attribute) => attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const isOpen = (phase) => phase === "sending" || phase === "handed-over" || phase === "unknown";
const isEmpty = (text) => text === undefined || text === null || `${text}`.trim() === "";

/** Makes the two classes on an environment's HTMLElement. `host` chooses the outcomes and receives the submissions. */
export const classesOf = (HTMLElement, host) => {
  class RemitElement extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ATTRIBUTES.filter((name) => name !== "name" && name !== "theme");

    #phase = "loading";
    #entered = {};
    #dirty = false;
    #set = { invoice: null, transactions: [] };
    #given = new Set();
    #form;
    #chosen;
    #errors = {};
    #blocked = "";
    #custom = "";
    #queued = false;
    #submission;
    #outcome;
    #finished = () => {};
    #recorded;

    connectedCallback() {
      for (const name of ["invoice", "transactions", "value", "credentials", ...ATTRIBUTES.map(camel)]) {
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
      nameInFull(this);
      this.#changed();
    }

    disconnectedCallback() {
      queueMicrotask(() => {
        if (this.isConnected || isOpen(this.#phase)) return;
        this.#form?.remove();
        this.#form = undefined;
        this.#phase = "loading";
      });
    }

    attributeChangedCallback(name, _, value) {
      clearFalse(this, name, value);
      this.#changed();
    }

    formResetCallback() {
      this.reset();
    }

    /** Applies all changes of one turn together, like the real element. */
    #changed() {
      if (!this.isConnected || this.#queued) return;
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (this.isConnected) this.#apply();
      });
    }

    #apply() {
      try {
        refuseObjects(this);
        readProperties(this, (name) => this.#given.has(name));
        texts(this.#set.invoice, "invoice", INVOICE);
        textsOfAll(this.#set.transactions, "transactions", TRANSACTION);
        this.#requireProvider();
        this.#blocked = "";
      } catch (error) {
        this.#blocked = error.message;
        console.error(`<${this.localName}>: ${error.message}`, error);
        this.#fire("remit-load-error", { message: error.message });
        if (!this.#form) return;
      }
      const isFirst = this.#form === undefined;
      this.#form ??= new Form(this, { enter: (name, text) => this._enter({ [name]: text }), press: (action) => this.#press(action) });
      if (this.#phase === "loading") this.#phase = "editing";
      this.#draw();
      if (isFirst) this.#fire("remit-ready", { provider: this.#provider() });
    }

    #providers() {
      return this.provider.split(/\s+/).filter(Boolean);
    }
    #provider() {
      return this.#chosen ?? this.#providers()[0];
    }
    #requireProvider() {
      const known = Object.keys(FORMS[this.localName]);
      const unknown = this.#providers().find((id) => !known.includes(id));
      if (this.#providers().length === 0) throw new Error(`The attribute provider is missing. Set one or more of: ${known.join(", ")}.`);
      if (unknown) throw new Error(`provider="${unknown}" is unknown. Set one or more of: ${known.join(", ")}.`);
    }

    /** The values that the page knows. */
    #preset() {
      const preset = {};
      for (const [attribute, field] of Object.entries(FIELDS)) if (this.hasAttribute(attribute)) preset[field] = this.getAttribute(attribute);
      const { id, currency } = texts(this.#set.invoice, "invoice") ?? {};
      return { ...preset, ...(isEmpty(id) ? {} : { invoiceId: id }), ...(isEmpty(currency) ? {} : { currency }) };
    }

    /** The fields to ask for: those that apply, without those that the page knows. */
    #fields() {
      const preset = this.#preset();
      const values = { ...this.#entered, ...preset };
      const applies = ({ when }) => when === null || (when.absent ? isEmpty(values[when.field]) : values[when.field] === when.equals);
      const all = FORMS[this.localName][this.#provider()]?.fields ?? [];
      return all.filter((field) => isEmpty(preset[field.name]) && applies(field)).map((field) => this.#withTransactions(field));
    }
    #withTransactions(field) {
      if (field.kind !== "transaction" || this.#set.transactions.length === 0) return field;
      return { ...field, choices: this.#set.transactions.map(({ id, description }) => ({ value: `${id}`, label: `${description ?? id}` })) };
    }

    #draw() {
      if (!this.#form) return;
      const providers = this.#providers().length > 1 && this.#phase === "editing" ? [this.#choiceOfProvider()] : [];
      this.#form.draw({
        title: titleOf(this.localName, this.#phase),
        status: this.#blocked || statusOf(this.localName, this.#phase, this.#outcome),
        fields: this.#phase === "editing" ? [...providers, ...this.#fields()] : [],
        values: { ...this.#entered, provider: this.#provider() },
        errors: this.#errors,
        recorded: [this.name, this.#recorded],
        isDisabled: this.disabled || this.#blocked !== "",
        buttons: BUTTONS[this.#phase]?.map(([action, key]) => [action, WORDS[this.localName][key]]) ?? [],
      });
    }
    #choiceOfProvider() {
      const choices = this.#providers().map((id) => ({ value: id, label: FORMS[this.localName][id].name }));
      return { name: "provider", label: WORDS[this.localName].provider, required: true, choices };
    }

    #press(action) {
      switch (action) {
        case "review":
          return void this.submit();
        case "confirm":
          return this.#confirm();
        case "check":
          return void this.checkOutcome();
        case "retry":
          return this.#show("review");
        case "edit":
          return this.#show("editing");
        default:
          return this.#startOver();
      }
    }
    #show(phase) {
      this.#phase = phase;
      this.#draw();
    }
    #startOver() {
      this.#phase = "editing";
      this.#recorded = undefined;
      this.reset();
    }

    /** The payment or the invoice, as the events describe it. */
    #subject() {
      const fields = Object.fromEntries(
        Object.entries({ ...this.#preset(), ...this.#entered }).filter(([, text]) => !isEmpty(text)).map(([name, text]) => [name, `${text}`.trim()]),
      );
      if (!this.constructor.isPayment) return { invoice: fields };
      const { invoiceId = "", amount = "", currency = null, paidAt = null } = fields;
      return { payment: { invoiceId, amount, currency, paidAt, fields } };
    }

    #confirm() {
      const subject = this.#subject();
      const request = { method: "POST", path: "/", headers: { "content-type": "application/json" }, body: JSON.stringify(Object.values(subject)[0]) };
      this.#submission = { element: this, provider: this.#provider(), ...subject, request };
      host.sent({ ...this.#submission });
      this.#phase = "sending";
      if (!this.#fire("remit-submit", { provider: this.#provider(), ...subject, request }, true)) return this.#show("handed-over");
      this.#draw();
      const outcome = host.next();
      if (outcome) queueMicrotask(() => this._answer(outcome));
    }

    /** Brings the outcome of the payment that is being sent. */
    _answer(outcome) {
      if (!isOpen(this.#phase)) throw new Error(`answer: no payment is being sent. The state is ${this.#phase}.`);
      this.#outcome = outcome;
      this.#phase = outcome.state;
      const { provider, element: _, request: __, ...subject } = this.#submission;
      if (outcome.state === "recorded") {
        this.#recorded = JSON.stringify({ ...subject.payment, ...subject.invoice, ...outcome, raw: undefined });
        this.#dirty = false;
        const { invoice } = this.#set;
        if (this.constructor.isPayment && invoice) this.#set.invoice = { ...invoice, state: null, balance: outcome.balance };
      }
      this.#draw();
      this.#fire(EVENT_OF[outcome.state], { provider, ...subject, outcome });
      this.#finished(outcome);
    }

    #fire(name, detail, cancelable = false) {
      return this.dispatchEvent(new this.ownerDocument.defaultView.CustomEvent(name, { bubbles: true, composed: true, cancelable, detail }));
    }
    _announce(name, detail) {
      const full = name === "remit-load-error" ? detail : { provider: this.#provider(), ...detail };
      return this.#fire(name, full, name === "remit-submit");
    }
    _enter(values) {
      if (this.#phase !== "editing") throw new Error(`The form is not being edited. The state is ${this.#phase}.`);
      const { provider = this.#provider(), ...fields } = texts(values, "values");
      this.#chosen = provider;
      const before = JSON.stringify(this.#entered);
      Object.assign(this.#entered, fields);
      this.#draw();
      if (before === JSON.stringify(this.#entered) && values.provider === undefined) return;
      this.#dirty = true;
      this.#fire("remit-change", { provider: this.#provider(), value: this.value });
    }
    /** Reviews and confirms. */
    _complete() {
      if (!this.submit()) return Promise.reject(new Error(`confirm: the review did not open. ${Object.values(this.#errors).join(" ")}`));
      return new Promise((resolve) => {
        this.#finished = resolve;
        this.#confirm();
      });
    }

    _set(name, value) {
      this.#given.add(name);
      this.#set[name] = value;
      this.#changed();
    }
    _get(name) {
      return this.#set[name];
    }

    get state() {
      return this.#phase;
    }
    get dirty() {
      return this.#dirty;
    }
    get credentials() {
      return null;
    }
    set credentials(_) {
      this.#given.add("credentials");
    }
    get value() {
      return Object.fromEntries(Object.entries(this.#entered).filter(([, text]) => !isEmpty(text)));
    }
    set value(value) {
      this.#given.add("value");
      this.#entered = texts(value, "value") ?? {};
      this.#dirty = false;
      this.#draw();
    }

    validate() {
      if (this.#phase !== "editing" || this.#blocked || this.disabled) return false;
      const missing = this.#fields().filter(({ name, required }) => required && isEmpty(this.#entered[name]));
      this.#errors = Object.fromEntries(missing.map(({ name, label }) => [name, `${label} is required.`]));
      this.#draw();
      if (missing.length === 0) return true;
      const issues = missing.map(({ name }) => ({ field: name, code: "required", params: {}, message: this.#errors[name] }));
      this.#fire("remit-invalid", { provider: this.#provider(), issues });
      return false;
    }
    submit() {
      if (!this.validate()) return false;
      this.#show("review");
      return true;
    }
    checkOutcome() {
      if (this.#phase !== "unknown") return false;
      const outcome = host.next();
      if (outcome) queueMicrotask(() => this.#phase === "unknown" && this._answer(outcome));
      return true;
    }
    reset() {
      if (isOpen(this.#phase) || this.#phase === "recorded") return;
      if (this.#phase !== "loading") this.#phase = "editing";
      this.#entered = {};
      this.#errors = {};
      this.#dirty = false;
      this.#draw();
    }
    settle(response) {
      const outcome = outcomeOfResponse(response);
      if (this.#phase !== "handed-over") return false;
      this._answer(outcome);
      return true;
    }
    focus(options) {
      this.#form?.focus(options);
    }

    get form() {
      return this.closest("form");
    }
    get labels() {
      const around = this.closest("label");
      const others = this.id ? this.ownerDocument.querySelectorAll(`label[for="${this.id}"]`) : [];
      return [...new Set([...(around ? [around] : []), ...others])];
    }
    get type() {
      return this.localName;
    }
    get willValidate() {
      return !this.disabled;
    }
    get validity() {
      const valueMissing = this.required && this.#recorded === undefined;
      const customError = this.#custom !== "" || this.dirty || isOpen(this.#phase);
      return { valid: !valueMissing && !customError, valueMissing, customError };
    }
    get validationMessage() {
      if (this.validity.valid) return "";
      return this.#custom || WORDS[this.localName][isOpen(this.#phase) ? "unresolved" : this.dirty ? "unsaved" : "missing"];
    }
    checkValidity() {
      if (!this.willValidate || this.validity.valid) return true;
      this.dispatchEvent(new this.ownerDocument.defaultView.Event("invalid", { cancelable: true }));
      return false;
    }
    reportValidity() {
      return this.checkValidity();
    }
    setCustomValidity(message) {
      this.#custom = `${message ?? ""}`;
    }
  }

  for (const attribute of ATTRIBUTES) {
    const isFlag = FLAGS.includes(attribute);
    Object.defineProperty(RemitElement.prototype, camel(attribute), {
      configurable: true,
      enumerable: true,
      get() {
        return isFlag ? this.hasAttribute(attribute) : (this.getAttribute(attribute) ?? "");
      },
      set(value) {
        if (isFlag) this.toggleAttribute(attribute, value !== "false" && Boolean(value));
        else if (value == null) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value);
      },
    });
  }

  class RemitPayment extends RemitElement {
    static isPayment = true;

    get invoice() {
      return this._get("invoice");
    }
    set invoice(invoice) {
      this._set("invoice", invoice);
    }
    get transactions() {
      return this._get("transactions");
    }
    set transactions(transactions) {
      this._set("transactions", transactions ?? []);
    }
  }

  class RemitInvoice extends RemitElement {
    static isPayment = false;
  }

  return { RemitPayment, RemitInvoice };
};
