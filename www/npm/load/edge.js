// The module for Vercel's edge runtime and for Next.js when it builds for it: the bundler needs the suffix `?module`.

import module from "./remit.wasm?module";

/** Returns the compiled module. */
export const open = () => module;
