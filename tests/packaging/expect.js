// The checks of the package that run in every environment, with their expected results.
//
// This file imports nothing, because every environment runs it.

/** The result of `check`, which each test compares with the output of its environment. */
export const RESULT = { checked: 12, amount: "1250.00", code: "amount_ambiguous", outcome: "recorded" };

const DRAFT = {
  workspaceId: "64a687e29ae1f428e7ebe303",
  invoiceId: "78a687e29ae1f428e7ebe303",
  currency: "USD",
  amount: "1,250.00",
  paidAt: "2026-11-19",
};

/** Checks the package. Throws if a result differs. */
export function check({ clockify, harvestV2, payment, providers }) {
  let checked = 0;
  const is = (label, value, expected) => {
    checked += 1;
    const [actualText, expectedText] = [value, expected].map((value) => JSON.stringify(value));
    if (actualText !== expectedText) throw new Error(`${label}: ${actualText} instead of ${expectedText}`);
  };

  const passed = clockify.payment.parse(DRAFT);
  is("a payment passes", passed.ok, true);
  is("its amount", passed.value?.amount, "1250.00");
  is("its day", passed.value?.paidAt, "2026-11-19T12:00:00Z");
  is("its request", [passed.request?.method, passed.request?.path], [
    "POST",
    "/v1/workspaces/64a687e29ae1f428e7ebe303/invoices/78a687e29ae1f428e7ebe303/payments",
  ]);
  is("its body", passed.request?.body, '{"paymentDate":"2026-11-19T12:00:00Z","amount":125000}');

  const failed = clockify.payment.parse({ ...DRAFT, amount: "1.250" });
  is("a payment fails", failed.ok, false);
  is("why, and where", failed.issues?.map(({ path, code }) => ({ path, code })), [{ path: ["amount"], code: "amount_ambiguous" }]);

  const reply = { status: 201, headers: { "content-type": "application/json" }, body: '{"id":10336386,"amount":10700.0}' };
  const receipt = harvestV2.payment.receipt(reply, { currency: "USD" });
  is("a receipt", [receipt?.state, receipt?.paymentId], ["recorded", "10336386"]);

  is("a provider by its name", payment("clockify")?.parse(DRAFT).value, passed.value);
  is("no provider", payment("nobody") === undefined, true);
  is("the providers", providers.includes(clockify) && providers.length > 1, true);
  is("Standard Schema", clockify.payment["~standard"].validate(DRAFT).value, passed.value);

  return { checked, amount: passed.value.amount, code: failed.issues[0].code, outcome: receipt.state };
}
