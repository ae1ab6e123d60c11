import { generateHydrationScript, renderToString } from "solid-js/web";
import { App } from "./App.jsx";

export const render = (account) => generateHydrationScript() + renderToString(() => <App account={account} />);
