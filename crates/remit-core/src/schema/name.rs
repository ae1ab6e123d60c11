//! The fields that have a meaning beyond their kind, by their names in a draft. All other names are their provider's.

/// The invoice that is paid.
pub const INVOICE: &str = "invoiceId";
/// The currency that amounts are in.
pub const CURRENCY: &str = "currency";
/// How much was paid.
pub const AMOUNT: &str = "amount";
/// When it was paid.
pub const PAID_AT: &str = "paidAt";
/// A note.
pub const NOTE: &str = "note";
/// The bank transaction that the payment is taken from.
pub const TRANSACTION: &str = "transactionId";
/// A payment that is recorded.
pub const PAYMENT: &str = "paymentId";
/// Which page of a list: a number, or what the provider gave for it.
pub const PAGE: &str = "page";
/// How many items a page of a list has.
pub const PAGE_SIZE: &str = "pageSize";
/// The customer of an invoice.
pub const CLIENT: &str = "clientId";
/// The number that people know an invoice by.
pub const NUMBER: &str = "number";
/// When an invoice was issued.
pub const ISSUED_AT: &str = "issuedAt";
/// When an invoice is due.
pub const DUE_AT: &str = "dueAt";
/// A number on the receipt.
pub const RECEIPT: &str = "receiptNumber";
