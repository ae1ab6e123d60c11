// The demo page as a host page: it sets the relay's address and one of the sandbox's invoices on the element.

import "./remit.js";

const element = document.querySelector("remit-payment");
const adding = document.createElement("remit-invoice");
const select = document.querySelector("#invoice");
const facts = document.querySelector("#facts");
const log = document.querySelector("#log");
const query = new URLSearchParams(location.search);

// The query selects a locale, a colour scheme and a provider: ?locale=ar&theme=dark&provider=ivvy
if (query.has("locale")) element.locale = document.documentElement.lang = query.get("locale");
if (query.has("theme")) document.documentElement.style.colorScheme = query.get("theme");
if (query.has("provider")) element.provider = query.get("provider");

let provider = element.provider.split(" ")[0];

const note = (text) => {
  const line = document.createElement("li");
  line.textContent = text;
  log.prepend(line);
};

for (const name of ["ready", "invalid", "submit", "success", "failure", "unknown", "remove", "session-expired", "load-error"]) {
  for (const form of [element, adding]) form.addEventListener(`remit-${name}`, ({ detail }) => {
    const { payment, outcome, issues, message, reason } = detail;
    const summary = outcome
      ? `${outcome.state} ${outcome.paymentId ?? outcome.words ?? ""}`
      : (issues?.map(({ field, code }) => `${field}: ${code}`).join(", ") ?? message ?? reason ?? "");
    note([`remit-${name}`, detail.provider, payment && `${payment.currency} ${payment.amount}`, summary].filter(Boolean).join(" · "));
  });
}

/** The relay's address and the sandbox's current invoices. */
const load = () =>
  fetch("demo.json")
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);

let demo = await load();

const fact = (label, value) => {
  const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
  [term.textContent, detail.textContent] = [label, value];
  return [term, detail];
};

const chosen = () => demo?.providers.find(({ id }) => id === provider);

/** Sets the selected invoice on the element. */
const setInvoice = () => {
  const known = chosen();
  const invoice = known?.invoices.find(({ id }) => id === select.value) ?? null;
  for (const [name, attribute] of [["workspaceId", "workspace-id"], ["businessId", "business-id"]]) {
    const value = invoice && known.ids[name];
    if (value) element.setAttribute(attribute, value);
    else element.removeAttribute(attribute);
  }
  const { id, number, balance, currency, state, issued } = invoice ?? {};
  element.invoice = invoice && { id, number, balance, currency, state, issued };
  element.transactions = invoice ? (known.transactions ?? []) : [];
  const rows = invoice
    ? [["Amount", `${invoice.currency} ${invoice.amount}`], ["Paid", `${invoice.currency} ${invoice.paid}`], ["Status", invoice.status]]
    : Object.entries(known?.ids ?? {});
  facts.replaceChildren(...rows.flatMap(([label, value]) => fact(label, value)));
};

/** Lists the chosen provider's invoices. */
const listInvoices = (selected = "") => {
  const none = new Option("None: enter it in the form", "");
  const options = (chosen()?.invoices ?? []).map((i) => new Option(`${i.number} · ${i.currency} ${i.balance} · ${i.status}`, i.id));
  select.replaceChildren(none, ...options);
  select.value = selected;
  setInvoice();
  showInvoiceForm();
};

/** Shows the form that adds an invoice, if the provider supports it. */
const showInvoiceForm = () => {
  const known = chosen();
  const adds = known?.operations.includes("add_invoice") ?? false;
  document.querySelector("#add").hidden = !adds;
  if (!adds) return adding.remove();
  adding.setAttribute("workspace-id", known.ids.workspaceId ?? "");
  adding.provider = provider;
  document.querySelector("#add details").append(adding);
};

select.addEventListener("change", setInvoice);

// A payment or an added invoice changes the host's own data.
const refresh = async () => {
  demo = (await load()) ?? demo;
  listInvoices(select.value);
};
element.addEventListener("remit-success", refresh);
element.addEventListener("remit-remove", refresh);
adding.addEventListener("remit-success", refresh);

element.addEventListener("remit-change", ({ detail }) => {
  if (detail.provider === provider) return;
  provider = detail.provider;
  listInvoices();
});

/** Asks the host's server for a session with the relay. The forms keep what was entered. */
const renew = async () => {
  const response = await fetch("session", { method: "POST" });
  if (response.ok) element.session = adding.session = (await response.json()).session;
  else note(`No session: ${await response.text()}`);
};

if (demo?.sessions) {
  await renew();
  for (const form of [element, adding]) form.addEventListener("remit-session-expired", renew);
}

if (demo) element.baseUrl = adding.baseUrl = `${demo.relay}/{provider}`;
else note("No sandbox found. Start one with `cargo xtask demo`.");
listInvoices();
