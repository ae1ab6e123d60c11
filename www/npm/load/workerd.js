// Where code may not compile anything while it runs, the host compiles the module when the script is deployed.

import module from "./remit.wasm";

/** The module, compiled. */
export const open = () => module;
