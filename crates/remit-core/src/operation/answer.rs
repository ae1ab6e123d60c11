//! A provider's answers, in the same types for every provider.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::ledger::account_option::AccountOption;
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::Invoice;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::operation::outcome::Receipt;

/// The answer to an operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The provider recorded or removed a payment.
    Receipt(Receipt),
    /// Payments of an invoice.
    Payments(Page<RecordedPayment>),
    /// One payment.
    Payment(RecordedPayment),
    /// Invoices.
    Invoices(Page<Invoice>),
    /// One invoice: shown, or just added.
    Invoice(Invoice),
    /// Bank transactions.
    Transactions(Page<BankTransaction>),
    /// One bank transaction with its unallocated amount.
    Allocations(BankTransaction),
    /// The account's own options.
    Options(Vec<AccountOption>),
    /// The provider is reachable and accepts the credentials.
    Pong,
}

/// A page of a list, and the location of the next page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items, in the provider's order.
    pub items: Vec<T>,
    /// The next page; `None` on the last page.
    pub next: Option<Next>,
}

/// The location of the next page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The page number after the requested one.
    Following,
    /// The number or cursor that the provider returned.
    At(String),
}

impl<T> Page<T> {
    /// Makes the only page of a list.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The value of the field [`name::PAGE`](crate::name::PAGE) in the request for the next page, if `requested` was
    /// its value for this page. `None` on the last page.
    #[must_use]
    pub fn after(&self, requested: Option<&str>) -> Option<String> {
        match self.next.as_ref()? {
            Next::At(page) => Some(page.clone()),
            Next::Following => {
                let number: u32 = requested.map_or(Some(1), |text| text.parse().ok())?;
                Some(number.checked_add(1)?.to_string())
            }
        }
    }
}
