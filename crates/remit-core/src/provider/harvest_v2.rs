//! Harvest v2: JSON, decimal amounts, and the payment as the answer.
//!
//! Sources: HV2 is the second version's documentation (help.getharvest.com/api-v2), its pages "Invoice Payments",
//! "Overview" and "Authentication"; HV2-SPEC the specification that is generated from it; HV-RB a client of the classic
//! API, tested against the live service (github zmoazeni/harvested).

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
use crate::outcome::{Cause, Outcome, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// Harvest v2. The base address is `https://api.harvestapp.com`: the version is part of the route.
///
/// Every request must have a `User-Agent` with a name and a way to reach whoever sends it, or is refused with 400. [HV2,
/// overview] A relay sends its own, with the `contact` of its configuration. A browser sends its own too and lets no
/// page say another, so none is set here; whether a POST may come from a page at all is not documented.
pub const PROVIDER: Provider = Provider {
    id: "harvest-v2",
    name: "Harvest v2",
    payment: Payment::OPERATION,
    receipt,
    // A token opens each of its user's accounts, so one is always named. [HV2, authentication]
    auth: &[Scheme::Bearer { secret: "token", with: &[("Harvest-Account-Id", "accountId")] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

/// Left out, `send_thank_you` is true, and the customer gets an e-mail once the invoice is paid in full. [HV2,
/// `send_thank_you`] Nobody has asked for one here, and it could not be taken back.
const QUIET: Body = Body::JsonWith(&[("send_thank_you", false)]);

payment! {
    /// A payment recorded against a Harvest invoice. [HV2, create an invoice payment]
    Payment = Post "/v2/invoices/{invoiceId}/payments", QUIET, agree {
        /// The invoice that is paid. [HV2, path]
        invoice_id "invoiceId": RowId => Place::Route;
        /// The invoice's currency; a payment has none of its own. [HV2, invoices]
        currency "currency": CurrencyOf<AnyCurrency> => Place::Unsent;
        /// When it was paid. Either this or `paid_date`, not both: a day alone would lose the time of a payment that has
        /// one, while a day goes through here as its noon. Always sent: what is recorded without is not documented.
        /// [HV2, `paid_at`]
        paid_at "paidAt": Moment => Place::Body("paid_at", Encoding::Rfc3339);
        /// How much was paid, in major units; required. [HV2, `amount`]
        amount "amount": Amount => Place::Body("amount", Encoding::Decimal);
        /// A note. No limit is documented; ours keeps it a note. [HV2, `notes`]
        note "note": Option<Lines<2000>> => Place::Body("notes", Encoding::Text);
    }
}

/// Overpayment is documented nowhere: it is told, and the provider decides.
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_told(values, known, found);
}

/// 201 with the payment, whose `id` is a whole number. [HV2, the invoice payment object] Errors have `code` and
/// `message` [HV2-SPEC]; what 422 has is documented nowhere, so no field is read from it. An answer with a payment and
/// an error, or with a payment and another status, is neither yes nor no.
fn receipt(reply: &Reply, _: Currency) -> Outcome {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    let said = json.get("message").and_then(Json::as_text).map(str::to_owned);
    let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
    let fails = said.is_some() || code.is_some();
    let words = Words { said, code, field: None };
    match json.get("id") {
        Some(Json::Number(id)) if reply.status == 201 && !fails && digits::only(id) => {
            let payment_id = Some(id.clone());
            Outcome::Recorded(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() })
        }
        None if !reply.is_success() => Outcome::by_status(reply, words),
        _ => Outcome::unknown(reply, Cause::Unreadable, &words),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, reply_json, row};
    use crate::provider::harvest::{self, emulation::sentences};

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/harvest-v2",
        ids: &[],
        credentials: &[&[("token", "harvest-v2-sandbox-token"), ("accountId", "1000001")]],
        identifier: row,
        // The states, and what becomes of a draft, are the classic API's: the invoices are the same. [HV2, `state`;
        // HV-RB]
        status: harvest::PROVIDER.emulation.status,
        payable: harvest::PROVIDER.emulation.payable,
        draft_stays: harvest::PROVIDER.emulation.draft_stays,
        answer,
        refuse,
    };

    /// [HV2, the invoice payment object]
    fn answer(books: &Books) -> Reply {
        let payment = &books.checked.payment;
        let paid_at = payment.paid_at.unwrap_or(books.now).rfc3339();
        let paid_date = paid_at.split('T').next().unwrap_or_default().to_owned();
        let gateway: Json = [("id", Json::Null), ("name", Json::Null)].into_iter().collect();
        reply_json(
            201,
            [
                ("id", Json::Number(books.payment_id.to_owned())),
                ("amount", Json::Number(payment.amount.to_decimal().normalize().to_string())),
                ("paid_at", Json::text(paid_at)),
                ("paid_date", Json::text(paid_date)),
                ("recorded_by", Json::text("Sandbox Owner")),
                ("recorded_by_email", Json::text("owner@sandbox.example")),
                ("notes", payment.note.as_deref().map_or(Json::Null, Json::text)),
                ("transaction_id", Json::Null),
                ("created_at", Json::text(books.now.rfc3339())),
                ("updated_at", Json::text(books.now.rfc3339())),
                ("payment_gateway", gateway),
            ],
        )
    }

    /// [HV2, overview: 404 and 422; HV2-SPEC, `code` and `message`] The status of a wrong token is not documented: 401. A
    /// missing `User-Agent` is not refused: that is between a program and the real service. `send_thank_you` may be left
    /// out, as in the documentation's own sample; true is refused, since no mail goes out.
    fn refuse(refusal: &Refusal) -> Reply {
        let (status, message) = match refusal {
            Refusal::SignIn(_) => (401, "The access token or the account is invalid.".to_owned()),
            Refusal::NoInvoice | Refusal::NoRoute(_) | Refusal::Method(_) => (404, "Not Found".to_owned()),
            Refusal::State(_) => (422, "The invoice is closed.".to_owned()),
            Refusal::Unreadable => (400, "The body is not a payment.".to_owned()),
            Refusal::Invalid(rejection) => (422, sentences(&Payment::OPERATION, rejection)),
        };
        reply_json(status, [("code", Json::integer(status.into())), ("message", Json::text(message))])
    }
}
