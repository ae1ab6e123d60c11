//! What a provider answers, in one vocabulary for all of them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::ledger::account_option::AccountOption;
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::Invoice;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::operation::outcome::Receipt;

/// The answer to an operation, as it was understood.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The provider has recorded a payment, or removed one.
    Receipt(Receipt),
    /// Payments of an invoice.
    Payments(Page<RecordedPayment>),
    /// One payment.
    Payment(RecordedPayment),
    /// Invoices.
    Invoices(Page<Invoice>),
    /// One invoice: asked for, or just added.
    Invoice(Invoice),
    /// Bank transactions.
    Transactions(Page<BankTransaction>),
    /// What is left of one bank transaction.
    Allocations(BankTransaction),
    /// What an account can choose from.
    Options(Vec<AccountOption>),
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
