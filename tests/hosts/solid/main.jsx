import { render } from "solid-js/web";
import { loadAccount } from "../account.js";
import { App } from "./App.jsx";

const account = await loadAccount();
render(() => <App account={account} />, document.querySelector("#app"));
