import "remit-payments";
import * as remit from "remit-payments";
import { clockify } from "remit-payments/slim";
import { RemitPayment } from "remit-payments/react";

console.log("nothing of it");
