// remit-payments/session in Node, against a provider that answers from memory.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import "./package.mjs";

const { createPaymentSession } = await import("remit-payments/session");

const INVOICE = { id: "13150378", number: "INV-1", currency: "EUR", balance: "1250.00" };
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** Every test has an invoice of its own: an unknown outcome is kept, and found by the next session of its invoice. */
let last = 4000;

/**
 * A provider with one invoice. `next` decides about the next request that records a payment: "record", "refuse", "lose" (record it, and
 * drop the response), "drop" (neither), or a promise to wait for.
 */
const provider = () => {
  const books = { payments: [], requests: [], next: "record", id: `${(last += 1)}`, offline: false };
  const listed = () => ({ invoice_payments: books.payments, per_page: 2000, total_pages: 1, total_entries: books.payments.length, next_page: null, previous_page: null, page: 1, links: { first: "", next: null, previous: null, last: "" } });
  const answer = (status, body) => new Response(JSON.stringify(body), { status, headers: JSON_TYPE });
  const fetch = async (url, init) => {
    const { pathname } = new URL(url);
    books.requests.push(`${init.method} ${pathname}`);
    if (books.offline) throw new TypeError("fetch failed");
    if (init.mode === "no-cors") return new Response("");
    if (init.method === "GET" && pathname.endsWith("/payments")) return answer(200, listed());
    if (init.method === "GET") return answer(404, { message: "Not Found" });
    const next = await books.next;
    if (init.method === "DELETE") {
      books.payments = books.payments.filter(({ id }) => !pathname.endsWith(`/${id}`));
      return new Response("", { status: 200, headers: JSON_TYPE });
    }
    if (next === "refuse") return answer(422, { message: "Amount is too large" });
    if (next !== "drop") {
      const { amount, paid_at, paid_date, notes } = JSON.parse(init.body);
      books.payments.unshift({ id: 900 + books.payments.length, amount, paid_at: paid_at ?? `${paid_date}T00:00:00Z`, paid_date, notes: notes ?? null, transaction_id: null });
    }
    if (next === "lose" || next === "drop") throw new TypeError("fetch failed");
    return answer(201, books.payments[0]);
  };
  const posts = () => books.requests.filter((request) => request.startsWith("POST")).length;
  const session = (options = {}) => createPaymentSession({ provider: "harvest-v2", endpoint: "https://relay.example.com/harvest-v2", invoice: { ...INVOICE, id: books.id }, locale: "en-GB", fetch, ...options });
  return Object.assign(books, { fetch, posts, session });
};

const fill = (session, values = { amount: "1,250.00", paidAt: "2026-11-19", note: "by phone" }) => {
  for (const [field, text] of Object.entries(values)) session.set(field, text);
  assert.equal(session.review(), true, JSON.stringify(session.getState().errors));
  return session;
};

/** Waits until the state satisfies the condition. */
const until = (session, condition) =>
  new Promise((resolve) => {
    const stop = session.subscribe((state) => condition(state) && (resolve(state), queueMicrotask(() => stop())));
  });

test("records a payment, and updates the outdated balance", async () => {
  const books = provider();
  const session = books.session();
  const heard = [];
  for (const name of ["change", "invalid", "submit", "success", "failure", "unknown"]) session.on(name, (detail) => heard.push([name, detail]));
  assert.equal(session.review(), false);
  assert.deepEqual(session.getState().errors.map(({ field }) => field), ["paidAt", "amount"]);
  fill(session);
  const { phase, said, actions, value } = session.getState();
  assert.equal(phase, "review");
  assert.match(said.sentences[0], /€1,250\.00 for invoice INV-1/);
  assert.deepEqual(actions.map(({ name }) => name), ["send", "edit"]);
  assert.deepEqual(value, { amount: "1250.00", paidAt: "2026-11-19", note: "by phone" });
  const outcome = await session.send();
  assert.deepEqual([outcome.state, outcome.paymentId], ["recorded", "900"]);
  assert.equal(books.posts(), 1);
  const state = session.getState();
  assert.deepEqual([state.phase, state.outcome, state.isBusy, state.isDirty], ["recorded", outcome, false, false]);
  assert.deepEqual(state.actions.map(({ name }) => name), ["startOver"]);
  assert.deepEqual(heard.map(([name]) => name), ["invalid", "change", "change", "change", "submit", "success"]);
  assert.equal(heard.at(-1)[1].payment.amount, "1250.00");
  assert.equal(heard.at(-2)[1].request.method, "POST");
  // The provider did not return the new balance, so the old one is not offered again.
  assert.equal(state.invoice.balance, null);
  assert.equal(session.startOver(), true);
  assert.deepEqual([session.getState().phase, session.getState().value], ["editing", {}]);
});

