//! A payment that the person means to record.

use std::sync::Arc;

use remit_core::wire::Request;
use remit_core::{Currency, Draft, Notice, Operation, Payment, Provider, Values, name};

/// A checked payment with everything needed to send it and to name it in a sentence. It does not change when the page's
/// options do: the request sent is the one that the person reviewed.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Identifies the intent in the store; unique across tabs and visits. It is also the key with which a relay sends the
    /// request at most once, so it stays the same only as long as nothing was sent and nothing has changed.
    pub id: String,
    /// The provider.
    pub provider: &'static Provider,
    /// The operation: recording a payment, or adding an invoice.
    pub operation: &'static Operation,
    /// The values that passed the check.
    pub passed: Arc<Passed>,
    /// The invoice's number, or else its identifier.
    pub invoice: String,
    /// The address of the relay or the provider, without a trailing slash.
    pub base_url: String,
    /// Whether the intent was stored by an earlier visit or another tab. It then lacks free texts, such as the note.
    pub restored: bool,
}

/// Values that passed the check: those of a payment, or of an invoice to add.
#[derive(Debug)]
pub struct Passed {
    /// The payment; `None` if the values are those of an invoice to add.
    pub payment: Option<Payment>,
    /// Every value.
    pub values: Values<'static>,
    /// What was changed on the way, and what is worth knowing.
    pub notices: Vec<Notice>,
    /// The request, without credentials.
    pub request: Request,
}

impl Passed {
    /// The values with what derives from them.
    pub(crate) fn new(operation: &Operation, values: Values<'static>, notices: Vec<Notice>) -> Self {
        Self { payment: Payment::of(&values), request: operation.request(&values), values, notices }
    }
}

impl Intent {
    /// The currency of amounts in the response.
    pub(crate) fn currency(&self) -> Currency {
        self.passed.payment.as_ref().map_or(Currency::UNSTATED, |payment| payment.amount.currency())
    }

    /// The values as a draft.
    pub(crate) fn draft(&self) -> Draft {
        Draft::from(&self.passed.values)
    }

    /// The invoice that the intent is about, at its address. Two intents of the same scope could be the same payment.
    #[must_use]
    pub fn scope(&self) -> String {
        let values = &self.passed.values;
        let invoice = values.text(name::INVOICE).or_else(|| values.text(name::NUMBER)).unwrap_or_default();
        [self.provider.id, self.operation.purpose.as_str(), &self.base_url, &invoice].join(" ")
    }

    /// Whether both send the same request to the same address, and their reviews read the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.passed.request == other.passed.request
            && self.provider.id == other.provider.id
            && self.invoice == other.invoice
            && self.base_url == other.base_url
    }
}
