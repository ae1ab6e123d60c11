import { fileURLToPath } from "node:url";

// As it comes, but that its root is where the packages are installed.
export default { turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) } };
