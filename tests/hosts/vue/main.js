import { createApp } from "vue";
import { loadAccount } from "../account.js";
import App from "./App.vue";

createApp(App, { account: await loadAccount() }).mount("#app");