test("shows a refusal, and keeps the entered values", async () => {
  const books = provider();
  books.next = "refuse";
  const session = fill(books.session());
  const outcome = await session.send();
  assert.deepEqual([outcome.state, outcome.code], ["refused", "invalid"]);
  assert.match(session.getState().said.words, /Amount is too large/);
  assert.equal(session.edit(), true);
  assert.equal(session.fields.find(({ name }) => name === "amount").text, "1,250.00");
  books.next = "record";
  assert.equal(session.review(), true);
  assert.equal((await session.send()).state, "recorded");
});

test("finds a payment whose response was lost, without sending it again", async () => {
  const books = provider();
  books.next = "lose";
  const session = fill(books.session());
  assert.equal((await session.send()).state, "unknown");
  const { phase, isBusy, actions } = session.getState();
  assert.deepEqual([phase, isBusy], ["unknown", true]);
  assert.deepEqual(actions.map(({ name }) => name), ["reconcile", "startOver"]);
  assert.equal(session.edit(), false);
  const outcome = await session.reconcile();
  assert.deepEqual([outcome.state, outcome.paymentId], ["recorded", "900"]);
  assert.equal(books.posts(), 1);
});

test("does not claim that a payment was not recorded while its request may be pending", async () => {
  const books = provider();
  books.next = "drop";
  const session = fill(books.session());
  await session.send();
  assert.equal((await session.reconcile()).state, "unknown");
  const { check, checkSentence } = session.getState();
  assert.equal(check, "not-yet");
  assert.ok(checkSentence.length > 20, checkSentence);
  await assert.rejects(session.send(), /the phase is unknown/);
  session.startOver();
  assert.equal(session.getState().phase, "editing");
});

test("asks about a similar payment of somebody else", async () => {
  const books = provider();
  books.next = "lose";
  const session = fill(books.session(), { amount: "10", paidAt: "2026-11-19" });
  await session.send();
  assert.equal((await session.reconcile()).state, "unknown");
  assert.equal(session.getState().check, "similar");
  assert.equal((await session.confirmSimilar()).state, "recorded");
});

test("keeps an unknown outcome for the next session of the invoice", async () => {
  const books = provider();
  books.next = "lose";
  const first = fill(books.session());
  await first.send();
  first.dispose();
  const second = books.session();
  await until(second, ({ phase }) => phase === "unknown");
  assert.equal((await second.reconcile()).state, "unknown");
  // The note, which distinguishes the payment, is never stored.
  assert.equal(second.getState().check, "similar");
  await second.confirmSimilar();
  assert.equal(second.getState().phase, "recorded");
});

test("reports an unreachable provider as not sent, and sends after a new review", async () => {
  const books = provider();
  books.offline = true;
  const session = fill(books.session());
  const outcome = await session.send();
  assert.deepEqual([outcome.state, outcome.code], ["not-sent", "unreachable"]);
  assert.equal(books.posts(), 0);
  assert.deepEqual(session.getState().actions.map(({ name }) => name), ["retry", "edit"]);
  books.offline = false;
  assert.equal(session.retry(), true);
  assert.equal((await session.send()).state, "recorded");
});

test("sends once if send() is called twice", async () => {
  const books = provider();
  const session = fill(books.session());
  const [one, other] = await Promise.all([session.send(), session.send()]);
  assert.equal(one, other);
  assert.equal(one.state, "recorded");
  assert.equal(books.posts(), 1);
});

