// Compiling is the one thing that a page's policy can refuse.

const REMEDY =
  "remit-payments cannot start its WebAssembly module. Where a page has a Content-Security-Policy, its script-src must " +
  "allow 'wasm-unsafe-eval'. Where a host compiles nothing while it runs, as on the edge, hand the compiled module to " +
  "remit-payments/slim.";

/** The error to throw when compiling was refused: it says what to do about it. */
export const refused = (cause) => new Error(`${REMEDY} (${cause?.message ?? cause})`, { cause });

/** What `compile` gives. */
export const compiled = (compile) => {
  try {
    return compile();
  } catch (cause) {
    throw refused(cause);
  }
};
