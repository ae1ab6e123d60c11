//! Bank transactions.

use alloc::string::String;

use crate::money::Money;
use crate::time::instant::Instant;

/// A bank transaction that payments are allocated from.
#[derive(Debug, Clone, PartialEq)]
pub struct BankTransaction {
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
