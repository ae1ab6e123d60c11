// Compilation of the module, which a page's policy or a host can forbid.

const FAILURE = "remit-payments cannot compile its WebAssembly module.";
const FORBIDDEN =
  "If the page has a Content-Security-Policy, its script-src must allow 'wasm-unsafe-eval'. If the host does not compile code " +
  "at run time, as edge platforms do not, pass the compiled module to remit-payments/slim.";
const ABSENT = "This browser or host has no WebAssembly, or it is turned off.";
const DAMAGED = "The bytes are incomplete, or are not those of remit.wasm.";

/** The reason for a failed compilation. The smallest module is rejected only where nothing may be compiled. */
const reason = () => {
  if (typeof WebAssembly === "undefined") return ABSENT;
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    return DAMAGED;
  } catch {
    return FORBIDDEN;
  }
};

/** The error for a failed compilation, which names the remedy. */
export const refused = (cause) => new Error(`${FAILURE} ${reason()} (${cause?.message ?? cause})`, { cause });

/** Calls `compile`, and adds the remedy to its error. */
export const compiled = (compile) => {
  try {
    return compile();
  } catch (cause) {
    throw refused(cause);
  }
};
