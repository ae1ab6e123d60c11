// Uses of the types in consumers of Standard Schema. The consumers' own types have errors, so they are not checked here.

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { initTRPC } from "@trpc/server";
import { clockify, type ClockifyPayment, type ClockifyPaymentInput } from "remit-payments";

const t = initTRPC.create();
export const router = t.router({
  pay: t.procedure.input(clockify.payment).mutation(({ input }) => {
    const payment: ClockifyPayment = input;
    // @ts-expect-error An amount is text.
    const amount: number = input.amount;
    return [payment.amount, amount];
  }),
});

const draft: ClockifyPaymentInput = { workspaceId: "w", invoiceId: "i", currency: "USD", amount: 1, paidAt: new Date() };
void router.createCaller({}).pay(draft);
// @ts-expect-error The invoice is missing.
void router.createCaller({}).pay({ workspaceId: "w", currency: "USD", amount: 1, paidAt: "2026-11-19" });

export const resolver = standardSchemaResolver(clockify.payment);
