// The module that the application loads itself.

import { compiled, refused } from "./compile.js";

let module;

/** Returns the compiled module. Throws if none has been set. */
export const open = () => {
  if (!module) throw new Error("remit-payments/slim has no module yet: call initialize() or initializeSync() first.");
  return module;
};

/** Whether the module is set, so that the validator can be called. */
export const isInitialized = () => module !== undefined;

/** Whether a value is a `WebAssembly.Module`, from any realm. */
const isModule = (source) => Object.prototype.toString.call(source) === "[object WebAssembly.Module]";

/** Sets the module from the bytes of remit.wasm, or from a compiled module. */
export const initializeSync = (source) => {
  module = isModule(source) ? source : compiled(() => new WebAssembly.Module(source));
};

/** Sets the module from the bytes of remit.wasm, a compiled module, a response with the bytes, their URL, or a promise of
    one of these. */
export const initialize = async (source) => {
  let input = await source;
  if (typeof input === "string" || input instanceof URL) input = await fetch(input);
  if (typeof input?.arrayBuffer === "function") {
    if (input.ok === false) throw new Error(`remit.wasm could not be fetched: ${input.url} returned status ${input.status}.`);
    input = await input.arrayBuffer();
  }
  try {
    module = isModule(input) ? input : await WebAssembly.compile(input);
  } catch (cause) {
    throw refused(cause);
  }
};
