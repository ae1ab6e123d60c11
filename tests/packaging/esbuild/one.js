import { clockify } from "remit-payments";

console.log(clockify.payment);