test("refuses a second session of the invoice while one is sending", async () => {
  const books = provider();
  let record;
  books.next = new Promise((resolve) => (record = () => resolve("record")));
  const [one, other] = [fill(books.session()), fill(books.session())];
  const first = one.send();
  const outcome = await other.send();
  assert.deepEqual([outcome.state, outcome.code], ["not-sent", "elsewhere"]);
  record();
  assert.equal((await first).state, "recorded");
  assert.equal(books.posts(), 1);
  // The equal payment is now listed, so the person has to confirm once more.
  other.retry();
  assert.equal(await other.send(), null);
  const { phase, said } = other.getState();
  assert.equal(phase, "review");
  assert.equal(said.notices.length, 1);
});

test("the page takes a payment over, and settles it later", async () => {
  const books = provider();
  let request;
  const session = fill(books.session({ onSubmit: (detail) => ((request = detail.request), true) }));
  const sent = session.send();
  // The page is asked once no other tab can be recording a payment of the invoice.
  assert.equal(session.getState().phase, "sending");
  await new Promise((resolve) => session.subscribe(({ phase } = session.getState()) => phase === "handed-over" && resolve()));
  assert.match(request.path, /payments$/);
  assert.throws(() => session.settle({ status: 201, headers: {} }), /body as text/);
  assert.equal(session.settle({ status: 201, headers: new Headers(JSON_TYPE), body: '{"id":77,"amount":1250.0}' }), true);
  assert.equal((await sent).paymentId, "77");
  assert.equal(session.settle(null), false);
  assert.equal(books.posts(), 0);
});

test("a payment that the page did not send keeps its key, and another one gets a new key", async () => {
  const books = provider();
  const keys = [];
  const notSent = { status: 503, headers: { "remit-outcome": "not-sent", "content-type": "application/problem+json" }, body: '{"code":"relay"}' };
  const session = books.session({ endpoint: undefined, onSubmit: async ({ key }) => (keys.push(key), notSent) });
  for (const amount of ["1,250.00", "1,250.00", "1,249.00"]) {
    session.edit();
    fill(session, { amount, paidAt: "2026-11-19" });
    assert.equal((await session.send()).state, "not-sent");
  }
  assert.match(keys[0], /^[!-~]{1,255}$/);
  assert.deepEqual(keys.map((key) => key === keys[0]), [true, true, false]);
});

test("a promise from onSubmit settles the payment, and a failure makes its outcome unknown", async (context) => {
  context.mock.method(console, "error", () => {});
  const body = '{"id":78,"amount":1250.0}';
  const settles = async (onSubmit) => {
    const books = provider();
    const { state } = await fill(books.session({ endpoint: undefined, onSubmit })).send();
    assert.equal(books.posts(), 0);
    return state;
  };
  assert.equal(await settles(async () => ({ status: 201, headers: JSON_TYPE, body })), "recorded");
  assert.equal(await settles(async () => null), "unknown");
  // The payment may have been sent before the page failed.
  assert.equal(await settles(() => Promise.reject(new Error("on purpose"))), "unknown");
  assert.equal(await settles(async () => {}), "unknown");
  assert.equal(await settles(async () => new Response(body)), "unknown");
  assert.equal(
    await settles(() => {
      throw new Error("on purpose");
    }),
    "unknown",
  );
});

test("brings a payment to its outcome after dispose()", async () => {
  const books = provider();
  let record;
  books.next = new Promise((resolve) => (record = () => resolve("record")));
  const session = fill(books.session());
  const heard = [];
  session.on("success", () => heard.push("success"));
  session.subscribe(() => heard.push("state"));
  heard.length = 0;
  const sent = session.send();
  session.dispose();
  heard.length = 0;
  record();
  assert.equal((await sent).state, "recorded");
  assert.deepEqual(heard, []);
  // A session that is listened to again continues.
  session.subscribe(({ phase }) => heard.push(phase))();
  assert.deepEqual(heard, ["recorded"]);
});

test("returns the same snapshot until something changes, and none can be changed", () => {
  const session = provider().session();
  const before = session.getState();
  const seen = [];
  const stop = session.subscribe((state) => seen.push(state));
  assert.equal(session.getState(), before);
  session.leave("note");
  session.edit();
  assert.equal(session.getState(), before);
  session.set("amount", "5");
  const after = session.getState();
  assert.notEqual(after, before);
  assert.equal(before.value.amount, undefined);
  assert.equal(after.value.amount, "5");
  assert.equal(session.fields, after.fields);
  assert.deepEqual(seen, [before, after]);
  assert.throws(() => (after.value.amount = "6"), TypeError);
  assert.throws(() => after.fields.push({}), TypeError);
  stop();
  session.set("amount", "6");
  assert.equal(seen.length, 2);
});

