import * as remit from "remit-payments";
import { createElement as h, version } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { check } from "../expect.js";
import { leave, shown } from "../page.js";
import { App, heard } from "./app.js";

const until = async (label, condition) => {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`timeout: ${label}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const root = document.getElementById("root");
const app = h(App);
if (root.firstChild) hydrateRoot(root, app);
else createRoot(root).render(app);

leave(async () => {
  const [pay, add] = ["pay", "add"].map((id) => () => document.getElementById(id));
  await until("the forms", () => pay()?.state === "editing" && add()?.state === "editing");
  const element = pay();
  const { app } = globalThis;
  const is = (label, value, expected) => {
    if (JSON.stringify(value) !== JSON.stringify(expected)) throw new Error(`${label}: ${JSON.stringify(value)}`);
  };
  is("the ref", app.payment.current === element, true);
  is("the class", element.className, "form");
  is("a property", element.invoice.number, "INV-42");
  is("the entered value", element.value.note, "ACH 8841");
  await until("remit-ready", () => heard.some(([name, provider]) => name === "ready" && provider === "clockify"));
  // Rendering again with equal properties keeps the entered value.
  element.value = { note: "typed" };
  app.again();
  app.setDisabled(true);
  await until("disabled", () => element.disabled);
  is("the changed value", element.value.note, "typed");
  app.setDisabled(false);
  await until("enabled", () => !element.disabled && !element.shadowRoot.querySelector("button.primary").disabled);
  is("submitting an incomplete form", element.submit(), false);
  await until("remit-invalid", () => heard.some(([name, fields]) => name === "invalid" && fields.includes("paidAt")));
  is("the number of remit-invalid events", heard.filter(([name]) => name === "invalid").length, 1);
  return { version, result: check(remit), element: shown(element) };
});
