import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RecordPayment } from "./RecordPayment.jsx";

const page = new URLSearchParams(location.search);
const invoice = { id: page.get("invoice"), currency: page.get("currency") };

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <RecordPayment provider="harvest-v2" endpoint={page.get("relay")} invoice={invoice} />
  </StrictMode>,
);