test("a listener that throws does not affect the payment or other listeners", async (context) => {
  const reported = context.mock.method(console, "error", () => {});
  const session = provider().session();
  const seen = [];
  session.on("success", () => {
    throw new Error("on purpose");
  });
  session.on("success", () => seen.push("success"));
  assert.equal((await fill(session).send()).state, "recorded");
  assert.deepEqual(seen, ["success"]);
  assert.match(reported.mock.calls[0].arguments[0].message, /on purpose/);
});

test("a listener may use the session", () => {
  const session = provider().session();
  session.on("change", ({ value }) => value.amount === "5" && session.set("note", "five"));
  session.set("amount", "5");
  assert.deepEqual(session.getState().value, { amount: "5", note: "five" });
});

test("writes numbers and sentences as the locale does", async () => {
  const { default: messages } = await import("remit-payments/locales/de.json", { with: { type: "json" } });
  const session = provider().session({ locale: "de", messages });
  session.suggest("amount");
  session.set("paidAt", "2026-11-19");
  assert.equal(session.fields.find(({ name }) => name === "amount").text, "1250,00");
  assert.equal(session.fields.find(({ name }) => name === "amount").label, messages["field.amount"]);
  session.set("amount", "1.250,00");
  assert.deepEqual(session.getState().value, { amount: "1250.00", paidAt: "2026-11-19" });
  session.set("amount", "1,250");
  assert.equal(session.review(), false);
  session.set("amount", "€ 12,50");
  assert.equal(session.review(), true);
  assert.match(session.getState().said.sentences[0], /12,50\u00a0€/);
});

test("rejects a text that is not well-formed, and never passes it on", () => {
  const session = provider().session();
  session.set("note", "a\ud800");
  session.set("amount", "5");
  session.set("paidAt", "2026-11-19");
  assert.equal(session.review(), false);
  assert.deepEqual(session.getState().errors.map(({ field }) => field), ["note"]);
});

test("names an invalid option and its remedy, and keeps the earlier options", () => {
  for (const [options, message] of [
    [{}, /endpoint is missing\. Set it to/],
    [{ endpoint: "/relay" }, /The option provider is missing\. Set one or more of: clockify/],
    [{ endpoint: "/relay", provider: "acme" }, /provider="acme" is unknown\. Set one or more of: clockify/],
    [{ endpoint: "relay.example.com", provider: "harvest" }, /endpoint="relay\.example\.com" has no scheme.*Start it with https/],
    [{ endpoint: "/relay", provider: "harvest", invoice: { id: 1 } }, /invoice\.currency is missing\. Set it to/],
    [{ endpoint: "/relay", provider: "harvest", purpose: "pay" }, /purpose must be one of record_payment, add_invoice/],
    [{ endpoint: "/relay", provider: "harvest", locale: "english!" }, /locale must be a BCP 47 tag/],
    [{ endpoint: "/relay", provider: "harvest", onsubmit() {} }, /There is no option onsubmit\. Did you mean onSubmit\?/],
    [{ endpoint: "/relay", provider: "harvest", onSubmit: true }, /onSubmit must be a function/],
  ]) {
    assert.throws(() => createPaymentSession(options), message, JSON.stringify(options));
  }
  const session = provider().session();
  const before = session.getState();
  assert.throws(() => session.configure({ provider: "acme" }), /provider="acme" is unknown/);
  assert.equal(session.getState(), before);
  session.configure({ invoice: { ...INVOICE, balance: "7.00" } });
  assert.equal(session.getState().invoice.balance, "7.00");
  assert.throws(() => session.set("chequeNumber", "1"), /There is no field "chequeNumber"\. The fields are: .*amount/);
  assert.throws(() => session.choose("ivvy"), /does not offer the provider "ivvy"/);
  assert.throws(() => session.on("sucess", () => {}), /there is no event "sucess"\. The events are: .*success/);
});

