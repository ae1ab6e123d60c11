//! The facts that the caller passes alongside the draft. The core has no clock and sends no requests.

use alloc::vec::Vec;

use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::Invoice;
use crate::money::currency::Currency;
use crate::time::instant::Instant;
use crate::time::zone::Zone;

/// The facts that the caller knows. Every field is optional; rules whose inputs are missing are skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// The current time, to detect dates in the future.
    pub now: Option<Instant>,
    /// The caller's time zone, for local times in the draft.
    pub zone: Zone,
    /// The currency, used if the draft names none.
    pub currency: Option<Currency>,
    /// The invoice that is paid.
    pub invoice: Option<Invoice>,
    /// The bank transactions that a payment can be allocated from.
    pub transactions: Vec<BankTransaction>,
}
