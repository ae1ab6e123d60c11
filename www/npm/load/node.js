// The module in base64, which Node decodes fastest. A separate file would be lost when a server is bundled.

import { base64 } from "#base64";
import { compiled } from "./compile.js";

/** Returns the compiled module. */
export const open = () => compiled(() => new WebAssembly.Module(Buffer.from(base64, "base64")));
