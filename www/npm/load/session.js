// The module of the session, in the script itself, so that no other file has to be loaded.

import { bytes } from "./bytes.js";

const REMEDY =
  "remit-payments/session cannot compile its WebAssembly module. If the page has a Content-Security-Policy, its script-src must " +
  "allow 'wasm-unsafe-eval'. If the host does not compile code at run time, as edge platforms do not, create the session in the browser.";

/** Returns the compiled module. */
export const open = () => {
  try {
    return new WebAssembly.Module(bytes());
  } catch (cause) {
    throw new Error(`${REMEDY} (${cause?.message ?? cause})`, { cause });
  }
};
