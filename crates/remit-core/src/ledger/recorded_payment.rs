//! Payments that a provider has recorded.

use alloc::string::String;

use crate::money::Money;
use crate::time::instant::Instant;

/// A payment as the provider keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPayment {
    /// The provider's identifier.
    pub id: String,
    /// How much; `None` where the provider's answer alone does not say, as without a currency.
    pub amount: Option<Money>,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// A note.
    pub note: Option<String>,
    /// Who recorded it.
    pub by: Option<String>,
    /// The bank transaction that it is taken from.
    pub transaction_id: Option<String>,
    /// The receipt number.
    pub receipt_number: Option<String>,
}

impl RecordedPayment {
    /// A payment of which nothing more is known.
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
