// What the doubles guarantee, in any runner. A runner passes the entry as it loads it, and Testing Library.

const assert = require("node:assert/strict");
const { declarations } = require("remit-payments/custom-elements.json").modules[0];
const { tick } = require("./entries.cjs");

const INVOICE = { id: "4393", number: "INV-42", balance: "1250.00", currency: "EUR" };

module.exports = (testing, { screen, userEvent }) => {
  const { answer, announce, confirm, defineElements, enter, resetElements, respondOnce, respondWith, submissions } = testing;

  /** A new element on the page, and the events that it has fired. */
  const shown = async (members = {}, tag = "remit-payment") => {
    defineElements();
    resetElements();
    document.body.replaceChildren();
    const element = Object.assign(document.createElement(tag), { provider: "harvest-v2", baseUrl: "https://relay.example.com/harvest-v2", ...members });
    const events = [];
    const names = declarations.find(({ tagName }) => tagName === tag).events.map(({ name }) => name);
    for (const name of names) element.addEventListener(name, (event) => events.push(event));
    document.body.append(element);
    await tick();
    return { element, events, names, types: () => events.map(({ type }) => type) };
  };
  const filled = async (members) => {
    const found = await shown({ invoice: INVOICE, ...members });
    enter(found.element, { amount: "10.00", paidAt: "2026-11-19" });
    return found;
  };
  const errorOf = async (call) => {
    try {
      await call();
    } catch (error) {
      return error;
    }
    assert.fail("nothing was thrown");
  };

  return [
    [
      "a user finds labelled controls, reviews, and records a payment",
      async () => {
        const { element, events, types } = await shown({ invoice: INVOICE });
        const user = userEvent.setup({ delay: null });
        await user.type(screen.getByLabelText("Amount"), "1250.00");
        await user.type(screen.getByLabelText("Payment date"), "2026-11-19");
        assert.deepEqual([element.dirty, element.value], [true, { amount: "1250.00", paidAt: "2026-11-19" }]);
        await user.click(screen.getByRole("button", { name: "Review payment" }));
        assert.equal(element.state, "review");
        await user.click(screen.getByRole("button", { name: "Record payment" }));
        await tick();
        assert.equal(element.state, "recorded");
        assert.equal(screen.getByRole("status").textContent, "Payment recorded");
        const { payment, outcome, provider } = events.at(-1).detail;
        assert.deepEqual([types().at(-2), types().at(-1), provider], ["remit-submit", "remit-success", "harvest-v2"]);
        assert.deepEqual(payment, { invoiceId: "4393", amount: "1250.00", currency: "EUR", paidAt: "2026-11-19", fields: { invoiceId: "4393", currency: "EUR", amount: "1250.00", paidAt: "2026-11-19" } });
        assert.deepEqual(Object.keys(outcome), ["state", "paymentId", "balance", "paid", "currency", "status", "raw"]);
        assert.deepEqual(submissions().map(({ element: from, payment: { amount } }) => [from, amount]), [[element, "1250.00"]]);
        assert.ok(events.every((event) => event.bubbles && event.composed));
      },
    ],
    [
      "an element answers with the outcome of the test: refused, not sent, unknown",
      async () => {
        for (const [state, type, members] of [
          ["refused", "remit-failure", { code: "forbidden", words: "No." }],
          ["not-sent", "remit-failure", { code: "offline" }],
          ["unknown", "remit-unknown", {}],
        ]) {
          const { element, events } = await filled();
          respondWith({ state, ...members });
          const outcome = await confirm(element);
          assert.deepEqual([outcome.state, element.state, events.at(-1).type, events.at(-1).detail.outcome], [state, state, type, outcome]);
          for (const [name, value] of Object.entries(members)) assert.equal(outcome[name], value);
          assert.equal(element.checkValidity(), false);
        }
      },
    ],
    [
      "a response that never arrives leaves the element sending, until the test answers",
      async () => {
        const { element, types } = await filled();
        respondWith("never");
        const outcome = confirm(element);
        await tick(20);
        assert.deepEqual([element.state, types().at(-1)], ["sending", "remit-submit"]);
        element.reset();
        assert.equal(element.state, "sending");
        answer(element, "recorded");
        assert.equal((await outcome).state, "recorded");
      },
    ],
    [
      "an unknown outcome is found by checking again",
      async () => {
        const { element, types } = await filled();
        respondOnce("unknown", { state: "recorded", paymentId: "900", balance: "1240.00" });
        await confirm(element);
        assert.equal(element.checkOutcome(), true);
        await tick();
        assert.deepEqual([element.state, types().slice(-2), element.invoice.balance], ["recorded", ["remit-unknown", "remit-success"], "1240.00"]);
        assert.equal(submissions().length, 1);
      },
    ],
    [
      "an empty required field opens no review, and is reported",
      async () => {
        const { element, events } = await shown();
        assert.equal(element.submit(), false);
        const { type, detail } = events.at(-1);
        assert.deepEqual([type, detail.issues.map(({ field, code }) => `${field} ${code}`)], ["remit-invalid", ["invoiceId required", "currency required", "paidAt required", "amount required"]]);
        assert.equal(screen.getByLabelText("Amount").getAttribute("aria-invalid"), "true");
        assert.match((await errorOf(() => confirm(element))).message, /Amount is required\./);
        assert.deepEqual(submissions(), []);
      },
    ],
    [
      "a page that cancels remit-submit brings the response itself",
      async () => {
        for (const [response, state] of [[{ status: 201, headers: {}, body: "{}" }, "recorded"], [{ status: 422, headers: {}, body: "" }, "refused"], [{ status: 502, headers: {}, body: "" }, "unknown"], [null, "unknown"]]) {
          const { element } = await filled();
          element.addEventListener("remit-submit", (event) => event.preventDefault());
          const outcome = confirm(element);
          assert.equal(element.state, "handed-over");
          assert.equal(element.settle(response), true);
          assert.equal((await outcome).state, state);
          assert.equal(element.settle(response), false);
        }
        const { element } = await shown();
        assert.match((await errorOf(() => element.settle({}))).message, /^settle: the response must be/);
      },
    ],
    [
      "the doubles have exactly the declared attributes, properties, methods and events",
      async () => {
        for (const { tagName, attributes, members, events } of declarations) {
          const { element, names } = await shown({ provider: "clockify" }, tagName);
          const found = { field: [], method: [] };
          for (let prototype = Object.getPrototypeOf(element); prototype !== HTMLElement.prototype; prototype = Object.getPrototypeOf(prototype)) {
            for (const [name, { value, set }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
              if (/^_|^constructor$|Callback$/.test(name)) continue;
              found[typeof value === "function" ? "method" : "field"].push(typeof value === "function" ? `${name}/${value.length}` : `${name} ${set ? "" : "readonly"}`);
            }
          }
          const fields = members.filter(({ kind }) => kind === "field").map(({ name, readonly }) => `${name} ${readonly ? "readonly" : ""}`);
          const methods = members.filter(({ kind }) => kind === "method").map(({ name, parameters }) => `${name}/${parameters.length}`);
          assert.deepEqual([...new Set(found.field)].sort(), fields.sort());
          assert.deepEqual([...new Set(found.method)].sort(), methods.sort());
          for (const { name, fieldName, type } of attributes) {
            element[fieldName] = "dark";
            assert.deepEqual([element.getAttribute(name), element[fieldName]], type.text === "boolean" ? ["", true] : ["dark", "dark"], name);
          }
          for (const { name } of events) {
            let heard = 0;
            element.addEventListener(name, () => (heard += 1));
            announce(element, name, { message: "m" });
            assert.equal(heard, 1, name);
          }
          assert.deepEqual(names, events.map(({ name }) => name));
        }
      },
    ],
    [
      "an invoice is added with the same steps",
      async () => {
        const { element, events } = await shown({ provider: "clockify" }, "remit-invoice");
        enter(element, { workspaceId: "w", clientId: "c", currency: "EUR", number: "7", issuedAt: "2026-11-01", dueAt: "2026-12-01" });
        assert.ok(screen.getByRole("button", { name: "Review invoice" }));
        await confirm(element);
        assert.deepEqual([events.at(-1).type, events.at(-1).detail.invoice.number], ["remit-success", "7"]);
      },
    ],
    [
      "a page's mistakes are reported as by the real element",
      async () => {
        const warn = console.warn;
        const error = console.error;
        const said = [];
        console.warn = console.error = (message) => said.push(message);
        try {
          for (const [members, message] of [
            [{ provider: "harvest2" }, /^provider="harvest2" is unknown/],
            [{ invoice: "INV-42" }, /^invoice must be an object/],
            [{ transactions: {} }, /^transactions must be an array/],
            [{ currency: {} }, /^currency must be a text, not an object/],
          ]) {
            const { events } = await shown(members);
            assert.deepEqual([events.length, events[0].type], [1, "remit-load-error"]);
            assert.match(events[0].detail.message, message);
          }
          const { element } = await shown({ invoice: { ...INVOICE, balance: undefined, balanc: "1" } });
          assert.ok(said.some((line) => line.includes("invoice.balanc is ignored. Did you mean balance?")), said.join("\n"));
          element.setAttribute("disabled", "false");
          assert.equal(element.disabled, false);
        } finally {
          console.warn = warn;
          console.error = error;
        }
      },
    ],
    [
      "a misspelt outcome, event or state is refused with the nearest name",
      async () => {
        const { element } = await filled();
        for (const [call, message] of [
          [() => respondWith("recorder"), 'There is no outcome recorder. Did you mean recorded?'],
          [() => respondOnce({ state: "refused", word: "No." }), 'An outcome "refused" has no word. Did you mean words?'],
          [() => announce(element, "remit-sucess"), "announce: there is no event remit-sucess. Did you mean remit-success?"],
          [() => enter(document.body, {}), "enter: the element must be a <remit-payment> or <remit-invoice> after defineElements()."],
        ]) {
          assert.equal((await errorOf(call)).message, message);
        }
      },
    ],
    [
      "a recorded payment is part of the data of the form around the element",
      async () => {
        const { element } = await filled({ name: "payment", required: true });
        const form = document.createElement("form");
        document.body.append(form);
        form.append(element);
        await tick();
        assert.deepEqual([element.form, new FormData(form).get("payment"), element.validity.valueMissing], [form, null, true]);
        await confirm(element);
        assert.equal(JSON.parse(new FormData(form).get("payment")).amount, "10.00");
        assert.deepEqual([element.checkValidity(), [...new FormData(form).keys()]], [true, ["payment"]]);
      },
    ],
  ];
};
