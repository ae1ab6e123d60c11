import type { CompiledModule } from "./slim.js";

/** The module, compiled, where a host imports WebAssembly so. Elsewhere this is the path of a file, to be read or fetched. */
declare const module: CompiledModule;
export default module;
