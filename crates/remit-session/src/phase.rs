//! The phases of the form.

use std::sync::Arc;

use remit_core::{Outcome, RecordedPayment};

use crate::intent::Intent;
use crate::text::UiText;

/// The phase of the form.
#[derive(Debug, Clone)]
pub enum Phase {
    /// The person is filling in the form.
    Editing,
    /// The person is reviewing the payment before it is sent.
    Review(Arc<Intent>),
    /// The payment is being sent. Nothing else can be sent meanwhile.
    Sending(Arc<Intent>, Stage),
    /// The page sends the payment itself and has not yet passed on the response.
    HandedOver(Arc<Intent>),
    /// The payment has an outcome.
    Done(Arc<Intent>, Outcome),
}

/// How far the sending of a payment has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Other tabs are asked whether they are recording a payment of this invoice.
    Claiming,
    /// The page is asked whether it sends the payment itself.
    Offered,
    /// The payments of the invoice are listed, to compare with later.
    Listing,
    /// The server is probed, because the list did not arrive.
    Probing,
    /// The request to record has been sent, or is about to be.
    Posting,
    /// The payment is recorded. Its identifier and the new balance are looked up.
    Completing,
}

impl Phase {
    /// The stable name of the phase, for the page, style sheets and tests.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::Review(_) => "review",
            Self::Sending(..) => "sending",
            Self::HandedOver(_) => "handed-over",
            Self::Done(_, Outcome::Recorded(_)) => "recorded",
            Self::Done(_, Outcome::Refused(_)) => "refused",
            Self::Done(_, Outcome::NotSent(_)) => "not-sent",
            Self::Done(_, Outcome::Unknown(_)) => "unknown",
        }
    }

    /// The intent that the phase is about.
    #[must_use]
    pub fn intent(&self) -> Option<&Arc<Intent>> {
        match self {
            Self::Editing => None,
            Self::Review(intent)
            | Self::Sending(intent, _)
            | Self::HandedOver(intent)
            | Self::Done(intent, _) => Some(intent),
        }
    }

    /// Whether the payment is being sent, by the form or by the page.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sending(..) | Self::HandedOver(_))
    }

    /// Whether a payment is pending or its outcome is unknown. Nothing that the page does leaves such a phase.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_busy() || matches!(self, Self::Done(_, Outcome::Unknown(_)))
    }
}

/// What is known for checking whether a sent payment was recorded.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// The invoice's payments before the request, if they could be listed.
    pub before: Option<Vec<RecordedPayment>>,
    /// When the payment was sent, or when this session found it in the store, on the clock of
    /// [`Now::elapsed`](crate::Now::elapsed).
    pub sent: u64,
    /// The result of the last check.
    pub result: Option<CheckResult>,
    /// Whether the request carried the intent's key to a relay.
    pub keyed: bool,
    /// Whether another tab is still sending the payment.
    pub elsewhere: bool,
    /// Whether the check waits for its claim.
    pub(crate) awaits_claim: bool,
    /// Whether the store still had the intent when the check began: it has not been settled in another tab.
    pub(crate) is_open: bool,
}

/// The result of a check that did not settle the payment.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckResult {
    /// The check is in progress.
    Busy,
    /// The payment is not listed, but its request may still be pending.
    NotYet,
    /// The payment is not listed, and no request can still be pending.
    NotRecorded,
    /// This listed payment equals the one that was sent, and could as well be another person's.
    Similar(RecordedPayment),
    /// A listed payment could be the one that was sent.
    Unclear,
    /// The payments could not be listed.
    Failed,
}

impl CheckResult {
    /// The sentence for the result.
    pub(crate) fn text(&self) -> UiText {
        match self {
            Self::Busy => UiText::CheckBusy,
            Self::NotYet => UiText::NotThere,
            Self::NotRecorded => UiText::NotThereLate,
            Self::Similar(_) => UiText::Similar,
            Self::Unclear => UiText::CannotTell,
            Self::Failed => UiText::CouldNotLook,
        }
    }
}
