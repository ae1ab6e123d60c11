// The module as text in the script itself, so that no other file has to be loaded.

import { bytes } from "./bytes.js";
import { compiled } from "./compile.js";

/** Returns the compiled module. */
export const open = () => compiled(() => new WebAssembly.Module(bytes()));
