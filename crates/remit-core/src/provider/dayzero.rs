//! DayZero: JSON, cents, and a bank transaction behind every payment.
//!
//! Sources: DZ-A and DZ-B are two editions of the reference page (www.ondayzero.com and ondayzero.com), DZ-G its
//! guides.

use super::Provider;
use crate::agree;
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::field::{Amount, CurrencyOf, Encoding, List, Moment, Place, Takes, TransactionId, Uuid};
use crate::finding::Findings;
use crate::known::Known;
use crate::operation::Body;
use crate::outcome::{Cause, Outcome, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// DayZero.
pub const PROVIDER: Provider = Provider {
    id: "dayzero",
    name: "DayZero",
    payment: Payment::OPERATION,
    receipt,
    auth: &[Scheme::Bearer { secret: "token", with: &[(BUSINESS, "businessId")] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

const BUSINESS: &str = "x-business-id";

payment! {
    /// A bank transaction linked as a payment against a DayZero invoice. [DZ-A, create_invoice_payment]
    Payment = Post "/api/v1/invoices/{invoiceId}/payments", Body::Json, agree {
        /// The business that the invoice belongs to. The provider needs it; a relay adds it where it is missing here.
        /// [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// The invoice that is paid. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Place::Route;
        /// The bank transaction that the payment came in with. [DZ-A, `transaction_id`]
        transaction_id "transactionId": TransactionId => Place::Body("transaction_id", Encoding::Text);
        /// The invoice's currency. [DZ-A, `currency`: USD, CAD, AUD, EUR or GBP]
        currency "currency": CurrencyOf<Currencies> => Place::Unsent;
        /// When it was paid; the transaction's date where it is left out. [DZ-A, `paid_on`]
        paid_at "paidAt": Option<Moment> => Place::Body("paid_on", Encoding::Rfc3339);
        /// How much of the transaction goes to this invoice, in cents, more than 0. [DZ-A, `amount`]
        amount "amount": Amount => Place::Body("amount", Encoding::Minor);
    }
}

/// The five that the page names.
pub struct Currencies;
impl List for Currencies {
    const TAKES: Takes = Takes::Only(&["USD", "CAD", "AUD", "EUR", "GBP"]);
}

/// At most what is left on the transaction; more than the invoice's balance is permitted. [DZ-A, `amount`]
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_told(values, known, found);
    agree::allocation(values, known, found);
}

/// The payment, bare [DZ-A] or in an envelope with `success`, `message`, `code` and `data` [DZ-B]. Errors have a
/// `detail` that is a sentence, or for 422 a list of `loc` and `msg`. [DZ-G, errors]
fn receipt(reply: &Reply, _: Currency) -> Outcome {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    if !reply.is_success() {
        return Outcome::by_status(reply, words(&json));
    }
    // A refusal has a status of its own. [DZ-G, errors] That a success could say no, with a payment or without one, is
    // documented nowhere: `success` is declared and never explained [DZ-B], so what was recorded stays open.
    if !matches!(json.get("success"), None | Some(Json::Bool(true))) {
        return Outcome::unknown(reply, Cause::Unreadable, &words(&json));
    }
    let payment = json.get("data").filter(|_| json.get("success").is_some()).unwrap_or(&json);
    match payment.get("id").and_then(Json::as_text).filter(|id| !id.is_empty()) {
        Some(id) => Outcome::Recorded(Receipt {
            payment_id: Some(id.to_owned()),
            raw: reply.body.clone(),
            ..Receipt::default()
        }),
        None => Outcome::unreadable(reply),
    }
}

fn words(json: &Json) -> Words {
    let detail = json.get("detail");
    let Some(first) = detail.and_then(Json::as_array).and_then(<[Json]>::first) else {
        let said = detail.or_else(|| json.get("message")).and_then(Json::as_text).map(str::to_owned);
        let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
        return Words { said, code, field: None };
    };
    let last = first.get("loc").and_then(Json::as_array).and_then(<[Json]>::last).and_then(Json::scalar);
    Words {
        said: first.get("msg").and_then(Json::as_text).map(str::to_owned),
        code: first.get("type").and_then(Json::as_text).map(str::to_owned),
        field: last.and_then(|name| Payment::OPERATION.field_on_wire(name)),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, State, reply_json, uuid};
    use crate::finding::Code;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/dayzero",
        ids: &[("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")],
        credentials: &[&[("token", "dz_sandbox_token"), ("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")]],
        identifier: uuid,
        status,
        payable: &[State::Open, State::Partial, State::Paid],
        draft_stays: false,
        answer,
        refuse,
    };

    /// [DZ-G, invoice statuses]
    fn status(state: State) -> &'static str {
        match state {
            State::Draft => "draft",
            State::Open => "open",
            State::Partial => "partially_paid",
            State::Paid => "manual_paid",
            State::Void => "void",
        }
    }

    /// The bare edition, as on the page that this project starts from. [DZ-A]
    fn answer(books: &Books) -> Reply {
        let payment = &books.checked.payment;
        let business = books.checked.values.text("businessId").unwrap_or_default();
        let paid_on = payment.paid_at.or(books.transaction_at).unwrap_or(books.now);
        reply_json(
            201,
            [
                ("id", Json::text(books.payment_id)),
                ("invoice_id", Json::text(&books.invoice.id)),
                ("transaction_id", Json::text(payment.transaction_id.clone().unwrap_or_default())),
                ("amount", Json::integer(payment.amount.minor())),
                ("currency", Json::text(payment.amount.currency().code())),
                ("paid_on", Json::text(paid_on.rfc3339())),
                ("created_at", Json::text(books.now.rfc3339())),
                ("updated_at", Json::text(books.now.rfc3339())),
                ("business_id", Json::text(business)),
                ("transaction", Json::Null),
            ],
        )
    }

    /// [DZ-G, errors] Over-allocation: blocked, its status not documented; 400 here. A draft must be finalized first.
    fn refuse(refusal: &Refusal) -> Reply {
        let detail = |status, text: &str| reply_json(status, [("detail", Json::text(text))]);
        match refusal {
            Refusal::SignIn(_) => detail(401, "Not authenticated"),
            Refusal::NoInvoice | Refusal::NoRoute(_) => detail(404, "Resource not found"),
            Refusal::Method(_) => detail(405, "Method Not Allowed"),
            Refusal::State(State::Draft) => detail(400, "Draft invoices must be finalized before they can be paid"),
            Refusal::State(_) => detail(409, "Duplicate or state conflict"),
            Refusal::Unreadable => reply_json(422, [("detail", Json::Array(vec![item("body", "JSON decode error", "json_invalid")]))]),
            Refusal::Invalid(rejection) => {
                let rules = [Code::OverUnallocated, Code::TransactionNotIncome, Code::CurrencyMismatch];
                if let Some(issue) = rejection.issues().find(|issue| rules.contains(&issue.code)) {
                    return detail(400, &crate::message::Table::english().issue(issue));
                }
                let items = rejection.issues().map(|issue| {
                    let name = Payment::OPERATION.wire_name(issue.field).unwrap_or(issue.field);
                    let said = crate::message::Table::english().issue(issue);
                    item(name, &said, issue.code.text())
                });
                reply_json(422, [("detail", Json::Array(items.collect()))])
            }
        }
    }

    fn item(name: &str, said: &str, kind: &str) -> Json {
        let loc = vec![Json::text("body"), Json::text(name)];
        [("loc", Json::Array(loc)), ("msg", Json::text(said)), ("type", Json::text(kind))].into_iter().collect()
    }
}
