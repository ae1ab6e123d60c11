import { loadAccount } from "./account.js";
import "./remit/widget.js";

const { baseUrl, businessId, invoices, transactions } = await loadAccount();
const form = document.querySelector("remit-payment");
let at = 0;

const show = () => {
  const invoice = invoices[at];
  document.querySelector("h1").textContent = `Invoice ${invoice.number}`;
  form.querySelector("p").textContent = `Pay ${invoice.number} by bank transfer.`;
  form.invoice = invoice;
};

form.baseUrl = baseUrl;
form.setAttribute("business-id", businessId);
form.transactions = transactions;
form.addEventListener("remit-change", ({ detail }) => {
  document.querySelector("output").textContent = detail.value.amount;
});
form.addEventListener("remit-success", ({ detail: { payment, outcome } }) => {
  const receipt = document.createElement("li");
  receipt.textContent = `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`;
  document.querySelector("ul").append(receipt);
});
document.querySelector("#next").addEventListener("click", () => {
  at = (at + 1) % invoices.length;
  show();
});
document.querySelector("#disabled").addEventListener("change", ({ target }) => {
  form.disabled = target.checked;
});
document.querySelector("#toggle").addEventListener("click", ({ target }) => {
  if (form.isConnected) form.remove();
  else document.querySelector("label").after(form);
  target.textContent = form.isConnected ? "Close form" : "Open form";
});
show();
