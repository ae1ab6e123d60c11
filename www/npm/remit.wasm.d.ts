import type { CompiledModule } from "./slim.js";

/** The compiled module, if the host supports importing WebAssembly. Elsewhere, read or fetch the file at this path. */
declare const module: CompiledModule;
export default module;
