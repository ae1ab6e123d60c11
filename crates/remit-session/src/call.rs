//! Requests for the holder of a session to send.

use std::sync::Arc;

use remit_core::provider::lookup::Lookup;
use remit_core::wire::Request;
use remit_core::{Receipt, RecordedPayment};

use crate::intent::Intent;
use crate::listing::PaymentsOf;

/// A request to send exactly once.
#[derive(Debug, Clone)]
pub struct Call {
    /// Identifies the call in [`Event::Answered`](crate::Event::Answered).
    pub id: u32,
    /// The address, with path and query.
    pub url: String,
    /// The request, with credentials if the page set any.
    pub request: Request,
    /// After this many milliseconds the response counts as lost.
    pub timeout: u32,
    /// How to send it.
    pub mode: Mode,
}

/// How to send a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Send it, and read the response.
    Full,
    /// Only find out whether a server answers, in the browser's mode `no-cors`. The response is not read.
    Reach,
}

/// What a call is for.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// Finding payments equal to the one under review.
    Twins(Arc<Intent>, Lookup),
    /// The list from before sending.
    Before(Lookup),
    /// Whether the server answers at all; the flag says whether its list should have been readable.
    Reach(bool),
    /// Whether the server accepts requests from this page, and whether it is a relay; the flag as for [`Task::Reach`].
    Origin(bool),
    /// Recording the payment.
    Create,
    /// The identifier of a recorded payment.
    Number(Box<Completion>, Lookup),
    /// The invoice's new balance.
    Balance(Box<Completion>),
    /// What the relay knows about the key of a payment whose outcome is unknown.
    Key(Arc<Intent>),
    /// Looking for a payment whose outcome is unknown.
    Reconcile(Arc<Intent>, Lookup),
    /// The list that the person opened.
    Payments(PaymentsOf, Lookup),
    /// Removing a payment.
    Remove(PaymentsOf, RecordedPayment),
    /// The balance after a removal.
    BalanceAfterRemoval(PaymentsOf, RecordedPayment, Receipt),
    /// The invoice that the page named.
    Invoice(String),
    /// Bank transactions to choose from.
    Transactions(String),
    /// What is left of one bank transaction.
    Allocations(String),
}

/// A recorded payment whose receipt is being completed with what the provider's response omitted.
#[derive(Debug, Clone)]
pub(crate) struct Completion {
    pub(crate) intent: Arc<Intent>,
    pub(crate) receipt: Receipt,
}
