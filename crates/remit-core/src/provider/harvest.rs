//! Harvest classic: XML, decimal amounts, and a `Location` as the answer.
//!
//! Sources: HV is the page "Invoice Payments" of the classic API, HV-GH its last edition (github harvesthq/api), HV-RB
//! a client tested against the live service (github zmoazeni/harvested).

use super::Provider;
use crate::agree;
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::digits;
use crate::field::{Amount, AnyCurrency, CurrencyOf, Encoding, Lines, Moment, Place, RowId};
use crate::finding::Findings;
use crate::known::Known;
use crate::operation::Body;
use crate::outcome::{Outcome, ProblemCode, Receipt, Words, retry_after};
use crate::wire::Reply;
use crate::wire::xml::Element;

/// Harvest classic.
pub const PROVIDER: Provider = Provider {
    id: "harvest",
    name: "Harvest classic",
    payment: Payment::OPERATION,
    receipt,
    auth: &[Scheme::Basic { user: "user", password: "password" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

payment! {
    /// A payment recorded against a Harvest classic invoice. [HV, "Create a new payment"]
    Payment = Post "/invoices/{invoiceId}/payments", Body::Xml("payment"), agree {
        /// The invoice that is paid. [HV, path]
        invoice_id "invoiceId": RowId => Place::Route;
        /// The invoice's currency; a payment has none of its own. [HV-GH, invoices]
        currency "currency": CurrencyOf<AnyCurrency> => Place::Unsent;
        /// When it was paid; required. [HV, `paid-at`]
        paid_at "paidAt": Moment => Place::Body("paid-at", Encoding::Rfc3339);
        /// How much was paid, in major units; required. [HV, `amount`]
        amount "amount": Amount => Place::Body("amount", Encoding::Decimal);
        /// A note. No limit is documented; ours keeps it a note. [HV, `notes`]
        note "note": Option<Lines<2000>> => Place::Body("notes", Encoding::Text);
    }
}

/// Overpayment is documented nowhere: it is told, and the provider decides.
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_told(values, known, found);
}

/// 201 with `Location: /invoice/{invoice}/payments/{payment}`, a body not documented. [HV] Both spellings of the path
/// are read, as every known client does. [HV-RB] Throttling is 503 with `Retry-After` in seconds; a refusal's reason is
/// in the header `Hint`. [HV-GH]
fn receipt(reply: &Reply, _: Currency) -> Outcome {
    if !reply.is_success() {
        let said = reply.headers.get("Hint").map(str::to_owned);
        let words = Words { said, ..Words::default() };
        return match reply.status {
            503 if retry_after(reply).is_some() => Outcome::refused(reply, ProblemCode::Throttled, words),
            _ => Outcome::by_status(reply, words),
        };
    }
    let located = reply.headers.get("Location").and_then(payment_in);
    let shown = Element::parse(&reply.body).ok().filter(|element| element.name == "payment");
    // A browser may be kept from reading `Location`; the status alone is the documented answer, unless a body that is
    // no payment speaks against it.
    let silent = reply.status == 201 && (shown.is_some() || reply.body.trim().is_empty());
    match located.or_else(|| number(&shown?.get("id")?.text)) {
        None if !silent => Outcome::unreadable(reply),
        payment_id => Outcome::Recorded(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() }),
    }
}

/// The payment's number at the end of a location.
fn payment_in(location: &str) -> Option<String> {
    let (before, last) = location.rsplit_once('/')?;
    let named = before.ends_with("/payments") || before.ends_with("/payment");
    number(last).filter(|_| named)
}

/// A payment's number. [HV, `id`, an integer]
fn number(text: &str) -> Option<String> {
    digits::only(text).then(|| text.to_owned())
}

#[cfg(feature = "emulate")]
pub(super) mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, State, row};
    use crate::finding::{Code, Issue, Rejection};
    use crate::operation::Operation;
    use crate::wire::Headers;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/harvest",
        ids: &[],
        credentials: &[&[("user", "owner@sandbox.example"), ("password", "sandbox-password")]],
        identifier: row,
        status,
        payable: &[State::Draft, State::Open, State::Partial, State::Paid],
        // A draft that is paid in part stays a draft. [HV-RB, recorded against the service]
        draft_stays: true,
        answer,
        refuse,
    };

    /// [HV-GH, `state`] `closed` is written off.
    fn status(state: State) -> &'static str {
        match state {
            State::Draft => "draft",
            State::Open => "open",
            State::Partial => "partial",
            State::Paid => "paid",
            State::Void => "closed",
        }
    }

    fn answer(books: &Books) -> Reply {
        let location = format!("/invoice/{}/payments/{}", books.invoice.id, books.payment_id);
        let headers = [("Location", location.as_str()), ("Content-Type", "application/xml; charset=utf-8")];
        Reply::new(201, headers.into_iter().collect(), " ")
    }

    /// [HV-RB; HV-GH] The status codes are known; bodies and the status of a validation error are not: 400 and `Hint`.
    fn refuse(refusal: &Refusal) -> Reply {
        let mut headers: Headers = [("Content-Type", "application/xml; charset=utf-8")].into_iter().collect();
        let status = match refusal {
            Refusal::SignIn(_) => {
                headers.set("WWW-Authenticate", "Basic realm=\"Harvest\"");
                401
            }
            Refusal::NoInvoice | Refusal::NoRoute(_) | Refusal::Method(_) => 404,
            Refusal::State(_) => {
                headers.set("Hint", "The invoice is closed.");
                400
            }
            Refusal::Unreadable => {
                headers.set("Hint", "The body is not a payment.");
                400
            }
            Refusal::Invalid(rejection) => {
                headers.set("Hint", sentences(&Payment::OPERATION, rejection));
                400
            }
        };
        Reply::new(status, headers, " ")
    }

    /// As Rails words it, one sentence a field. By field and code alone: what the caller wrote has no place in a
    /// header.
    pub(in crate::provider) fn sentences(operation: &Operation, rejection: &Rejection) -> String {
        let sentence = |issue: &Issue| {
            let name = operation.wire_name(issue.field).unwrap_or("payment").replace(['-', '_'], " ");
            let fault = match issue.code {
                Code::Required => "can't be blank",
                Code::AmountTooSmall => "must be greater than 0",
                Code::TooLong => "is too long",
                _ => "is invalid",
            };
            format!("The {name} {fault}.")
        };
        rejection.issues().map(sentence).collect::<Vec<_>>().join(" ")
    }
}
