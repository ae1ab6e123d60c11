// The script of every page in this matrix. It checks the package, shows the element if the page has one, and leaves the
// result in `globalThis.remit` for the test.

import { check } from "./expect.js";

/** Runs `ask` and leaves its result or its error. */
export const leave = async (ask) => {
  try {
    globalThis.remit = await ask();
  } catch (error) {
    globalThis.remit = { error: `${error?.stack ?? error}` };
  }
};

/** Shows the element in German, which needs its script, its module, its style sheet and a table of sentences. */
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

/** The visible state of an element. */
export const shown = ({ state, shadowRoot }) => ({
  state,
  title: shadowRoot.querySelector("h2").textContent,
  surface: getComputedStyle(shadowRoot.querySelector("[part=frame]")).borderTopStyle,
  parts: [...new Set([...shadowRoot.querySelectorAll("[part]")].flatMap(({ part }) => [...part]))].sort(),
});

/** Checks the package and, if requested, the element, and leaves the result. */
export const report = (remit, { widget = false } = {}) =>
  leave(async () => ({ result: check(remit), ...(widget && { element: await element() }) }));
