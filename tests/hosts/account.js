/** The data that an application has from its own server: the relay's address, invoices, and bank transactions. */
export async function loadAccount() {
  const { relay, providers } = await (await fetch("/demo.json")).json();
  const { ids, invoices, transactions } = providers.find(({ id }) => id === "dayzero");
  return { baseUrl: `${relay}/dayzero`, businessId: ids.businessId, invoices, transactions };
}
