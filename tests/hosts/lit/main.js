import { loadAccount } from "../account.js";
import { PayApp } from "./app.js";

const app = new PayApp();
app.account = await loadAccount();
document.body.append(app);
