import * as remit from "remit-payments";
import { check } from "../expect.js";

console.log(JSON.stringify(check(remit)));
