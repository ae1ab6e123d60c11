import { bootstrapApplication } from "@angular/platform-browser";
import { loadAccount } from "../account.js";
import { Account, App } from "./app";

const account = await loadAccount();
await bootstrapApplication(App, { providers: [{ provide: Account, useValue: account }] });
