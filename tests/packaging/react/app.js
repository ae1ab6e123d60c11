// The application for React 18 and 19. The version is the one that the test resolves.

import * as remit from "remit-payments";
import { RemitInvoice, RemitPayment } from "remit-payments/react";
import { StrictMode, createElement as h, useRef, useState } from "react";

export const heard = [];

export function App() {
  const payment = useRef(null);
  const [disabled, setDisabled] = useState(false);
  const [, again] = useState(0);
  globalThis.app = { payment, setDisabled, again: () => again((times) => times + 1) };
  return h(
    StrictMode,
    null,
    h("p", null, remit.clockify.name),
    h(
      RemitPayment,
      {
        ref: payment,
        id: "pay",
        className: "form",
        provider: "clockify",
        workspaceId: "64a687e29ae1f428e7ebe303",
        baseUrl: "/nowhere",
        locale: "de",
        disabled,
        // New objects at each rendering.
        invoice: { id: "78a687e29ae1f428e7ebe303", number: "INV-42", balance: "1250.00", currency: "USD" },
        value: { note: "ACH 8841" },
        onReady: ({ detail }) => heard.push(["ready", detail.provider]),
        onInvalid: ({ detail }) => heard.push(["invalid", detail.issues.map(({ field }) => field)]),
      },
      h("p", null, "The form is on its way."),
    ),
    h(RemitInvoice, { provider: "clockify", locale: "de", id: "add" }),
  );
}
