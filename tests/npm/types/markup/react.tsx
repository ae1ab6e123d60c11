/** @jsxImportSource react */
// The elements in the markup of React 19. Each marked mistake must be an error.

import { useRef } from "react";
import type { RemitPayment } from "remit-payments/widget";
import type {} from "remit-payments/types/react";

export function Pay() {
  const element = useRef<RemitPayment>(null);
  return (
    <>
      <remit-payment
        ref={element}
        key="pay"
        id="pay"
        provider="clockify"
        base-url="https://relay.example.com/clockify"
        workspaceId="64a687e29ae1f428e7ebe303"
        disabled={false}
        required
        invoice={{ id: 7, currency: "USD", issued: new Date() }}
        value={{ amount: "1.00", paidAt: new Date() }}
        onremit-success={({ detail }) => console.log(detail.payment.amount satisfies string)}
        onremit-remove={({ detail }) => console.log(detail.invoiceId)}
      >
        <p>Loading the form …</p>
      </remit-payment>
      <remit-invoice provider="clockify" onremit-success={({ detail }) => console.log(detail.invoice)} />
      {/* @ts-expect-error: invoices have no such state. */}
      <remit-payment invoice={{ id: 7, state: "late" }} />
      {/* @ts-expect-error: the element that adds an invoice has no invoice to pay. */}
      <remit-invoice invoice={{ id: 7 }} />
      {/* @ts-expect-error: a flag is no text. */}
      <remit-payment disabled="yes" />
    </>
  );
}
