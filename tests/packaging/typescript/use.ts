// Uses of the package in TypeScript. The compiler must report each marked mistake.

import { clockify, harvestV2, payment, providers } from "remit-payments";
import { check } from "../expect.js";

/** Only compiled, never called. */
const mistake = (_: () => unknown) => {};

const said = clockify.payment.parse({ amount: "1250.00" }, { timeZone: "Europe/Berlin", now: new Date(), invoice: { balance: "1250.00" } });
if (said.ok) {
  const amount: string = said.value.amount;
  const { method, path, headers, body } = said.request;
  const sent: [string, string, string | undefined, string] = [method, path, headers["Content-Type"], body];
  // @ts-expect-error: an accepted result has no issues.
  mistake(() => said.issues.length);
  // @ts-expect-error: Clockify has no cheques.
  mistake(() => said.value.chequeNumber);
  console.log(amount, sent);
} else {
  for (const { path, code, params, message } of said.issues) {
    const text: string = `${path.join(".")} ${code} ${params.max ?? ""} ${message}`;
    console.log(text.length > 0);
  }
  // @ts-expect-error: a rejected result has no value.
  mistake(() => said.value.amount);
}
// @ts-expect-error: `parse` requires a draft.
mistake(() => clockify.payment.parse());
// @ts-expect-error: the object has no such member.
mistake(() => clockify.paymnet);

const outcome = harvestV2.payment.receipt({ status: 201, headers: {}, body: "" }, { currency: "USD" });
const state: "recorded" | "refused" | "not-sent" | "unknown" = outcome.state;
const chosen: boolean = payment("clockify") !== undefined && providers.length > 0;
const standard: 1 = clockify.payment["~standard"].version;
console.log(state, chosen, standard);
console.log(JSON.stringify(check({ clockify, harvestV2, payment, providers })));
