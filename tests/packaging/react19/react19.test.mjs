import { fileURLToPath } from "node:url";
import { testReact } from "../react.mjs";

testReact("19", fileURLToPath(new URL(".", import.meta.url)));
