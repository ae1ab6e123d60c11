// The module in base64, which Node reads fastest. A file next to the script would be lost when a server is bundled.

import { base64 } from "#base64";
import { compiled } from "./compile.js";

/** The module, compiled. */
export const open = () => compiled(() => new WebAssembly.Module(Buffer.from(base64, "base64")));
