// The outcomes that a test can choose, with all members of the real ones.

import { instead } from "../../remit-names.js";

const UNSENT = { words: null };
const OUTCOMES = {
  recorded: { paymentId: "double-1", balance: null, paid: null, currency: null, status: null, raw: "{}" },
  refused: { code: "invalid", field: null, words: "The test refuses this payment.", providerCode: null, retryAfter: null },
  "not-sent": { code: "unreachable", ...UNSENT },
  unknown: { code: "lost", ...UNSENT },
};
const NEVER = "never";

/** The whole outcome for a state, or for an object with a state. `undefined` for one that never comes. */
export const outcomeOf = (told) => {
  const { state, ...members } = typeof told === "string" ? { state: told } : (told ?? {});
  if (state === NEVER) return undefined;
  const known = OUTCOMES[state];
  if (known === undefined) {
    const states = [...Object.keys(OUTCOMES), NEVER];
    throw new TypeError(`There is no outcome ${String(state)}. Did you mean ${instead(String(state), states)}?`);
  }
  for (const name of Object.keys(members)) {
    if (!(name in known)) throw new TypeError(`An outcome "${state}" has no ${name}. Did you mean ${instead(name, Object.keys(known))}?`);
  }
  return Object.freeze({ state, ...known, ...members });
};

/** The outcome of a response that the page passes to settle(). The double goes by its status. */
export const outcomeOfResponse = (response) => {
  if (response == null) return outcomeOf("unknown");
  const { status, body } = response;
  if (!Number.isInteger(status)) throw new TypeError("settle: the response must be {status, headers, body}, or null if none arrived.");
  if (status >= 200 && status < 300) return outcomeOf({ state: "recorded", raw: `${body ?? ""}` });
  if (status >= 400 && status < 500) return outcomeOf({ state: "refused", words: `HTTP ${status}` });
  return outcomeOf({ state: "unknown", code: "failed", words: `HTTP ${status}` });
};
