// A payment form without a view: `createPaymentSession`. The session itself is WebAssembly. This file carries out its effects, as
// crates/remit-leptos/src/form.rs does for the Leptos form, and keeps a snapshot of its state.

import { Headless, initSync } from "#bindings";
import { open } from "#load";
import { offset } from "#intl";
import * as tabs from "#tabs";
import { FIELD_NAMES } from "../remit-declared.js";
import { INVOICE, TRANSACTION, text, texts, textsOfAll } from "../remit-values.js";
import { frozen } from "./frozen.js";
import { misspeltIn } from "./names.js";

const OPTIONS = [
  "provider", "endpoint", "session", "invoice", "preset", "transactions", "removable", "disabled", "locale", "messages", "purpose", "onSubmit", "fetch",
];
const EVENTS = ["change", "invalid", "submit", "success", "failure", "unknown", "remove", "session-expired"];
const PURPOSES = ["record_payment", "add_invoice"];
const isBusy = ({ phase }) => phase === "sending" || phase === "handed-over";

/** Half of a surrogate pair is replaced by a character that the core rejects, because it cannot be passed on. */
const whole = (text) => text.replace(/\p{Surrogate}/gu, "\uffff");
const print = (value) => JSON.stringify(value, (_, member) => (typeof member === "string" ? whole(member) : member));
const now = () => JSON.stringify({ elapsed: Math.floor(performance.now()), wall: Math.floor(Date.now() / 1000), offset: offset() });
/** Reports an error of the page's code, which must not end the work of the session. */
const report = (error) => (globalThis.reportError ?? console.error)(error);
const refuse = (message) => {
  throw new TypeError(`createPaymentSession: ${message}`);
};

/** Throws if an object has a member with another name than these. */
const named = (object, names, what) => {
  const misspelt = typeof object === "object" && object ? misspeltIn(object, names, what) : undefined;
  if (misspelt) refuse(misspelt);
  return object;
};
/** Returns the name of a field. Throws if no form has the field. */
const fieldOf = (name) => (named({ [name]: true }, FIELD_NAMES, "field "), name);

let isOpen = false;
const core = (options) => {
  if (!isOpen) initSync({ module: open() });
  isOpen = true;
  return new Headless(options, tabs.seed(), now());
};

/** The options in the form that the core reads. */
const read = (options) => {
  named(options, OPTIONS);
  for (const name of ["onSubmit", "fetch"]) {
    if (options[name] != null && typeof options[name] !== "function") refuse(`${name} must be a function.`);
  }
  for (const name of ["removable", "disabled"]) {
    if (options[name] != null && typeof options[name] !== "boolean") refuse(`${name} must be true or false.`);
  }
  const { provider, endpoint, session, invoice, preset, transactions, removable, disabled, messages, onSubmit } = options;
  const purpose = options.purpose ?? PURPOSES[0];
  if (!PURPOSES.includes(purpose)) refuse(`purpose must be one of ${PURPOSES.join(", ")}, not "${purpose}".`);
  const { baseUrl, credentials } = typeof endpoint === "object" && endpoint ? endpoint : { baseUrl: endpoint };
  named(endpoint, ["baseUrl", "credentials"], "option endpoint.");
  named(invoice, INVOICE, "option invoice.");
  named(preset, FIELD_NAMES, "option preset.");
  const choices = textsOfAll(transactions ?? [], "transactions");
  for (const one of transactions ?? []) named(one, TRANSACTION, "option transactions[].");
  if (!baseUrl && !onSubmit) {
    refuse("endpoint is missing. Set it to the address of the relay, to {baseUrl, credentials} of the provider's API, or send payments yourself in onSubmit.");
  }
  return print({
    purpose,
    provider: [provider ?? []].flat().join(" "),
    baseUrl: text(baseUrl, "endpoint"),
    credentials: texts(credentials, "endpoint.credentials"),
    session: text(session, "session"),
    locale: locale(options.locale),
    disabled: Boolean(disabled),
    removable: Boolean(removable),
    preset: texts(preset, "preset"),
    invoice: texts(invoice, "invoice"),
    transactions: transactions && choices,
    messages: messages == null || typeof messages === "string" ? messages : print(messages),
  });
};

/** The person's own variant of the page's language, or else the language of the browser. */
const usual = () => {
  const { language, languages = [] } = globalThis.navigator ?? {};
  const lang = globalThis.document?.documentElement.lang;
  return (lang ? (languages.find((tag) => tag.startsWith(`${lang}-`)) ?? lang) : language) ?? "en";
};
const locale = (wanted) => {
  const tag = wanted || usual();
  try {
    return new Intl.Locale(tag).toString();
  } catch {
    return wanted ? refuse(`locale must be a BCP 47 tag such as en-GB, not "${tag}".`) : "en";
  }
};

