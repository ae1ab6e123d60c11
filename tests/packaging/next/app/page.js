import * as remit from "remit-payments";
import { RemitPayment } from "remit-payments/react";
import { check } from "../../expect.js";
import { Client } from "./client.js";

// The server renders this page for each request.
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
