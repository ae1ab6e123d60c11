//! A provider's records: invoices, recorded payments, bank transactions and account options.

pub mod account_option;
pub mod bank_transaction;
pub mod invoice;
pub mod recorded_payment;
