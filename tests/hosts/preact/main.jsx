import { render } from "preact";
import { loadAccount } from "../account.js";
import { App } from "./App.jsx";

render(<App account={await loadAccount()} />, document.querySelector("#app"));
