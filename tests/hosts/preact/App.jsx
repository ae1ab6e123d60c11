import { useCallback, useState } from "preact/hooks";
import "remit-payments/widget";

export function App({ account }) {
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(true);
  const [disabled, setDisabled] = useState(false);
  const [amount, setAmount] = useState("");
  const [receipts, setReceipts] = useState([]);
  const invoice = account.invoices[at];
  const paid = ({ detail: { payment, outcome } }) =>
    setReceipts((receipts) => [...receipts, `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`]);
  const listen = useCallback((element) => {
    const changed = ({ detail }) => setAmount(detail.value.amount);
    element.addEventListener("remit-change", changed);
    return () => element.removeEventListener("remit-change", changed);
  }, []);
  return (
    <>
      <h1>Invoice {invoice.number}</h1>
      <button onClick={() => setAt((at + 1) % account.invoices.length)}>Next invoice</button>
      <button onClick={() => setOpen(!open)}>{open ? "Close form" : "Open form"}</button>
      <label>
        <input type="checkbox" checked={disabled} onInput={({ target }) => setDisabled(target.checked)} /> Disabled
      </label>
      {open && (
        <remit-payment
          ref={listen}
          provider="dayzero"
          business-id={account.businessId}
          baseUrl={account.baseUrl}
          invoice={invoice}
          transactions={account.transactions}
          disabled={disabled}
          onremit-success={paid}
        >
          <p>Pay {invoice.number} by bank transfer.</p>
        </remit-payment>
      )}
      <p>
        Amount: <output>{amount}</output>
      </p>
      <ul>
        {receipts.map((receipt) => (
          <li key={receipt}>{receipt}</li>
        ))}
      </ul>
    </>
  );
}
