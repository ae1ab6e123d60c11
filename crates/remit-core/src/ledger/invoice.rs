//! Invoices.

use alloc::string::String;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::text::named::named;
use crate::time::instant::Instant;

/// An invoice. A field that is `None` is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    /// The provider's identifier.
    pub id: String,
    /// The invoice number that people use.
    pub number: Option<String>,
    /// The total.
    pub amount: Option<Money>,
    /// The amount that is still to be paid.
    pub balance: Option<Money>,
    /// The currency.
    pub currency: Currency,
    /// The state.
    pub state: Option<InvoiceState>,
    /// The date of issue.
    pub issued: Option<Instant>,
}

impl Invoice {
    /// Makes an invoice with only an identifier and a currency.
    #[must_use]
    pub fn new(id: impl Into<String>, currency: Currency) -> Self {
        Self { id: id.into(), number: None, amount: None, balance: None, currency, state: None, issued: None }
    }
}

/// The state of an invoice, the same for all providers. Each provider's page maps its own words to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceState {
    /// Not sent to the customer yet.
    Draft,
    /// Sent and unpaid.
    Open,
    /// Paid in part.
    Partial,
    /// Paid in full.
    Paid,
    /// Cancelled or written off.
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

    /// The state for a provider's word, ignoring case.
    pub(crate) fn of(word: &str, words: &[(Self, &str)]) -> Option<Self> {
        words.iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(state, _)| *state)
    }
}

named!(InvoiceState, "the state of an invoice");
