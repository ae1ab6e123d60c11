import { useEffect, useRef, useState } from "react";
import { RemitPayment } from "remit-payments/react";

export function App({ account }) {
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(true);
  const [disabled, setDisabled] = useState(false);
  const [amount, setAmount] = useState("");
  const [receipts, setReceipts] = useState([]);
  const form = useRef(null);
  const invoice = account.invoices[at];
  const paid = ({ detail: { payment, outcome } }) =>
    setReceipts((receipts) => [...receipts, `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`]);
  useEffect(() => {
    const element = form.current;
    const changed = ({ detail }) => setAmount(detail.value.amount);
    element?.addEventListener("remit-change", changed);
    return () => element?.removeEventListener("remit-change", changed);
  }, [open]);
  return (
    <>
      <h1>Invoice {invoice.number}</h1>
      <button onClick={() => setAt((at + 1) % account.invoices.length)}>Next invoice</button>
      <button onClick={() => setOpen(!open)}>{open ? "Close form" : "Open form"}</button>
      <label>
        <input type="checkbox" checked={disabled} onChange={({ target }) => setDisabled(target.checked)} /> Disabled
      </label>
      {open && (
        <RemitPayment
          ref={form}
          provider="dayzero"
          businessId={account.businessId}
          baseUrl={account.baseUrl}
          invoice={invoice}
          transactions={account.transactions}
          disabled={disabled}
          onSuccess={paid}
        >
          <p>Pay {invoice.number} by bank transfer.</p>
        </RemitPayment>
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
