// Named imports of a CommonJS script from a module: Node finds the names without running the script.
import { clockify, harvestV2, payment, providers } from "../node_modules/remit-payments/node.cjs";
import { check } from "../expect.js";

console.log(JSON.stringify(check({ clockify, harvestV2, payment, providers })));
