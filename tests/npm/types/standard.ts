// The schemas conform to the specification's own types.

import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import {
  anyPayment,
  clockify,
  ivvy,
  payment,
  type ClockifyPayment,
  type ClockifyPaymentInput,
  type IvvyPayment,
} from "remit-payments";

const schemas: StandardSchemaV1[] = [clockify.payment, ivvy.payment, anyPayment, payment("harvest")];
const described: StandardJSONSchemaV1[] = [clockify.payment, ivvy.payment, anyPayment];
const typed: StandardSchemaV1<ClockifyPaymentInput, ClockifyPayment> = clockify.payment;
void [schemas, described, typed];

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never;
const input: Equal<StandardSchemaV1.InferInput<typeof clockify.payment>, ClockifyPaymentInput> = true;
const output: Equal<StandardSchemaV1.InferOutput<typeof ivvy.payment>, IvvyPayment> = true;
const described_: Equal<StandardJSONSchemaV1.InferOutput<typeof ivvy.payment>, IvvyPayment> = true;
void [input, output, described_];

// `validate` returns its result synchronously.
const now = clockify.payment["~standard"].validate({});
if (now.issues) void now.issues[0]?.code;
else void now.value.amount;

// @ts-expect-error The amount of a payment is not a number.
const other: StandardSchemaV1<{ amount: number }, ClockifyPayment & { amount: number }> = clockify.payment;
void other;