/** The error of the core, in the words of this entry. */
const inOwnWords = (error) => {
  const message = error.message.replace("The attribute provider", "The option provider").replace(/^base-url="/, 'endpoint="');
  return new Error(`createPaymentSession: ${message}`, { cause: error });
};

/** Makes a session. */
export const createPaymentSession = (given) => {
  let options = { ...given };
  let session;
  const checked = read(options);
  try {
    session = core(checked);
  } catch (error) {
    throw error.message.includes("WebAssembly") ? error : inOwnWords(error);
  }

  /** The state as the core printed it, the snapshot, and what only this file needs: the payment and its scope. */
  let printed;
  let state;
  let own;
  const subscribers = new Set();
  const listeners = Object.fromEntries(EVENTS.map((name) => [name, new Set()]));
  /** Promises that the next states may settle. */
  let waiting = [];
  /** Effects still to be carried out, in their order. */
  let queue = [];
  let isDraining = false;
  let isStarted = false;
  /** The last snapshot that the subscribers have received. */
  let told;
  let connected = true;
  /** Resolves the promise of the removal in progress. */
  let removed;
  let stop;

  const refresh = () => {
    const next = session.state();
    if (next === printed) return;
    printed = next;
    [state, own] = JSON.parse(next, (_, value) => Object.freeze(value));
    stay(own.working);
    waiting = waiting.filter((settle) => !settle());
  };

  /** Asks the person to stay on the page while a request is in progress. */
  const keep = (event) => event.preventDefault();
  const stay = (working) => {
    if (!globalThis.document) return;
    if (working) addEventListener("beforeunload", keep);
    else removeEventListener("beforeunload", keep);
  };

  /** Resolves with the first result that is not undefined. `test` runs after every event. */
  const when = (test) =>
    new Promise((resolve) => {
      const settle = () => {
        const result = test();
        if (result !== undefined) resolve(result);
        return result !== undefined;
      };
      if (!settle()) waiting.push(settle);
    });

  const call = (callback, value) => {
    try {
      callback(value);
    } catch (error) {
      report(error);
    }
  };

  /** Passes an event to the core, and carries out what it asks for. */
  const go = (event) => {
    if (!isStarted) {
      isStarted = true;
      look();
    }
    queue.push(...JSON.parse(session.handle(print(event), now())));
    refresh();
    if (isDraining) return;
    isDraining = true;
    while (queue.length > 0) call(carryOut, queue.shift());
    isDraining = false;
    if (told === state) return;
    told = state;
    for (const subscriber of [...subscribers]) call(subscriber, state);
  };

  const carryOut = (effect) => {
    switch (effect.type) {
      case "call":
        return void request(effect).then(go);
      case "claim":
        return void tabs.claim(effect.scope).catch(() => true).then((granted) => go({ type: "claimed", granted, stored: tabs.stored() }));
      case "release":
        return tabs.release(effect.scope);
      case "store":
        return tabs.store(effect.id, effect.json);
      case "forget":
        return tabs.forget(effect.id);
      case "wake":
        // A server need not stay up to look again.
        return void setTimeout(() => go({ type: "woke" }), effect.after).unref?.();
      default:
        return announce(effect);
    }
  };

  /** Sends a request once. It may have arrived even if no response does. */
  const request = async ({ call, url, request: { method, headers, body }, timeout, reach }) => {
    // A browser rejects a body in a GET request, even an empty one.
    const rest = reach ? { mode: "no-cors" } : { redirect: "manual", headers, ...(body && { body }) };
    try {
      const signal = AbortSignal.timeout(timeout);
      const response = await (options.fetch ?? fetch)(url, { method, credentials: "same-origin", cache: "no-store", signal, ...rest });
      if (reach) return { type: "answered", call, response: { status: 200, headers: {}, body: "" } };
      const answer = { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      return { type: "answered", call, response: answer };
    } catch (error) {
      return { type: "answered", call, error: String(error?.message ?? error) };
    }
  };

  const announce = ({ name, detail }) => {
    for (const listener of [...listeners[name]]) call(listener, frozen(detail));
    if (name === "submit") offer(detail);
    else if (name === "success" || name === "remove") update(detail);
    if (name === "remove") removed?.(detail.outcome);
  };

  /** Asks the page whether it sends the payment itself. */
  const offer = (detail) => {
    let answer;
    try {
      answer = options.onSubmit?.(detail);
    } catch (error) {
      // The page may have sent the payment before it failed.
      report(error);
      go({ type: "takenOver" });
      return go({ type: "settled" });
    }
    const isPromise = typeof answer?.then === "function";
    go({ type: answer === true || isPromise ? "takenOver" : "notTaken" });
    if (isPromise) Promise.resolve(answer).then((response) => response === true || settle(response)).catch((error) => (report(error), settle(null)));
  };

  const settle = (response) => {
    const wasWaiting = isBusy(state);
    const { status, headers, body } = response ?? {};
    if (response != null && (!Number.isInteger(status) || typeof body !== "string")) {
      throw new TypeError("settle: the response must be {status, headers, body} with the body as text, or null if none arrived.");
    }
    const read = { status, headers: texts(Object.fromEntries(headers?.entries?.() ?? Object.entries(headers ?? {})), "headers"), body };
    go(response == null ? { type: "settled" } : { type: "settled", response: read });
    return wasWaiting && !isBusy(state);
  };

  /** Replaces the outdated balance and state of the page's invoice. Offering to pay the old balance would invite a second payment. */
  const update = ({ provider, payment, invoiceId = payment?.invoiceId, outcome }) => {
    const { invoice } = options;
    if (!["recorded", "unknown"].includes(outcome.state) || !invoice || provider !== state.provider || invoiceId !== `${invoice.id}`) return;
    const remains = ["void", "draft"].includes(invoice.state) ? invoice.state : null;
    configure({ invoice: { ...invoice, state: remains, balance: outcome.currency === invoice.currency ? outcome.balance : null } });
  };

  const configure = (changes) => {
    const merged = { ...options, ...changes };
    const event = { type: "configured", options: read(merged) };
    try {
      go(event);
    } catch (error) {
      throw inOwnWords(error);
    }
    options = merged;
  };

  /** Reports what the store holds, and what other tabs are sending. */
  const look = async () => {
    const claimed = await tabs.claimed();
    const others = claimed.filter((scope) => !(isBusy(state) && scope === own.scope));
    go({ type: "stored", stored: tabs.stored(), claimed: others });
  };

  const connection = (online) => {
    if (online === connected) return;
    connected = online;
    go({ type: "online", online });
  };

  /** Follows other tabs and the connection. Before that, nothing is requested: a server that renders a page only reads the state. */
  const follow = () => {
    if (stop) return;
    stop = tabs.watch(look, connection);
    connected = tabs.online();
    if (isStarted) look();
    go({ type: "online", online: connected });
  };
  const unfollow = () => {
    if (subscribers.size > 0 || EVENTS.some((name) => listeners[name].size > 0)) return;
    stop?.();
    stop = undefined;
  };

  const attend = (set, listener) => {
    if (typeof listener !== "function") throw new TypeError("The listener must be a function.");
    // Each registration has its own function, so that ending one keeps the others.
    const one = (value) => listener(value);
    follow();
    set.add(one);
    return () => {
      if (set.delete(one)) unfollow();
    };
  };

  const act = (type) => {
    const before = state.phase;
    go({ type });
    return state.phase !== before;
  };
  const rejected = (message) => Promise.reject(new Error(message));
  /** The outcome of a check, once it has one. */
  const settled = () => when(() => (state.phase === "unknown" && state.check === "busy" ? undefined : state.outcome));
  let sending;

  refresh();
  told = state;

  return Object.freeze({
    get fields() {
      return state.fields;
    },
    getState: () => state,
    subscribe(listener) {
      const stop = attend(subscribers, listener);
      call(listener, state);
      return stop;
    },
    on(name, listener) {
      if (!EVENTS.includes(name)) throw new TypeError(`on: there is no event "${name}". The events are: ${EVENTS.join(", ")}.`);
      return attend(listeners[name], listener);
    },
    set: (field, value, options = {}) => {
      const { unfinished = false } = named(options, ["unfinished"]);
      go({ type: "entered", field: fieldOf(field), text: text(value, field) ?? "", unfinished });
    },
    setValue: (value) => go({ type: "replaced", value: texts(named(value, FIELD_NAMES, "field "), "value") ?? {} }),
    leave: (field) => go({ type: "left", field: fieldOf(field) }),
    suggest: (field) => go({ type: "suggested", field: fieldOf(field) }),
    choose: (provider) => go({ type: "chosen", provider }),
    review: () => (go({ type: "submit" }), state.phase === "review"),
    edit: () => act("edit"),
    send() {
      if (isBusy(state) && sending) return sending;
      if (state.phase !== "review") return rejected(`send() confirms a review, and the phase is ${state.phase}. Call review() first.`);
      connection(tabs.online());
      const { intent } = own;
      go({ type: "confirm" });
      sending = when(() => (isBusy(state) ? undefined : own.intent === intent ? state.outcome : null));
      return sending;
    },
    retry: () => act("retry"),
    reconcile() {
      if (state.phase !== "unknown") return rejected(`reconcile() checks an unknown outcome, and the phase is ${state.phase}.`);
      go({ type: "checkAgain" });
      return settled();
    },
    confirmSimilar() {
      if (state.check !== "similar") return rejected("confirmSimilar() needs a similar payment, which reconcile() may find.");
      go({ type: "mine" });
      return settled();
    },
    startOver: () => act("startOver"),
    settle,
    togglePayments: () => go({ type: "listToggled" }),
    async remove(payment) {
      if (!state.payments?.removable) throw new Error("remove() needs the option removable, a provider that supports it, and the list of togglePayments().");
      if (state.payments.removing || state.phase !== "editing" || options.disabled) throw new Error("remove() is possible only while the form is edited and no other payment is being removed.");
      go({ type: "removalAsked", payment: `${payment}` });
      return new Promise((resolve) => {
        removed = resolve;
        go({ type: "removalConfirmed" });
      });
    },
    configure,
    reset: () => go({ type: "reset" }),
    dispose() {
      subscribers.clear();
      for (const set of Object.values(listeners)) set.clear();
      unfollow();
    },
  });
};
