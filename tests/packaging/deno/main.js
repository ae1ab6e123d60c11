import * as remit from "remit-payments";
import { check } from "../expect.js";

if (!globalThis.Deno) throw new Error("this is not Deno");
console.log(JSON.stringify(check(remit)));
