import { fileURLToPath } from "node:url";

// The default configuration, except for the root: the directory where the packages are installed.
export default { turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) } };
