import { clockify } from "/remit-payments/index.js";
import { leave } from "/page.js";

await leave(() => ({ result: clockify.payment.parse({}) }));
