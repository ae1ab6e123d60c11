import { mount } from "svelte";
import { loadAccount } from "../account.js";
import App from "./App.svelte";

mount(App, { target: document.querySelector("#app"), props: { account: await loadAccount() } });
