// Uses of remit-payments/session. The compiler must accept them, and reject each marked mistake.

import { createPaymentSession, type PaymentSessionOptions, type Receipt, type SessionState } from "remit-payments/session";

const session = createPaymentSession({
  provider: ["clockify", "ivvy"],
  endpoint: "https://relay.example.com/{provider}",
  invoice: { id: 4393, currency: "EUR", balance: "1250.00" },
  preset: { workspaceId: "w" },
});

// The phase distinguishes the states.
const title = (state: SessionState): string => {
  switch (state.phase) {
    case "editing":
      return state.fields.map(({ label, text }) => `${label}: ${text}`).join();
    case "review":
    case "sending":
    case "handed-over":
      return state.said.title;
    case "recorded":
      return state.outcome.paymentId ?? state.said.title;
    case "refused":
      return state.outcome.providerCode ?? state.outcome.code;
    case "not-sent":
      return state.outcome.code;
    case "unknown":
      return state.checkSentence ?? state.said.title;
    default:
      return state satisfies never;
  }
};
const state = session.getState();
void title(state);
// @ts-expect-error Only a recorded payment has an identifier.
void state.outcome.paymentId;
// @ts-expect-error A snapshot cannot be changed.
state.value["amount"] = "1";

// The kind distinguishes the fields.
for (const field of session.fields) {
  if (field.kind === "text") void [field.max.toFixed(), field.lines];
  // @ts-expect-error Not every kind has a maximum.
  void field.max;
}

// A session is a Svelte store, and fits React's useSyncExternalStore.
const readable: { subscribe(run: (value: SessionState) => void): () => void } = session;
const useSyncExternalStore = <Snapshot>(subscribe: (changed: () => void) => () => void, get: () => Snapshot) => [subscribe, get] as const;
void [readable, useSyncExternalStore(session.subscribe, session.getState)];

// An action is the name of a method without parameters.
for (const { name } of state.actions) void session[name]();

session.on("success", ({ outcome, payment }) => [outcome.balance, payment?.amount]);
session.on("change", ({ provider, value }) => [provider, value["amount"]?.length]);
// @ts-expect-error There is no such event.
session.on("sucess", () => {});
session.configure({ invoice: null, endpoint: { baseUrl: "https://api.example.com", credentials: { apiKey: "k" } } });
const sent: Promise<Receipt | null> = session.send();
void sent;

// The page may send the payment itself: at once, later, or with a promise of the response.
createPaymentSession({ provider: "harvest", onSubmit: () => true });
createPaymentSession({ provider: "harvest", onSubmit: async ({ request }) => ({ status: 201, headers: request.headers, body: "{}" }) });
createPaymentSession({ provider: "harvest", endpoint: "/relay", onSubmit: ({ provider }) => void provider.length });
// @ts-expect-error An async function takes over the payment, so it must bring the response.
createPaymentSession({ provider: "harvest", onSubmit: async () => {} });
// @ts-expect-error Without an endpoint, nothing could be sent.
createPaymentSession({ provider: "harvest" });
// @ts-expect-error The option is misspelt.
const options: PaymentSessionOptions = { provider: "harvest", endpont: "/relay" };
void options;
