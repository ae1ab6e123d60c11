import { RemitInvoice, RemitPayment, type RemitPaymentProps } from "remit-payments/react";
import { useRef } from "react";

const props: RemitPaymentProps = { provider: "clockify", locale: undefined };

export function Form() {
  const element = useRef<HTMLElementTagNameMap["remit-payment"]>(null);
  return (
    <>
      <RemitPayment
        {...props}
        ref={element}
        className="form"
        invoice={{ id: "1", currency: "USD" }}
        onSuccess={({ detail }) => console.log(detail.payment.amount satisfies string)}
        onSubmit={(event) => event.preventDefault()}
      >
        <p>The form is on its way.</p>
      </RemitPayment>
      <RemitInvoice provider="clockify" onSuccess={({ detail }) => console.log(detail.invoice)} />
      {/* @ts-expect-error: there is no such property. */}
      <RemitPayment provder="clockify" />
    </>
  );
}
