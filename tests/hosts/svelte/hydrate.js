import { hydrate } from "svelte";
import { loadAccount } from "../account.js";
import App from "./App.svelte";

hydrate(App, { target: document.querySelector("#app"), props: { account: await loadAccount() } });
