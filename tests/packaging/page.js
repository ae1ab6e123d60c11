// What a page of this matrix does: it checks the package, shows the element where it has one, and leaves what came out
// where the test finds it.

import { check } from "./expect.js";

/** Runs `ask`, and leaves its answer or its error. */
export const leave = async (ask) => {
  try {
    globalThis.remit = await ask();
  } catch (error) {
    globalThis.remit = { error: `${error?.stack ?? error}` };
  }
};

/** The element, in German: that takes its script, its module, its style sheet and a language. */
export const element = async (made = document.createElement("remit-payment")) => {
  if (!customElements.get("remit-payment")) throw new Error("<remit-payment> is not registered");
  const ready = new Promise((resolve, reject) => {
    made.addEventListener("remit-ready", resolve);
    made.addEventListener("remit-load-error", ({ detail }) => reject(new Error(detail.message)));
  });
  made.provider = "clockify";
  made.locale = "de";
  if (!made.isConnected) document.body.append(made);
  await ready;
  return shown(made);
};

/** What a person sees of it. */
export const shown = ({ state, shadowRoot }) => ({
  state,
  title: shadowRoot.querySelector("h2").textContent,
  surface: getComputedStyle(shadowRoot.querySelector("[part=frame]")).borderTopStyle,
  parts: [...new Set([...shadowRoot.querySelectorAll("[part]")].flatMap(({ part }) => [...part]))].sort(),
});

/** The usual: everything that is given. */
export const report = (remit, { widget = false } = {}) =>
  leave(async () => ({ result: check(remit), ...(widget && { element: await element() }) }));
