// The module for a runtime that does not compile code at run time: the host compiles it when the script is deployed.

import module from "./remit.wasm";

/** Returns the compiled module. */
export const open = () => module;
