// Names that are exported by a script to be required, imported from a module: Node finds them without running it.
import { clockify, harvestV2, payment, providers } from "../node_modules/remit-payments/node.cjs";
import { check } from "../expect.js";

console.log(JSON.stringify(check({ clockify, harvestV2, payment, providers })));
