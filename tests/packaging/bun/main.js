import * as remit from "remit-payments";
import { check } from "../expect.js";

if (!globalThis.Bun) throw new Error("this is not Bun");
check(require("remit-payments"));
console.log(JSON.stringify(check(remit)));
