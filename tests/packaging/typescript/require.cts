import remit = require("remit-payments");
import slim = require("remit-payments/slim");

slim.initializeSync(new Uint8Array());
const initialized: boolean = slim.isInitialized();
// @ts-expect-error: the package has no such export.
remit.nothing;
console.log(remit.clockify.payment.parse({}).ok, initialized);
