import { html, LitElement, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import "remit-payments/widget";

export class PayApp extends LitElement {
  static properties = { account: {}, at: {}, open: {}, disabled: {}, amount: {}, receipts: {} };

  constructor() {
    super();
    Object.assign(this, { at: 0, open: true, disabled: false, amount: "", receipts: [] });
  }

  #paid({ detail: { payment, outcome } }) {
    this.receipts = [...this.receipts, `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`];
  }

  #changed = ({ detail }) => (this.amount = detail.value.amount);
  #listen = (element) => element?.addEventListener("remit-change", this.#changed);

  render() {
    const { baseUrl, businessId, invoices, transactions } = this.account;
    const invoice = invoices[this.at];
    return html`
      <h1>Invoice ${invoice.number}</h1>
      <button @click=${() => (this.at = (this.at + 1) % invoices.length)}>Next invoice</button>
      <button @click=${() => (this.open = !this.open)}>${this.open ? "Close form" : "Open form"}</button>
      <label><input type="checkbox" .checked=${this.disabled} @change=${({ target }) => (this.disabled = target.checked)} /> Disabled</label>
      ${this.open
        ? html`<remit-payment
            ${ref(this.#listen)}
            provider="dayzero"
            business-id=${businessId}
            .baseUrl=${baseUrl}
            .invoice=${invoice}
            .transactions=${transactions}
            ?disabled=${this.disabled}
            @remit-success=${this.#paid}
          >
            <p>Pay ${invoice.number} by bank transfer.</p>
          </remit-payment>`
        : nothing}
      <p>Amount: <output>${this.amount}</output></p>
      <ul>
        ${this.receipts.map((receipt) => html`<li>${receipt}</li>`)}
      </ul>
    `;
  }
}

customElements.define("pay-app", PayApp);
