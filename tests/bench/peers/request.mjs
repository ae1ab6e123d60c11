// The request that records a checked payment at Clockify, as an application would write it.

const HEADERS = Object.freeze({ Accept: "application/json", "Content-Type": "application/json" });

/** All currencies that Clockify accepts here have two decimals, so the digits of the amount are its minor units. */
export const requestOf = ({ workspaceId, invoiceId, paidAt, amount, note }) => ({
  method: "POST",
  path: `/v1/workspaces/${workspaceId}/invoices/${invoiceId}/payments`,
  headers: HEADERS,
  body: JSON.stringify({ paymentDate: paidAt, amount: Number(amount.replace(".", "")), note }),
});
