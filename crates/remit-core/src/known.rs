//! What the caller knows beside the draft. The core has no clock and asks nobody.

use crate::currency::Currency;
use crate::instant::{Instant, Offset};
use crate::money::Money;

/// What the caller knows beside the draft; every part may be unknown, and rules that need it then rest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The present moment, to tell a date in the future.
    pub now: Option<Instant>,
    /// The caller's distance from UTC at the draft's local times.
    pub offset: Option<Offset>,
    /// The currency, when the draft does not name it.
    pub currency: Option<Currency>,
    /// The invoice that is paid.
    pub invoice: Option<Invoice>,
    /// Bank transactions that a payment can be taken from.
    pub transactions: Vec<Transaction>,
}

/// An invoice, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    /// The provider's identifier.
    pub id: String,
    /// The number that people know it by.
    pub number: Option<String>,
    /// What is still to be paid.
    pub balance: Option<Money>,
    /// Its currency.
    pub currency: Currency,
}

/// A bank transaction that payments are allocated from.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// The provider's identifier.
    pub id: String,
    /// What it brought in; negative when it is money that went out.
    pub amount: Option<Money>,
    /// What of it is not allocated to an invoice or a bill yet.
    pub unallocated: Option<Money>,
    /// When it happened.
    pub at: Option<Instant>,
    /// What the bank's statement says.
    pub description: Option<String>,
}
