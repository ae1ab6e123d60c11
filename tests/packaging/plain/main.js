import * as remit from "/remit-payments/index.js";
import "/remit-payments/widget.js";
import { report } from "/page.js";

await report(remit, { widget: true });
