// Every export of the package, and what each script must be able to do where it is loaded.

const { readdirSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const folder = dirname(require.resolve("remit-payments/package.json"));
const { exports: declared } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The files that a pattern such as `./locales/*.json` stands for. */
const matching = (pattern) => {
  const [before, after] = pattern.split("*");
  const names = readdirSync(join(folder, before)).filter((name) => name.endsWith(after));
  return names.map((name) => `${before}${name}`);
};

/** Test runners do not load WebAssembly, and the types of a framework contain no script. */
const isLoadable = (name) => name !== "./remit.wasm" && !name.startsWith("./types/");
const names = Object.keys(declared).filter(isLoadable).flatMap((name) => (name.includes("*") ? matching(name) : [name]));

const tick = (delay = 0) => new Promise((resolve) => setTimeout(resolve, delay));

/** What each script must do after it is loaded. */
const uses = {
  "remit-payments": ({ clockify, parseMany }) => {
    const note = "Grüße, 漢字 💶";
    const draft = { workspaceId: "64a687e29ae1f428e7ebe303", invoiceId: "78a687e29ae1f428e7ebe303", currency: "USD", amount: "1,250.00", paidAt: "2026-11-19", note };
    const { value, request } = clockify.payment.parse(draft);
    const file = `invoiceId,currency,amount,paidAt,note\n4393,USD,5.00,2026-11-19,${note.replace(",", "")}\n`;
    const batch = parseMany(file, { provider: "harvest" });
    return value?.note === note && JSON.parse(request.body).note === note && batch.at(0)?.value?.note === note.replace(",", "");
  },
  "remit-payments/slim": ({ clockify, isInitialized }) => {
    try {
      clockify.payment.parse({});
    } catch (error) {
      return !isInitialized() && error.message.includes("initialize");
    }
    return false;
  },
  "remit-payments/session": ({ createPaymentSession }) => {
    const session = createPaymentSession({ provider: "harvest-v2", endpoint: "https://relay.example.com/harvest-v2", invoice: { id: "1", number: "№ 漢字", currency: "EUR" } });
    return session.getState().phase === "editing" && JSON.stringify(session.getState().invoice).includes("№ 漢字");
  },
  "remit-payments/widget": ({ RemitPayment }) => typeof RemitPayment === "function",
  "remit-payments/react": ({ RemitPayment }) => RemitPayment !== undefined,
  "remit-payments/testing": ({ defineElements }) => typeof defineElements === "function",
};

/** A real element where the environment lacks what it needs: it says so, and throws nothing. */
const complaint = async () => {
  const element = document.createElement("remit-payment");
  const messages = [];
  element.addEventListener("remit-load-error", ({ detail }) => messages.push(detail.message));
  element.setAttribute("provider", "harvest-v2");
  document.body.append(element);
  await tick(50);
  element.remove();
  await tick();
  return messages.join();
};

const entries = names.map((name) => `remit-payments${name.slice(1)}`);
module.exports = { entries, uses, complaint, tick };
