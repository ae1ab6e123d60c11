import * as slim from "/remit-payments/slim.js";
import { check } from "/expect.js";
import { leave } from "/page.js";

await leave(async () => {
  await slim.initialize("/remit-payments/remit.wasm");
  return { result: check(slim) };
});
