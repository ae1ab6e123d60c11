import * as remit from "remit-payments";
import { check } from "../expect.js";

export default {
  test() {
    console.log(JSON.stringify(check(remit)));
  },
};
