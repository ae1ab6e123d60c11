//! What a provider answers, in one vocabulary for all of them.

use crate::instant::Instant;
use crate::known::{Invoice, Transaction};
use crate::money::Money;
use crate::outcome::Receipt;

/// The answer to an operation, as it was understood.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The provider has recorded a payment, or removed one.
    Receipt(Receipt),
    /// Payments of an invoice.
    Payments(Page<Recorded>),
    /// One payment.
    Payment(Recorded),
    /// Invoices.
    Invoices(Page<Invoice>),
    /// One invoice: asked for, or just added.
    Invoice(Invoice),
    /// Bank transactions.
    Transactions(Page<Transaction>),
    /// What is left of one bank transaction.
    Allocations(Transaction),
    /// What an account can choose from.
    Options(Vec<Choosable>),
    /// The provider is there and knows the caller.
    Pong,
}

/// Some of a list, and how to ask for more.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In the provider's order.
    pub items: Vec<T>,
    /// Where more is; `None` on the last page.
    pub next: Option<Next>,
}

/// Where the next page of a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// At the number after the one that was asked for.
    Following,
    /// Where the provider says.
    At(String),
}

impl<T> Page<T> {
    /// All there is.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// What the field [`name::PAGE`](crate::name::PAGE) of the next request is to hold, after one that held `asked`.
    /// `None` on the last page.
    #[must_use]
    pub fn after(&self, asked: Option<&str>) -> Option<String> {
        match self.next.as_ref()? {
            Next::At(place) => Some(place.clone()),
            Next::Following => {
                let number: u32 = asked.map_or(Some(1), |text| text.parse().ok())?;
                Some(number.checked_add(1)?.to_string())
            }
        }
    }
}

/// A payment as the provider keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
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

impl Recorded {
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

/// One of the things that an account has set up for itself, such as its own payment methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosable {
    /// The provider's identifier.
    pub id: String,
    /// What people call it.
    pub name: String,
}
