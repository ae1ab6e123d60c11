//! A payment as every provider has it.

use alloc::string::String;

use crate::money::Money;
use crate::schema::name;
use crate::schema::values::Values;
use crate::time::instant::Instant;

/// What is the same about a checked payment, whichever provider it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// The provider's identifier of the invoice.
    pub invoice_id: String,
    /// How much.
    pub amount: Money,
    /// When it was paid; `None` where the provider takes the bank transaction's date.
    pub paid_at: Option<Instant>,
    /// A note.
    pub note: Option<String>,
    /// The bank transaction that it is taken from.
    pub transaction_id: Option<String>,
    /// The receipt number.
    pub receipt_number: Option<String>,
}

impl Payment {
    /// From checked values; `None` when they are not a payment's.
    #[must_use]
    pub fn of(values: &Values) -> Option<Self> {
        Some(Self {
            invoice_id: values.text(name::INVOICE)?,
            amount: values.money(name::AMOUNT)?,
            paid_at: values.instant(name::PAID_AT),
            note: values.text(name::NOTE),
            transaction_id: values.text(name::TRANSACTION),
            receipt_number: values.text(name::RECEIPT),
        })
    }
}
