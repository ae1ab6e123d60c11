// Uses of the types from CommonJS.

import remit = require("remit-payments");

const result = remit.clockify.payment.parse({});
const amount: string | undefined = result.value?.amount;
const types: remit.Options = { timeZone: "Europe/Berlin" };
void [amount, types];
