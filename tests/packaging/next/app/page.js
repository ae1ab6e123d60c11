import * as remit from "remit-payments";
import { RemitPayment } from "remit-payments/react";
import { check } from "../../expect.js";
import { Client } from "./client.js";

// Rendered for each request, by the server.
export const dynamic = "force-dynamic";

export default function Page() {
  return (
    <main>
      <pre id="server">{JSON.stringify(check(remit))}</pre>
      <Client />
      <RemitPayment id="direct" provider="clockify" locale="de">
        <p>The form is on its way.</p>
      </RemitPayment>
    </main>
  );
}
