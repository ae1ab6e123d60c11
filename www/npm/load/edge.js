// The same where a bundler has to be told that a module is wanted: Vercel's edge, and Next.js when it builds for it.

import module from "./remit.wasm?module";

/** The module, compiled. */
export const open = () => module;
