// The module as text in the script itself: nothing is fetched, so it is there wherever the script is.

import { bytes } from "./bytes.js";
import { compiled } from "./compile.js";

/** The module, compiled. */
export const open = () => compiled(() => new WebAssembly.Module(bytes()));
