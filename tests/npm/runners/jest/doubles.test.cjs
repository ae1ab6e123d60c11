const { createElement } = require("react");
const { render, screen } = require("@testing-library/react");
const { default: userEvent } = require("@testing-library/user-event");
const testing = require("remit-payments/testing");
const { tick } = require("../entries.cjs");

for (const [name, run] of require("../doubles.cjs")(testing, { screen, userEvent })) test(name, run);

test("the React component shows the double, and its handlers receive the events", async () => {
  testing.defineElements();
  testing.resetElements();
  const { RemitPayment } = require("remit-payments/react");
  const recorded = [];
  const onSuccess = ({ detail }) => recorded.push(detail.payment.amount);
  const { container } = render(createElement(RemitPayment, { provider: "harvest-v2", invoice: { id: "4393", currency: "EUR" }, onSuccess }));
  await tick();
  const element = container.querySelector("remit-payment");
  testing.enter(element, { amount: "10.00", paidAt: "2026-11-19" });
  await testing.confirm(element);
  expect(recorded).toEqual(["10.00"]);
});
