import { fileURLToPath } from "node:url";

export default {
  output: "export",
  basePath: "/next",
  // The folder with node_modules.
  turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) },
};
