import * as remit from "remit-payments";
import "remit-payments/widget";
import { report } from "../page.js";

report(remit, { widget: true });
