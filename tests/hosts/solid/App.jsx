import { createSignal, For, onCleanup, Show } from "solid-js";
import "remit-payments/widget";

export function App(props) {
  const [at, setAt] = createSignal(0);
  const [open, setOpen] = createSignal(true);
  const [disabled, setDisabled] = createSignal(false);
  const [amount, setAmount] = createSignal("");
  const [receipts, setReceipts] = createSignal([]);
  const invoice = () => props.account.invoices[at()];
  const paid = ({ detail: { payment, outcome } }) =>
    setReceipts((receipts) => [...receipts, `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`]);
  const listen = (element) => {
    const changed = ({ detail }) => setAmount(detail.value.amount);
    element.addEventListener("remit-change", changed);
    onCleanup(() => element.removeEventListener("remit-change", changed));
  };
  return (
    <>
      <h1>Invoice {invoice().number}</h1>
      <button onClick={() => setAt((at() + 1) % props.account.invoices.length)}>Next invoice</button>
      <button onClick={() => setOpen(!open())}>{open() ? "Close form" : "Open form"}</button>
      <label>
        <input type="checkbox" checked={disabled()} onChange={({ target }) => setDisabled(target.checked)} /> Disabled
      </label>
      <Show when={open()}>
        <remit-payment
          ref={listen}
          provider="dayzero"
          attr:business-id={props.account.businessId}
          prop:baseUrl={props.account.baseUrl}
          prop:invoice={invoice()}
          prop:transactions={props.account.transactions}
          prop:disabled={disabled()}
          on:remit-success={paid}
        >
          <p>Pay {invoice().number} by bank transfer.</p>
        </remit-payment>
      </Show>
      <p>
        Amount: <output>{amount()}</output>
      </p>
      <ul>
        <For each={receipts()}>{(receipt) => <li>{receipt}</li>}</For>
      </ul>
    </>
  );
}
