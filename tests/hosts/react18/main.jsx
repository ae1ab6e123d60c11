import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadAccount } from "../account.js";
import { App } from "./App.jsx";

const account = await loadAccount();
createRoot(document.querySelector("#app")).render(
  <StrictMode>
    <App account={account} />
  </StrictMode>,
);
