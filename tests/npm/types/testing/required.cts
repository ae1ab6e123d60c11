// Uses of the elements and their doubles from CommonJS.

import testing = require("remit-payments/testing");
import widget = require("remit-payments/widget");

const Payment: typeof widget.RemitPayment = testing.defineElements().RemitPayment;
const outcome: Promise<widget.RemitOutcome> = testing.confirm(new Payment());
void outcome;
