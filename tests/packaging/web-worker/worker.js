import * as remit from "/remit-payments/index.js";
import { check } from "/expect.js";

try {
  postMessage({ result: check(remit) });
} catch (error) {
  postMessage({ error: `${error}` });
}
