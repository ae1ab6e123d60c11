//! The names of the fields that the core treats specially. All other names occur only in a provider's declarations.

/// The invoice that is paid.
pub const INVOICE: &str = "invoiceId";
/// The currency of the amounts.
pub const CURRENCY: &str = "currency";
/// The amount that was paid.
pub const AMOUNT: &str = "amount";
/// When the payment was made.
pub const PAID_AT: &str = "paidAt";
/// A note.
pub const NOTE: &str = "note";
/// The bank transaction that the payment is allocated from.
pub const TRANSACTION: &str = "transactionId";
/// A recorded payment.
pub const PAYMENT: &str = "paymentId";
/// The page of a list: a number, or the provider's cursor.
pub const PAGE: &str = "page";
/// The number of items on a page of a list.
pub const PAGE_SIZE: &str = "pageSize";
/// The customer of an invoice.
pub const CLIENT: &str = "clientId";
/// The invoice number that people use.
pub const NUMBER: &str = "number";
/// When an invoice was issued.
pub const ISSUED_AT: &str = "issuedAt";
/// When an invoice is due.
pub const DUE_AT: &str = "dueAt";
/// The receipt number.
pub const RECEIPT: &str = "receiptNumber";
