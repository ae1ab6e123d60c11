// Registers <remit-payment> and <remit-invoice>.

export { RemitInvoice, RemitPayment } from "#element";
