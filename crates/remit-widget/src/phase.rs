//! The phases of the form, and the payment that each is about.

use std::sync::Arc;

use remit_core::wire::Request;
use remit_core::{Currency, Notice, Operation, Outcome, Payment, Provider, RecordedPayment, Values};

use crate::text::UiText;

/// A checked payment with everything needed to send it and to name it in a sentence. It does not change when the page's
/// options do: the request sent is the one the user reviewed.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static Operation,
    pub(crate) checked: Arc<Passed>,
    /// The invoice's number, or else its identifier.
    pub(crate) invoice: String,
    pub(crate) base_url: String,
}

impl Ready {
    /// The currency of amounts in the response.
    pub(crate) fn currency(&self) -> Currency {
        self.checked.payment.as_ref().map_or(Currency::UNSTATED, |payment| payment.amount.currency())
    }
}

/// Values that passed the check: those of a payment, or of an invoice to add.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) payment: Option<Payment>,
    pub(crate) values: Values<'static>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) request: Request,
}

/// Two are equal if they send the same request to the same address and the review reads the same.
impl PartialEq for Ready {
    fn eq(&self, other: &Self) -> bool {
        let same_request = self.checked.request == other.checked.request;
        same_request
            && self.provider.id == other.provider.id
            && self.invoice == other.invoice
            && self.base_url == other.base_url
    }
}

/// The phase of the form.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    /// The user is filling in the form.
    Editing,
    /// The user is reviewing the payment before it is sent.
    Review(Arc<Ready>),
    /// The payment is being sent. Nothing else can be sent meanwhile.
    Sending(Arc<Ready>),
    /// The page sends the payment itself and has not yet passed on the response.
    HandedOver(Arc<Ready>),
    /// The payment has an outcome.
    Done(Arc<Ready>, Outcome),
}

impl Phase {
    /// The stable name of the phase, for the page, stylesheets and tests.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::Review(_) => "review",
            Self::Sending(_) => "sending",
            Self::HandedOver(_) => "handed-over",
            Self::Done(_, Outcome::Recorded(_)) => "recorded",
            Self::Done(_, Outcome::Refused(_)) => "refused",
            Self::Done(_, Outcome::NotSent(_)) => "not-sent",
            Self::Done(_, Outcome::Unknown(_)) => "unknown",
        }
    }

    /// Whether the payment is being sent, by the form or by the page.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Sending(_) | Self::HandedOver(_))
    }
}

/// The data for checking whether a sent payment was recorded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Check {
    /// The invoice's payments before the request, if they could be listed.
    pub(crate) before: Option<Vec<RecordedPayment>>,
    /// When the payment was sent, in milliseconds since 1970.
    pub(crate) sent: f64,
    /// The result of the last check.
    pub(crate) result: Option<CheckResult>,
}

/// The result of a check that did not find the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckResult {
    /// The check is in progress.
    Busy,
    /// The payment is not listed, but its request may still be pending.
    NotYet,
    /// The payment is not listed, and no request can still be pending.
    NotRecorded,
    /// A listed payment could be this one.
    Unclear,
    /// The payments could not be listed.
    Failed,
}

impl CheckResult {
    /// The sentence for the result.
    pub(crate) fn text(self) -> UiText {
        match self {
            Self::Busy => UiText::CheckBusy,
            Self::NotYet => UiText::NotThere,
            Self::NotRecorded => UiText::NotThereLate,
            Self::Unclear => UiText::CannotTell,
            Self::Failed => UiText::CouldNotLook,
        }
    }
}
