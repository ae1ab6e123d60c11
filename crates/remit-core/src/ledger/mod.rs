//! What a provider keeps: invoices, recorded payments, bank transactions and an account's own options.

pub mod account_option;
pub mod bank_transaction;
pub mod invoice;
pub mod recorded_payment;