test("changes the provider, and asks for its fields", () => {
  const session = createPaymentSession({ provider: ["harvest", "ivvy"], endpoint: "/relay/{provider}", locale: "en" });
  assert.deepEqual(session.getState().providers.map(({ id }) => id), ["harvest", "ivvy"]);
  session.choose("ivvy");
  assert.equal(session.getState().provider, "ivvy");
  const { choices } = session.fields.find(({ name }) => name === "method");
  assert.ok(choices.some(({ value }) => value === "cheque"));
  assert.equal(session.fields.some(({ name }) => name === "chequeNumber"), false);
  session.set("method", "cheque");
  assert.equal(session.fields.some(({ name }) => name === "chequeNumber"), true);
});

test("lists the invoice's payments, and removes one", async () => {
  const books = provider();
  const session = books.session({ removable: true });
  await fill(session).send();
  session.startOver();
  await assert.rejects(session.remove("900"), /togglePayments/);
  session.togglePayments();
  const { payments } = await until(session, ({ payments }) => payments?.state === "loaded");
  assert.deepEqual(payments.items.map(({ payment }) => payment.id), ["900"]);
  assert.match(payments.items[0].text, /€1,250\.00/);
  await assert.rejects(session.remove("1"), /no payment "1"/);
  const removed = [];
  session.on("remove", (detail) => removed.push(detail.payment.id));
  assert.equal((await session.remove("900")).state, "recorded");
  assert.deepEqual(removed, ["900"]);
  const after = await until(session, ({ payments }) => payments?.state === "loaded");
  assert.deepEqual(after.payments.items, []);
  assert.ok(after.payments.message.length > 5);
});

test("loads the invoice that the page names, and asks for no currency", async () => {
  const books = provider();
  const fetch = async (url, init) =>
    init.method === "GET" && new URL(url).pathname.endsWith(books.id)
      ? new Response(`{"id":${books.id},"number":"1000","amount":20.0,"due_amount":12.5,"currency":"EUR","state":"open"}`, { status: 200, headers: JSON_TYPE })
      : books.fetch(url, init);
  const session = books.session({ invoice: null, preset: { invoiceId: books.id }, fetch });
  // Until somebody listens, nothing is requested: a server may create a session only to render a page.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([session.getState().isReading, books.requests], [false, []]);
  const seen = [];
  session.subscribe(({ isReading }) => seen.push(isReading));
  const { fields, invoice } = await until(session, ({ isReading }) => !isReading);
  assert.deepEqual(seen, [true, false]);
  assert.equal(fields.some(({ name }) => name === "currency"), false);
  assert.deepEqual([invoice.currency, invoice.balance], ["EUR", "12.50"]);
});

/** The provider behind a relay with this token, which keeps what it knows about each key in `keys`. */
const relay = (books, token) => {
  const seen = { sent: [], keys: new Map(), token };
  const own = (status, outcome, body) => new Response(JSON.stringify(body), { status, headers: { "remit-deadline": "1", "remit-outcome": outcome, "content-type": "application/json" } });
  const fetch = async (url, init) => {
    const { authorization, "idempotency-key": key } = Object.fromEntries(new Headers(init.headers));
    seen.sent.push([init.method, authorization, key]);
    if (authorization !== `Bearer ${seen.token}`) return own(401, "not-sent", { code: "session", detail: "The session has expired." });
    const [, asked] = url.split("/_intents/");
    if (asked) return seen.keys.has(asked) ? own(200, "recorded", { paymentId: seen.keys.get(asked) }) : own(200, "not-sent", {});
    if (key) seen.keys.set(key.slice(1, -1), "900");
    const response = await books.fetch(url, init);
    response.headers.set("remit-deadline", "1");
    return response;
  };
  return Object.assign(seen, { fetch });
};

test("a relay receives the key of a payment, and says what became of it", async () => {
  const books = provider();
  const { fetch, sent, keys } = relay(books, "a-token");
  const session = fill(books.session({ fetch, session: "a-token" }), { amount: "10", paidAt: "2026-11-19" });
  books.next = "lose";
  assert.equal((await session.send()).state, "unknown");
  const [, , key] = sent.find(([method]) => method === "POST");
  assert.match(key, /^"[0-9a-f-]{36}-\d+"$/);
  assert.deepEqual([...keys.keys()], [key.slice(1, -1)]);
  // Without a note, the provider's list shows only a similar payment.
  const outcome = await session.reconcile();
  assert.deepEqual([outcome.state, outcome.paymentId], ["recorded", "900"]);
  assert.equal(books.posts(), 1);
});

