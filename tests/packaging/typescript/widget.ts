import { initialize } from "remit-payments/slim";
import { RemitInvoice, RemitPayment } from "remit-payments/widget";

const element = document.createElement("remit-payment");
const same: RemitPayment = element;
element.provider = "clockify";
element.invoice = { id: 7, balance: "1250.00", currency: "USD", state: "open" };
element.addEventListener("remit-success", ({ detail }) => {
  const state: "recorded" = detail.outcome.state;
  const amount: string = detail.payment.amount;
  console.log(state, amount, detail.outcome.paymentId ?? "");
});
element.addEventListener("remit-submit", (event) => event.preventDefault());
element.addEventListener("click", ({ clientX }) => console.log(clientX));
element.value = { amount: 1.5, paidAt: new Date(), note: null };
element.focus({ preventScroll: true });
const checks: boolean[] = [element.validate(), element.checkOutcome(), element.dirty, element.checkValidity(), element.required];
console.log(checks, element.form?.action, element.validity.customError, element.validationMessage);
// @ts-expect-error: an object is no value.
element.value = { amount: {} };
// @ts-expect-error: invoices have no such state.
element.invoice = { id: 7, state: "late" };
// @ts-expect-error: the property is read-only.
element.state = "editing";
export const start = (module: WebAssembly.Module) => initialize(WebAssembly.compileStreaming(fetch("/remit.wasm"))).then(() => module);
export const both: [RemitPayment, RemitInvoice] = [same, new RemitInvoice()];
