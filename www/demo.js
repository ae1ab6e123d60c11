// The demo page as a host: it knows the relay's address and the sandbox's invoices, and hands them to the element.

import "./remit.js";

const element = document.querySelector("remit-payment");
const adding = document.createElement("remit-invoice");
const select = document.querySelector("#invoice");
const facts = document.querySelector("#facts");
const log = document.querySelector("#log");
const query = new URLSearchParams(location.search);

// For looking at the page in another language or colour scheme: ?locale=ar&theme=dark&provider=ivvy
if (query.has("locale")) element.locale = document.documentElement.lang = query.get("locale");
if (query.has("theme")) document.documentElement.style.colorScheme = query.get("theme");
if (query.has("provider")) element.provider = query.get("provider");

let provider = element.provider.split(" ")[0];

const note = (text) => {
  const line = document.createElement("li");
  line.textContent = text;
  log.prepend(line);
};

for (const name of ["ready", "invalid", "submit", "success", "failure", "unknown", "remove", "load-error"]) {
  for (const form of [element, adding]) form.addEventListener(`remit-${name}`, ({ detail }) => {
    const { payment, outcome, issues, message } = detail;
    const what = outcome
      ? `${outcome.state} ${outcome.paymentId ?? outcome.words ?? ""}`
      : (issues?.map(({ field, code }) => `${field}: ${code}`).join(", ") ?? message ?? "");
    note([`remit-${name}`, detail.provider, payment && `${payment.currency} ${payment.amount}`, what].filter(Boolean).join(" · "));
  });
}

/** Where the relay is, and what the sandbox's books say now. */
const look = () =>
  fetch("demo.json")
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);

let demo = await look();

const fact = (label, value) => {
  const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
  [term.textContent, detail.textContent] = [label, value];
  return [term, detail];
};

const chosen = () => demo?.providers.find(({ id }) => id === provider);

/** The invoice that the host has chosen, handed to the form. */
const choose = () => {
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

/** The chosen provider's invoices. */
const offer = (selected = "") => {
  const none = new Option("None: the form asks", "");
  const options = (chosen()?.invoices ?? []).map((i) => new Option(`${i.number} · ${i.currency} ${i.balance} · ${i.status}`, i.id));
  select.replaceChildren(none, ...options);
  select.value = selected;
  choose();
  invite();
};

/** The form that adds an invoice, where the provider has such a thing. */
const invite = () => {
  const known = chosen();
  const adds = known?.operations.includes("add_invoice") ?? false;
  document.querySelector("#add").hidden = !adds;
  if (!adds) return adding.remove();
  adding.setAttribute("workspace-id", known.ids.workspaceId ?? "");
  adding.provider = provider;
  document.querySelector("#add details").append(adding);
};

select.addEventListener("change", choose);

// A host's own books change with a payment, and with an invoice.
const refresh = async () => {
  demo = (await look()) ?? demo;
  offer(select.value);
};
element.addEventListener("remit-success", refresh);
element.addEventListener("remit-remove", refresh);
adding.addEventListener("remit-success", refresh);

element.addEventListener("remit-change", ({ detail }) => {
  if (detail.provider === provider) return;
  provider = detail.provider;
  offer();
});

if (demo) element.baseUrl = adding.baseUrl = `${demo.relay}/{provider}`;
else note("No sandbox here: start one with `cargo xtask demo`.");
offer();
