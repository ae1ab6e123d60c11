//! Bank transactions that were loaded from the provider.

use remit_core::BankTransaction;

/// The bank transactions that were loaded.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// Identifies the list; empty if there is none to load.
    pub(crate) key: String,
    /// Those that are complete.
    pub(crate) transactions: Vec<BankTransaction>,
    /// Those whose unallocated amount is still to be loaded, the next one last.
    pub(crate) pending: Vec<BankTransaction>,
    /// Those whose unallocated amount has been loaded.
    pub(crate) found: Vec<BankTransaction>,
}

impl Offered {
    pub(crate) fn transactions(&self) -> &[BankTransaction] {
        &self.transactions
    }
}
