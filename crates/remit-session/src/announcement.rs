//! Announcements: the events that a session reports to the page.

use std::sync::Arc;

use remit_core::wire::json::Json;
use remit_core::{Draft, Issue, Outcome, Provider, Reason, RecordedPayment, to_json};

use crate::intent::Intent;

/// Something that the page is told. [`Announcement::name`] and [`Announcement::detail`] are the DOM event of the elements.
#[derive(Debug, Clone)]
pub enum Announcement {
    /// The person changed a value: the chosen provider and the entered values, with numbers as decimal text.
    Change(&'static Provider, Draft),
    /// The check before the review found issues, each with its sentence.
    Invalid(&'static Provider, Vec<(Issue, String)>),
    /// The person confirmed the review. The reply is [`Event::TakenOver`](crate::Event::TakenOver) or
    /// [`Event::NotTaken`](crate::Event::NotTaken).
    Submit(Arc<Intent>),
    /// A payment has an outcome. An unknown outcome can be followed by another.
    Outcome(Arc<Intent>, Outcome),
    /// The relay has refused a request because the page's session has expired or is not valid. Nothing was sent.
    SessionExpired(&'static Provider, Reason),
    /// The provider was asked to remove a payment.
    Removal {
        /// The provider.
        provider: &'static Provider,
        /// The provider's identifier of the invoice.
        invoice_id: String,
        /// The payment.
        payment: RecordedPayment,
        /// Whether it was removed.
        outcome: Outcome,
    },
}

impl Announcement {
    /// The type of the DOM event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change(..) => "remit-change",
            Self::Invalid(..) => "remit-invalid",
            Self::Submit(_) => "remit-submit",
            Self::Outcome(_, Outcome::Recorded(_)) => "remit-success",
            Self::Outcome(_, Outcome::Refused(_) | Outcome::NotSent(_)) => "remit-failure",
            Self::Outcome(_, Outcome::Unknown(_)) => "remit-unknown",
            Self::SessionExpired(..) => "remit-session-expired",
            Self::Removal { .. } => "remit-remove",
        }
    }

    /// The detail of the DOM event: `{provider, …}`. A request does not have credentials yet.
    #[must_use]
    pub fn detail(&self) -> Json {
        match self {
            Self::Change(provider, entered) => of(provider, [("value", to_json::draft(entered))]),
            Self::Invalid(provider, issues) => {
                let issue = |(issue, sentence): &(Issue, String)| to_json::issue(issue, sentence.clone());
                of(provider, [("issues", Json::Array(issues.iter().map(issue).collect()))])
            }
            Self::Submit(intent) => {
                let request = to_json::request(&intent.passed.request);
                of(intent.provider, [subject(intent), ("request", request), ("key", Json::text(&intent.id))])
            }
            Self::Outcome(intent, outcome) => {
                of(intent.provider, [subject(intent), ("outcome", to_json::outcome(outcome))])
            }
            Self::SessionExpired(provider, reason) => {
                of(provider, [("reason", reason.words.as_ref().map_or(Json::Null, Json::text))])
            }
            Self::Removal { provider, invoice_id, payment, outcome } => of(
                provider,
                [
                    ("invoiceId", Json::text(invoice_id)),
                    ("payment", to_json::recorded(payment)),
                    ("outcome", to_json::outcome(outcome)),
                ],
            ),
        }
    }
}

fn of<const N: usize>(provider: &Provider, members: [(&'static str, Json); N]) -> Json {
    core::iter::once(("provider", Json::text(provider.id))).chain(members).collect()
}

/// The subject of the request: the `payment`, or the fields of an `invoice` to add.
fn subject(intent: &Intent) -> (&'static str, Json) {
    let values = &intent.passed.values;
    match &intent.passed.payment {
        Some(payment) => ("payment", to_json::payment(payment, values)),
        None => ("invoice", to_json::draft(&intent.draft())),
    }
}
