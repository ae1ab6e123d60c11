// A page whose form is in German: the element loads its translation from a script of its own.

import "remit-payments/widget";

const element = document.createElement("remit-payment");
Object.assign(element, { provider: "harvest-v2", baseUrl: "https://relay.example.com/harvest-v2", locale: "de" });
element.addEventListener("remit-ready", () => {
  globalThis.remit = { title: element.shadowRoot.querySelector("[part~=title]").textContent };
});
document.body.append(element);
