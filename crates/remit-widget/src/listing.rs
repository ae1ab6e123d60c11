//! The list of an invoice's payments, and the removal of one.

use remit_core::{Failure, RecordedPayment};

/// The list of payments and the removal in progress.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// The key of the list's subject: [`Subject::key`].
    pub(crate) key: String,
    pub(crate) open: bool,
    /// `None` while the list is loading.
    pub(crate) payments: Option<Result<Vec<RecordedPayment>, Failure>>,
    /// The payment to remove once the user confirms.
    pub(crate) pending_removal: Option<RecordedPayment>,
    /// Whether a removal is in progress.
    pub(crate) busy: bool,
    /// The sentence for the outcome of the last removal.
    pub(crate) removal_message: Option<String>,
}
