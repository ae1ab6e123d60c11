//! What the caller knows beside the draft. The core has no clock and asks nobody.

use alloc::vec::Vec;

use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::Invoice;
use crate::money::currency::Currency;
use crate::time::instant::Instant;
use crate::time::zone::Zone;

/// What the caller knows beside the draft; every part may be unknown, and rules that need it then rest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// The present moment, to tell a date in the future.
    pub now: Option<Instant>,
    /// How the caller's local time stands to UTC, for local times in the draft.
    pub zone: Zone,
    /// The currency, when the draft does not name it.
    pub currency: Option<Currency>,
    /// The invoice that is paid.
    pub invoice: Option<Invoice>,
    /// Bank transactions that a payment can be taken from.
    pub transactions: Vec<BankTransaction>,
}
