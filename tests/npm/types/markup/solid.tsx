/** @jsxImportSource solid-js */
// The elements in the markup of Solid. Each marked mistake must be an error.

import type { RemitPayment } from "remit-payments/widget";
import type {} from "remit-payments/types/solid";

export function Pay() {
  let element: RemitPayment | undefined;
  return (
    <>
      <remit-payment
        ref={element}
        id="pay"
        provider="clockify"
        base-url="https://relay.example.com/clockify"
        disabled={false}
        prop:invoice={{ id: 7, currency: "USD" }}
        value={{ amount: "1.00" }}
        on:remit-success={({ detail }) => console.log(detail.payment.amount satisfies string)}
      >
        <p>Loading the form …</p>
      </remit-payment>
      {/* @ts-expect-error: invoices have no such state. */}
      <remit-payment prop:invoice={{ id: 7, state: "late" }} />
      {/* @ts-expect-error: the element that adds an invoice reports no payment. */}
      <remit-invoice on:remit-success={({ detail }) => console.log(detail.payment)} />
    </>
  );
}