test("a refused session sends nothing, and a new one sends the payment", async () => {
  const books = provider();
  const { fetch, sent } = relay(books, "the-second");
  const session = books.session({ fetch, session: "the-first" });
  const heard = [];
  session.on("session-expired", (detail) => heard.push(detail));
  const outcome = await fill(session).send();
  assert.deepEqual([outcome.state, outcome.code, outcome.words], ["not-sent", "session", "The session has expired."]);
  assert.deepEqual(heard.at(-1), { provider: "harvest-v2", reason: "The session has expired." });
  assert.equal(books.requests.length, 0);
  assert.equal(session.getState().value.amount, "1250.00");
  assert.ok(!JSON.stringify(session.getState()).includes("the-first"));
  session.configure({ session: "the-second" });
  assert.equal(session.getState().phase, "not-sent");
  session.retry();
  assert.equal((await session.send()).state, "recorded");
  assert.equal(sent.filter(([method]) => method === "POST").length, 1);
  assert.throws(() => session.configure({ session: "two words" }), /session has a character that a token cannot have/);
  assert.throws(
    () => books.session({ session: "a", endpoint: { baseUrl: "https://api.example.com", credentials: { accessToken: "b" } } }),
    /session and credentials are both set\. Set session for a relay/,
  );
});

test("can be required", () => {
  const required = createRequire(import.meta.url)("remit-payments/session");
  const session = required.createPaymentSession({ provider: "harvest", endpoint: "/relay", locale: "en" });
  assert.equal(session.getState().phase, "editing");
});

test("a server that renders the session requests nothing", async () => {
  const books = provider();
  const session = books.session({ invoice: null, preset: { invoiceId: books.id } });
  assert.ok(session.fields.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(books.requests, []);
});

test("refuses a name that does not exist, at every depth, and names the nearest one", () => {
  const options = { provider: "harvest-v2", endpoint: "https://relay.example.com/harvest-v2", invoice: INVOICE };
  for (const [changes, message] of [
    [{ provder: "harvest" }, "option provder. Did you mean provider?"],
    [{ onsubmit() {} }, "option onsubmit. Did you mean onSubmit?"],
    [{ endpoint: { baseURL: "https://x.example.com" } }, "option endpoint.baseURL. Did you mean baseUrl?"],
    [{ endpoint: { baseUrl: "https://x.example.com", credential: {} } }, "option endpoint.credential. Did you mean credentials?"],
    [{ invoice: { ...INVOICE, balanc: "1" } }, "option invoice.balanc. Did you mean balance?"],
    [{ preset: { invoiceid: "1" } }, "option preset.invoiceid. Did you mean invoiceId?"],
    [{ transactions: [{ idd: "1" }] }, "option transactions[].idd. Did you mean id?"],
  ]) {
    assert.throws(() => createPaymentSession({ ...options, ...changes }), { name: "TypeError", message: `createPaymentSession: There is no ${message}` });
    assert.throws(() => createPaymentSession(options).configure(changes), { message: `createPaymentSession: There is no ${message}` });
  }
  const session = createPaymentSession(options);
  assert.throws(() => session.set("amout", "5"), /There is no field amout\. Did you mean amount\?/);
  assert.throws(() => session.setValue({ paidat: "2026-11-19" }), /There is no field paidat\. Did you mean paidAt\?/);
  assert.throws(() => session.leave("amout"), /Did you mean amount\?/);
  assert.throws(() => session.set("amount", "5", { unfinised: true }), /Did you mean unfinished\?/);
  for (const [changes, message] of [
    [{ transactions: {} }, /^transactions must be an array/],
    [{ invoice: "INV-42" }, /^invoice must be an object/],
    [{ invoice: { ...INVOICE, id: {} } }, /^invoice\.id must be a text/],
    [{ disabled: "false" }, /disabled must be true or false/],
    [{ preset: { note: [] } }, /^preset\.note must be a text/],
  ]) {
    assert.throws(() => createPaymentSession({ ...options, ...changes }), { name: "TypeError", message });
  }
});
