// The elements in the templates of Vue, which check the properties of global components. Each marked mistake must be an error.

import type { GlobalComponents } from "vue";
import type {} from "remit-payments/types/vue";

type Properties<Name extends keyof GlobalComponents> = InstanceType<GlobalComponents[Name]>["$props"];

export const payment: Properties<"remit-payment"> = {
  id: "pay",
  class: "form",
  provider: "clockify",
  "base-url": "https://relay.example.com/clockify",
  invoice: { id: 7, currency: "USD" },
  onRemitSuccess: ({ detail }) => console.log(detail.payment.amount satisfies string),
  onRemitRemove: ({ detail }) => console.log(detail.invoiceId),
};
export const invoice: Properties<"remit-invoice"> = { provider: "clockify", onRemitSuccess: ({ detail }) => console.log(detail.invoice) };
// @ts-expect-error: invoices have no such state.
export const late: Properties<"remit-payment"> = { invoice: { id: 7, state: "late" } };
// @ts-expect-error: the element that adds an invoice has no invoice to pay.
export const none: Properties<"remit-invoice"> = { invoice: { id: 7 } };
export const submitted = (element: InstanceType<GlobalComponents["remit-payment"]>): boolean => element.submit();
