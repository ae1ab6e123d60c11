//! Invoices.

use alloc::string::String;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::text::named::named;
use crate::time::instant::Instant;

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
    pub state: Option<InvoiceState>,
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
pub enum InvoiceState {
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

impl InvoiceState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Open, Self::Partial, Self::Paid, Self::Void];

    /// The stable text of the state.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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

named!(InvoiceState, "the state of an invoice");
