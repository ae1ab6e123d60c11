//! Payments that a provider has recorded.

use alloc::string::String;

use crate::money::Money;
use crate::time::instant::Instant;

/// A payment in the provider's records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPayment {
    /// The provider's identifier.
    pub id: String,
    /// The amount; `None` if the response does not determine it, for example because the currency is not known.
    pub amount: Option<Money>,
    /// When the payment was made.
    pub paid_at: Option<Instant>,
    /// A note.
    pub note: Option<String>,
    /// The person who recorded the payment.
    pub by: Option<String>,
    /// The bank transaction that the payment is allocated from.
    pub transaction_id: Option<String>,
    /// The receipt number.
    pub receipt_number: Option<String>,
}

impl RecordedPayment {
    /// Makes a payment with only an identifier and an amount.
    #[must_use]
    pub fn new(id: impl Into<String>, amount: Option<Money>) -> Self {
        Self {
            id: id.into(),
            amount,
            paid_at: None,
            note: None,
            by: None,
            transaction_id: None,
            receipt_number: None,
        }
    }
}
