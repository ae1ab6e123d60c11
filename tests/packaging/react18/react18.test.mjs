import { fileURLToPath } from "node:url";
import { testReact } from "../react.mjs";

testReact("18", fileURLToPath(new URL(".", import.meta.url)));
