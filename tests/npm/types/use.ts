// Correct uses of the types. This file must compile.

import {
  anyPayment,
  clockify,
  dayzero,
  harvestV2,
  ivvy,
  parseMany,
  payment,
  providers,
  type ClockifyPayment,
  type ClockifyPaymentInput,
  type Field,
  type Issue,
  type IvvyPayment,
  type Options,
  type Receipt,
} from "remit-payments";

const equal = <A, B>(_: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never) => {};

// Any input can be checked, and `ok` distinguishes the results.
const result = clockify.payment.parse(JSON.parse("{}"), {
  timeZone: "Europe/Berlin",
  now: new Date(),
  invoice: { balance: "1.00" },
});
if (result.ok) {
  const value: ClockifyPayment = result.value;
  const amount: string = value.amount;
  const note: string | undefined = value.note;
  const { method, path, headers, body } = result.request;
  equal<typeof method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE">(true);
  void [amount, note, path, headers["Content-Type"]?.length, body.length];
} else {
  const [first] = result.issues;
  const path: readonly string[] | undefined = first?.path;
  void path;
}

// The codes are a closed list.
const say = (issue: Issue): string => {
  switch (issue.code) {
    case "too_long":
      return `at most ${issue.params["max"] ?? ""}`;
    case "required":
      return "needed";
    default:
      return issue.message;
  }
};
void say;

// A draft accepts the values of a form.
const draft: ClockifyPaymentInput = {
  workspaceId: "w",
  invoiceId: "i",
  currency: "usd",
  amount: 12.5,
  paidAt: new Date(),
  note: null,
};
draft.note = "ACH 8841";
const same: ClockifyPaymentInput = { ...draft, note: undefined };
void same;

// A choice determines the types of the fields that depend on it.
const describe = (value: IvvyPayment): string => {
  switch (value.method) {
    case "cheque":
      return `cheque ${value.chequeNumber}, drawn by ${value.chequeDrawer ?? "unknown"}`;
    case "creditCard": {
      const card: "visa" | "mastercard" | "amex" | "diners" | "unknown" = value.cardType;
      return card;
    }
    case "custom":
      return value.customMethodId;
    case "directDeposit":
      return value.transferReference ?? "";
    default: {
      const none: undefined = value.chequeNumber;
      return none ?? value.method;
    }
  }
};
void describe;
const fee = (value: IvvyPayment): string | undefined => value.feeAmount ?? value.feePercentage;
const wholeFee = (value: IvvyPayment): undefined => (value.feeAmount === undefined ? undefined : value.feePercentage);
void [fee, wholeFee];

// A provider with few currencies has a closed list of them.
const dayzeroResult = dayzero.payment.parse({});
if (dayzeroResult.ok) equal<typeof dayzeroResult.value.currency, "USD" | "CAD" | "AUD" | "EUR" | "GBP">(true);

// A provider can be chosen by its identifier, known at compile time or not.
const known = payment("harvest-v2").parse({});
if (known.ok) equal<typeof known.value, Extract<ReturnType<typeof harvestV2.payment.parse>, { ok: true }>["value"]>(true);
const chosen = payment(String(Math.random()));
const amount: string | undefined = chosen?.parse({}).value?.amount;
void amount;
for (const { id, name, payment } of providers) void `${id} ${name} ${payment.fields.length}`;

// The provider in a draft determines the type of its value.
const any = anyPayment.parse({});
if (any.ok && any.value.provider === "ivvy") void describe(any.value);
if (any.ok && any.value.provider === "dayzero") {
  const transaction: string = any.value.transactionId;
  void transaction;
}

// The state determines the type of an outcome.
const describeOutcome = (receipt: Receipt): string => {
  switch (receipt.state) {
    case "recorded":
      return receipt.paymentId ?? receipt.raw;
    case "refused":
      return `${receipt.code} ${receipt.retryAfter?.toFixed() ?? ""}`;
    case "not-sent":
    case "unknown":
      return receipt.code;
  }
};
void describeOutcome(ivvy.payment.receipt({ status: 200, headers: { "content-type": "text/html" }, body: "" }, { currency: "AUD" }));
void describeOutcome(ivvy.payment.receipt({ status: 200, headers: new Map([["content-type", "text/html"]]), body: "" }));

// The kind of a field determines its limits.
const limit = (field: Field): string => {
  switch (field.kind) {
    case "text":
    case "id":
      return field.max.toFixed();
    case "currency":
      return field.choices.map(({ value, decimals }) => `${value} ${decimals}`).join();
    case "choice":
      return field.choices.map(({ label }) => label).join();
    case "integer":
      return field.max;
    case "amount":
      return `${field.minMinorUnits} ${field.unit}`;
    default:
      return field.when === null ? "" : field.when.field;
  }
};
void limit;

const options: Options = { messages: { "issue.required": "Bitte ausfüllen." } };
void clockify.payment["~standard"].validate({}, { libraryOptions: options });

// `assert` returns the value or throws.
equal<ReturnType<typeof clockify.payment.assert>, ClockifyPayment>(true);
const asserted: "clockify" | "dayzero" | "harvest" | "harvest-v2" | "ivvy" = anyPayment.assert({}).provider;
void asserted;

// Payments from rows that name their provider have a `provider`; payments of a batch for one provider do not.
const named = parseMany([{}]).at(0);
if (named?.ok === true) void (named.value.provider satisfies "clockify" | "dayzero" | "harvest" | "harvest-v2" | "ivvy");
const one = parseMany([{}], { provider: "harvest" }).at(0);
if (one?.ok === true) equal<"provider" extends keyof typeof one.value ? true : false, false>(true);
