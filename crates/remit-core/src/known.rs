//! What the caller knows beside the draft. The core has no clock and asks nobody.

use crate::currency::Currency;
use crate::instant::{Instant, Zone};
use crate::money::Money;

/// What the caller knows beside the draft; every part may be unknown, and rules that need it then rest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The present moment, to tell a date in the future.
    pub now: Option<Instant>,
    /// How the caller's local time stands to UTC, for local times in the draft.
    pub zone: Zone,
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
    /// What it comes to.
    pub amount: Option<Money>,
    /// What is still to be paid.
    pub balance: Option<Money>,
    /// Its currency.
    pub currency: Currency,
    /// Where it stands.
    pub state: Option<State>,
    /// When it was issued.
    pub issued: Option<Instant>,
}

impl Invoice {
    /// An invoice of which nothing more is known.
    #[must_use]
    pub fn new(id: impl Into<String>, currency: Currency) -> Self {
        Self { id: id.into(), number: None, amount: None, balance: None, currency, state: None, issued: None }
    }
}

/// Where an invoice stands, the same for all providers; each has its own words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not sent to the customer yet.
    Draft,
    /// Sent, nothing paid.
    Open,
    /// Paid in part.
    Partial,
    /// Paid in full.
    Paid,
    /// Withdrawn or written off.
    Void,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Open, Self::Partial, Self::Paid, Self::Void];

    /// The stable text of the state.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Partial => "partial",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    /// The state that a provider has this word for, in any case.
    pub(crate) fn of(word: &str, words: &[(Self, &str)]) -> Option<Self> {
        words.iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(state, _)| *state)
    }
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
