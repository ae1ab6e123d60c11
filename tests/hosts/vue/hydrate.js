import { createSSRApp } from "vue";
import { loadAccount } from "../account.js";
import App from "./App.vue";

createSSRApp(App, { account: await loadAccount() }).mount("#app");
