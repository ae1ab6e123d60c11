//! Bank transactions.

use alloc::string::String;

use crate::money::Money;
use crate::time::instant::Instant;

/// A bank transaction that payments are allocated from.
#[derive(Debug, Clone, PartialEq)]
pub struct BankTransaction {
    /// The provider's identifier.
    pub id: String,
    /// The amount; negative for outgoing money.
    pub amount: Option<Money>,
    /// The amount not yet allocated to an invoice or a bill.
    pub unallocated: Option<Money>,
    /// The time of the transaction.
    pub at: Option<Instant>,
    /// The description on the bank statement.
    pub description: Option<String>,
}
