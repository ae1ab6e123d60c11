// Mistakes that the types must reject. Each marked line must not compile.

import { clockify, ivvy, payment, type AnyPaymentInput, type ClockifyPaymentInput, type IvvyPayment } from "remit-payments";

const result = clockify.payment.parse({});
// @ts-expect-error Only an accepted result has a value.
result.value.amount;
// @ts-expect-error Only an accepted result has a request.
result.request.body;
// @ts-expect-error A rejected result has no request.
const request: { body: string } = result.request;

if (result.ok) {
  // @ts-expect-error An amount is text: no float near money.
  const amount: number = result.value.amount;
  // @ts-expect-error A checked value is read-only.
  result.value.amount = "2.00";
  // @ts-expect-error The note is optional.
  const note: string = result.value.note;
  // @ts-expect-error Clockify's amounts are in currencies with two decimals.
  const yen: boolean = result.value.currency === "JPY";
  // @ts-expect-error Clockify has no such field.
  result.value.method;
  void [amount, note, yen];
}

const whole = { workspaceId: "w", invoiceId: "i", currency: "USD", amount: "1", paidAt: "2026-11-19" };
const { invoiceId: _, ...rest } = whole;
// @ts-expect-error The invoice is missing.
const incomplete: ClockifyPaymentInput = rest;
// @ts-expect-error An amount is a text or a number.
const wrong: ClockifyPaymentInput = { ...whole, amount: true };

const pay = (value: IvvyPayment) => {
  // @ts-expect-error Only a cheque has a cheque number.
  const number: string = value.chequeNumber;
  if (value.method === "cheque") {
    // @ts-expect-error A cheque has no card type.
    const card: string = value.cardType;
    void card;
  }
  void number;
};
const base = {
  invoiceId: "1",
  currency: "AUD",
  paidAt: "2026-11-19T12:00:00Z",
  amount: "1.00",
  receiptNumber: "1",
} as const;
pay({ ...base, method: "cheque", chequeNumber: "7" });
// @ts-expect-error A cheque requires a cheque number.
pay({ ...base, method: "cheque" });
// @ts-expect-error Cash has no cheque number.
pay({ ...base, method: "cash", chequeNumber: "7" });
// @ts-expect-error iVvy has no such method.
pay({ ...base, method: "barter" });
// @ts-expect-error A payment has only one of the two fees.
pay({ ...base, method: "cash", feeAmount: "1.00", feePercentage: "2" });
pay({ ...base, method: "cash", feePercentage: "2" });

// @ts-expect-error An identifier known only at run time may name no provider.
payment("acme" as string).parse({});
// @ts-expect-error A draft for any provider must name its provider.
const nameless: AnyPaymentInput = { ...base, method: "cash" };
// @ts-expect-error `offsetMinutes` is not an option.
ivvy.payment.parse({}, { offsetMinutes: 60 });
// @ts-expect-error Invoices have no such state.
ivvy.payment.parse({}, { invoice: { state: "overdue" } });
void [request, incomplete, wrong, nameless];
