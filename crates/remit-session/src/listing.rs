//! The list of an invoice's payments, and the removal of one.

use remit_core::{Currency, Draft, Failure, RecordedPayment};

use crate::caller::Caller;

/// The list of payments and the removal in progress.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// [`PaymentsOf::key`] of the list's invoice.
    pub key: String,
    /// Whether the person has opened the list.
    pub open: bool,
    /// `None` while the list is loading.
    pub payments: Option<Result<Vec<RecordedPayment>, Failure>>,
    /// The payment to remove once the person confirms.
    pub pending_removal: Option<RecordedPayment>,
    /// Whether a removal is in progress.
    pub busy: bool,
    /// The sentence for the outcome of the last removal.
    pub removal_message: Option<String>,
}

/// The invoice whose payments are listed, with the address that they come from.
#[derive(Debug, Clone)]
pub struct PaymentsOf {
    pub(crate) caller: Caller,
    pub(crate) draft: Draft,
    pub(crate) currency: Currency,
    /// Identifies the list and the address that it comes from.
    pub key: String,
}
