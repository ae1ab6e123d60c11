// Uses of the types of remit-payments/testing.

import { announce, answer, confirm, defineElements, enter, resetElements, respondOnce, respondWith, submissions, type ToldOutcome } from "remit-payments/testing";

const { RemitPayment } = defineElements();
const element = new RemitPayment();
element.invoice = { id: "1", currency: "EUR" };
element.addEventListener("remit-success", ({ detail }) => detail.payment.amount satisfies string);

respondWith("recorded");
respondWith({ state: "refused", words: "No" });
respondOnce("unknown", { state: "recorded", paymentId: "1" }, "never");
enter(element, { amount: "5.00", paidAt: new Date() });
const outcome = await confirm(element);
if (outcome.state === "recorded") outcome.paymentId satisfies string | null;
announce(element, "remit-session-expired", { reason: null });
answer(element, "recorded");
submissions()[0]?.payment?.amount satisfies string | undefined;
resetElements();

const told: ToldOutcome = "not-sent";
// @ts-expect-error There is no such outcome.
respondWith("recorder");
// @ts-expect-error A refusal has no payment.
respondWith({ state: "refused", paymentId: "1" });
// @ts-expect-error An answer arrives.
answer(element, "never");
// @ts-expect-error There is no such event.
announce(element, "remit-sucess");
void told;
