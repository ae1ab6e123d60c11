// The module that the page brings itself.

import { compiled, refused } from "./compile.js";

let module;

/** The module, compiled, if there is one yet. */
export const open = () => {
  if (!module) throw new Error("remit-payments/slim has no module yet: call initialize() or initializeSync() first.");
  return module;
};

/** Whether the validator can be called. */
export const isInitialized = () => module !== undefined;

/** Of whichever realm. */
const isModule = (source) => Object.prototype.toString.call(source) === "[object WebAssembly.Module]";

/** Takes the bytes of remit.wasm, or the module that they were compiled to. */
export const initializeSync = (source) => {
  module = isModule(source) ? source : compiled(() => new WebAssembly.Module(source));
};

/** Takes the bytes of remit.wasm, the module, an answer with the bytes, where to fetch them, or a promise of one of these. */
export const initialize = async (source) => {
  let given = await source;
  if (typeof given === "string" || given instanceof URL) given = await fetch(given);
  if (typeof given?.arrayBuffer === "function") {
    if (given.ok === false) throw new Error(`remit.wasm could not be fetched: ${given.url} answered ${given.status}.`);
    given = await given.arrayBuffer();
  }
  module = isModule(given) ? given : await WebAssembly.compile(given).catch((cause) => Promise.reject(refused(cause)));
};
