//! The arguments of the callbacks, and how the application takes over a payment.

use std::sync::Arc;

use remit_core::wire::{Request, Response};
use remit_core::{Draft, Outcome, Payment, Problem, Provider, Reason, Receipt, RecordedPayment};
use remit_session::{Event, Intent};

/// A payment was recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The provider.
    pub provider: &'static Provider,
    /// The payment.
    pub payment: Payment,
    /// The provider's confirmation.
    pub receipt: Receipt,
}

/// An invoice was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// The provider.
    pub provider: &'static Provider,
    /// The values of the invoice, by field name.
    pub fields: Draft,
    /// The provider's confirmation; `payment_id` is the invoice's identifier.
    pub receipt: Receipt,
}

/// The provider refused. Nothing was recorded.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The provider.
    pub provider: &'static Provider,
    /// The values, by field name.
    pub fields: Draft,
    /// Why.
    pub problem: Problem,
}

/// The request was not sent. Nothing was recorded.
#[derive(Debug, Clone)]
pub struct NotSent {
    /// The provider.
    pub provider: &'static Provider,
    /// The values, by field name.
    pub fields: Draft,
    /// Why.
    pub reason: Reason,
}

/// The payment may have been recorded. The form offers to check.
#[derive(Debug, Clone)]
pub struct Uncertain {
    /// The provider.
    pub provider: &'static Provider,
    /// The values, by field name.
    pub fields: Draft,
    /// Why the outcome is unknown.
    pub reason: Reason,
}

/// The provider was asked to remove a payment.
#[derive(Debug, Clone)]
pub struct Removed {
    /// The provider.
    pub provider: &'static Provider,
    /// The provider's identifier of the invoice.
    pub invoice_id: String,
    /// The payment.
    pub payment: RecordedPayment,
    /// Whether it was removed: [`Outcome::Recorded`] if it was.
    pub outcome: Outcome,
}

/// The relay has refused a request because the session's token is missing, has expired or is not valid. Nothing was sent.
#[derive(Debug, Clone)]
pub struct SessionExpired {
    /// The chosen provider.
    pub provider: &'static Provider,
    /// The relay's explanation, if it gave one.
    pub reason: Reason,
}

/// A payment that the user has confirmed, just before it is sent.
#[derive(Clone)]
pub struct Submission {
    pub(crate) intent: Arc<Intent>,
    pub(crate) ticket: Ticket,
    pub(crate) is_taken: Arc<core::sync::atomic::AtomicBool>,
}

impl Submission {
    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        self.intent.provider
    }

    /// The payment; `None` if the form adds an invoice.
    #[must_use]
    pub fn payment(&self) -> Option<&Payment> {
        self.intent.passed.payment.as_ref()
    }

    /// The payment's idempotency key, for a relay: send it in double quotes as `Idempotency-Key`. It stays the same if the user
    /// tries again after the payment was not sent.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.intent.id
    }

    /// The exact request that records it, without credentials.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.intent.passed.request
    }

    /// Takes over the payment: the form does not send it, and waits for [`Ticket::settle`]. It has to be called before the
    /// callback returns.
    #[must_use]
    pub fn take_over(&self) -> Ticket {
        self.is_taken.store(true, core::sync::atomic::Ordering::Relaxed);
        self.ticket.clone()
    }
}

/// Tells the form the outcome of a payment that the application sends.
#[derive(Clone)]
pub struct Ticket {
    pub(crate) send: Arc<dyn Fn(Event) + Send + Sync>,
}

impl Ticket {
    /// Passes on the provider's response, or `None` if no response arrived: then the outcome is unknown. The form shows it.
    pub fn settle(&self, response: Option<Response>) {
        (self.send)(Event::Settled(response));
    }
}
