// What the types have to refuse. Each line that is marked must not compile.

import { clockify, ivvy, payment, type AnyPaymentInput, type ClockifyPaymentInput, type IvvyPayment } from "remit-payments";

const result = clockify.payment.parse({});
// @ts-expect-error A value is there only once the draft has passed.
result.value.amount;
// @ts-expect-error So is the request.
result.request.body;
// @ts-expect-error A rejection may be all that there is.
const request: { body: string } = result.request;

if (result.ok) {
  // @ts-expect-error An amount is text: no float near money.
  const amount: number = result.value.amount;
  // @ts-expect-error What was checked is not changed afterwards.
  result.value.amount = "2.00";
  // @ts-expect-error The note may be left out.
  const note: string = result.value.note;
  // @ts-expect-error Clockify's amounts are in currencies with two decimals.
  const yen: boolean = result.value.currency === "JPY";
  // @ts-expect-error No such field.
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
  // @ts-expect-error Not every payment is a cheque.
  const number: string = value.chequeNumber;
  if (value.method === "cheque") {
    // @ts-expect-error A cheque is of no card.
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
// @ts-expect-error A cheque has a number.
pay({ ...base, method: "cheque" });
// @ts-expect-error Cash has none.
pay({ ...base, method: "cash", chequeNumber: "7" });
// @ts-expect-error No such method.
pay({ ...base, method: "barter" });
// @ts-expect-error Of the two fees the amount counts.
pay({ ...base, method: "cash", feeAmount: "1.00", feePercentage: "2" });
pay({ ...base, method: "cash", feePercentage: "2" });

// @ts-expect-error A provider that is only known at run time may not be there.
payment("acme" as string).parse({});
// @ts-expect-error A draft for any provider names it.
const nameless: AnyPaymentInput = { ...base, method: "cash" };
// @ts-expect-error An offset is no time zone's name, and there is no such option.
ivvy.payment.parse({}, { offsetMinutes: 60 });
// @ts-expect-error Invoices have other states.
ivvy.payment.parse({}, { invoice: { state: "overdue" } });
void [request, incomplete, wrong, nameless];
