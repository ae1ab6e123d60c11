// Compilation of the module, which a page's policy or a host can forbid.

const REMEDY =
  "remit-payments cannot compile its WebAssembly module. If the page has a Content-Security-Policy, its script-src must " +
  "allow 'wasm-unsafe-eval'. If the host does not compile code at run time, as edge platforms do not, pass the compiled " +
  "module to remit-payments/slim.";

/** The error for a failed compilation, which names the remedy. */
export const refused = (cause) => new Error(`${REMEDY} (${cause?.message ?? cause})`, { cause });

/** Calls `compile`, and adds the remedy to its error. */
export const compiled = (compile) => {
  try {
    return compile();
  } catch (cause) {
    throw refused(cause);
  }
};
