// Uses of remit-payments/session in TypeScript. The compiler must report each marked mistake.

import { createPaymentSession, type SessionState } from "remit-payments/session";

const session = createPaymentSession({
  provider: "clockify",
  endpoint: "https://relay.example.com/clockify",
  invoice: { id: "1", currency: "USD" },
});
const shown = (state: SessionState): string => (state.phase === "recorded" ? (state.outcome.paymentId ?? "") : (state.said?.title ?? ""));
const stop: () => void = session.subscribe((state) => console.log(shown(state)));
stop();
for (const { name, label } of session.getState().actions) console.log(label, session[name]);
session.on("success", ({ outcome }) => console.log(outcome.balance));
// @ts-expect-error: there is no such event.
session.on("paid", () => {});
// @ts-expect-error: nothing could be sent.
createPaymentSession({ provider: "clockify" });
