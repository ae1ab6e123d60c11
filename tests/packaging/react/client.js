import * as remit from "remit-payments";
import { createElement as h, version } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { check } from "../expect.js";
import { leave, shown } from "../page.js";
import { App, heard } from "./app.js";

const until = async (what, found) => {
  const end = Date.now() + 20_000;
  while (!found()) {
    if (Date.now() > end) throw new Error(`${what} did not come about`);
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
  const is = (what, found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${what}: ${JSON.stringify(found)}`);
  };
  is("the ref", app.payment.current === element, true);
  is("the class", element.className, "form");
  is("a property", element.invoice.number, "INV-42");
  is("what was entered", element.value.note, "ACH 8841");
  await until("remit-ready", () => heard.some(([name, provider]) => name === "ready" && provider === "clockify"));
  // Another rendering with the same properties undoes nothing that was typed.
  element.value = { note: "typed" };
  app.again();
  app.setDisabled(true);
  await until("disabled", () => element.disabled);
  is("what was typed", element.value.note, "typed");
  app.setDisabled(false);
  await until("enabled", () => !element.disabled && !element.shadowRoot.querySelector("button.primary").disabled);
  is("an empty form", element.submit(), false);
  await until("remit-invalid", () => heard.some(([name, fields]) => name === "invalid" && fields.includes("paidAt")));
  is("times that it was heard", heard.filter(([name]) => name === "invalid").length, 1);
  return { version, result: check(remit), element: shown(element) };
});
