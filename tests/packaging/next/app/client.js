"use client";

import * as remit from "remit-payments";
import { RemitPayment } from "remit-payments/react";
import { useEffect, useState } from "react";
import { check } from "../../expect.js";
import { leave, shown } from "../../page.js";

export function Client() {
  // Rendered first on the server, then in the browser.
  const [result] = useState(() => JSON.stringify(check(remit)));
  const left = async ({ currentTarget }) => {
    while (document.getElementById("direct").state !== "editing") await new Promise((resolve) => setTimeout(resolve, 20));
    return { result: check(remit), element: shown(currentTarget) };
  };
  const [, wake] = useState(false);
  useEffect(() => wake(true), []);
  return (
    <>
      <pre id="client">{result}</pre>
      <RemitPayment
        provider="clockify"
        locale="de"
        onReady={({ currentTarget }) => leave(() => left({ currentTarget }))}
        onLoadError={({ detail }) => leave(() => Promise.reject(new Error(detail.message)))}
      />
    </>
  );
}
