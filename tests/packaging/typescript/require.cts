import remit = require("remit-payments");
import slim = require("remit-payments/slim");

slim.initializeSync(new Uint8Array());
const initialized: boolean = slim.isInitialized();
// @ts-expect-error: there is no such export.
remit.nothing;
console.log(remit.clockify.payment.parse({}).ok, initialized);
