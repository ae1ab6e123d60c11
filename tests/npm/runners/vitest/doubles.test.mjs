import { screen } from "@testing-library/dom";
import userEvent from "@testing-library/user-event";
import * as testing from "remit-payments/testing";
import { expect, test } from "vitest";
import doubles from "../doubles.cjs";

const hasDocument = typeof document !== "undefined";
for (const [name, run] of doubles(testing, { screen, userEvent })) test.skipIf(!hasDocument)(name, run);

test.skipIf(hasDocument)("without a document, the entry says that there are no custom elements", () => {
  expect(() => testing.defineElements()).toThrow("no custom elements");
});

test.skipIf(!hasDocument)("the real elements do not replace the doubles, and the doubles do not replace them", async () => {
  const { RemitPayment } = testing.defineElements();
  await import("remit-payments/widget");
  expect(customElements.get("remit-payment")).toBe(RemitPayment);
  expect(testing.defineElements().RemitPayment).toBe(RemitPayment);
});
