//! The part of a payment that all providers have in common.

use alloc::string::String;

use crate::money::Money;
use crate::schema::name;
use crate::schema::values::Values;
use crate::time::instant::Instant;

/// A checked payment, in the same form for every provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// The provider's identifier of the invoice.
    pub invoice_id: String,
    /// The amount.
    pub amount: Money,
    /// When the payment was made; `None` if the provider uses the bank transaction's date.
    pub paid_at: Option<Instant>,
    /// A note.
    pub note: Option<String>,
    /// The bank transaction that the payment is allocated from.
    pub transaction_id: Option<String>,
    /// The receipt number.
    pub receipt_number: Option<String>,
}

impl Payment {
    /// Takes the payment from checked values; `None` if they have no invoice or no amount.
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
