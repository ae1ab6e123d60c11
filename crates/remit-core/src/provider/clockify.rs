//! Clockify: JSON, minor units, and the invoice as the answer.
//!
//! Sources: CK-SPEC is the official OpenAPI 3.0.1, CK-LEDGER a third party's record of live calls (both in
//! github apet97/clockify-ts-sdk).

use super::Provider;
use crate::agree;
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::field::{Amount, CurrencyOf, Encoding, Id, Lines, List, Moment, Place, Takes};
use crate::finding::Findings;
use crate::known::Known;
use crate::money::Money;
use crate::operation::Body;
use crate::outcome::{Outcome, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// Clockify.
pub const PROVIDER: Provider = Provider {
    id: "clockify",
    name: "Clockify",
    payment: Payment::OPERATION,
    receipt,
    // Exactly one of the two may be present. [CK-LEDGER, code 1000]
    auth: &[
        Scheme::Header { header: "X-Api-Key", secret: "apiKey" },
        Scheme::Header { header: "X-Addon-Token", secret: "addonToken" },
    ],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

payment! {
    /// A payment recorded against a Clockify invoice. [CK-SPEC, createInvoicePayment]
    Payment = Post "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments", Body::Json, agree {
        /// The workspace that the invoice belongs to. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Place::Route;
        /// The invoice that is paid. [CK-SPEC, path]
        invoice_id "invoiceId": Id => Place::Route;
        /// The invoice's currency; a payment has none of its own. Only currencies with two decimals: what Clockify
        /// counts for the others is documented nowhere, and a payment a hundred times too large is not worth a guess.
        currency "currency": CurrencyOf<Currencies> => Place::Unsent;
        /// When it was paid. Always sent: the specification has it optional, a live call was refused without it.
        /// [CK-SPEC; CK-LEDGER]
        paid_at "paidAt": Moment => Place::Body("paymentDate", Encoding::Rfc3339);
        /// How much was paid, in minor units, at least 1. [CK-SPEC, `minimum: 1`; CK-LEDGER, money.amount-units]
        amount "amount": Amount => Place::Body("amount", Encoding::Minor);
        /// A note of at most 1,000 characters. [CK-SPEC, `maxLength: 1000`]
        note "note": Option<Lines<1000>> => Place::Body("note", Encoding::Text);
    }
}

/// Two decimals.
pub struct Currencies;
impl List for Currencies {
    const TAKES: Takes = Takes::TwoDecimals;
}

/// Overpayment is documented nowhere: it is told, and the provider decides.
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_told(values, known, found);
}

/// 201 with the invoice as it now stands; there is no payment id in it. [CK-SPEC, InvoiceOverviewDtoV1]
fn receipt(reply: &Reply, _: Currency) -> Outcome {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    if !reply.is_success() {
        let said = json.get("message").and_then(Json::as_text).map(str::to_owned);
        let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
        return Outcome::by_status(reply, Words { said, code, field: None });
    }
    // In the currency that the invoice names and no other; what is counted for one without two decimals is not known.
    let currency = json.get("currency").and_then(Json::as_text).and_then(|code| Currency::parse(code).ok());
    let currency = currency.filter(|currency| Currencies::TAKES.includes(*currency));
    let money = |name| Some(Money::from_minor(json.get(name)?.as_integer()?, currency?));
    if json.get("id").and_then(Json::as_text).is_none() {
        return Outcome::unreadable(reply);
    }
    Outcome::Recorded(Receipt {
        payment_id: None,
        balance: money("balance"),
        paid: money("paid"),
        status: json.get("status").and_then(Json::as_text).map(str::to_owned),
        raw: reply.body.clone(),
    })
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, State, hex24, reply_json};
    use crate::finding::{Code, Rejection};

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/clockify/api",
        ids: &[("workspaceId", "64a687e29ae1f428e7ebe001")],
        credentials: &[
            &[("apiKey", "SandboxSandboxSandboxSandboxSandboxSandboxSandbo")],
            &[("addonToken", "sandbox-addon-token")],
        ],
        identifier: hex24,
        status,
        payable: &[State::Draft, State::Open, State::Partial, State::Paid],
        draft_stays: false,
        answer,
        refuse,
    };

    /// [CK-SPEC, `status`] `OVERDUE` depends on a calendar, which the sandbox does not keep.
    fn status(state: State) -> &'static str {
        match state {
            State::Draft => "UNSENT",
            State::Open => "SENT",
            State::Partial => "PARTIALLY_PAID",
            State::Paid => "PAID",
            State::Void => "VOID",
        }
    }

    fn answer(books: &Books) -> Reply {
        let invoice = books.invoice;
        let minor = |money: Money| Json::integer(money.minor());
        reply_json(
            201,
            [
                ("id", Json::text(&invoice.id)),
                ("number", Json::text(&invoice.number)),
                ("clientId", Json::text("64a687e29ae1f428e7ebe0c1")),
                ("clientName", Json::text("Sandbox Client")),
                ("clientAddress", Json::text("")),
                ("companyId", Json::text("64a687e29ae1f428e7ebe0c2")),
                ("userId", Json::text("64a687e29ae1f428e7ebe0c3")),
                ("billFrom", Json::text("Sandbox Business")),
                ("subject", Json::text("")),
                ("note", Json::text("")),
                ("currency", Json::text(invoice.amount.currency().code())),
                ("issuedDate", Json::text(invoice.issued.rfc3339())),
                ("dueDate", Json::text(invoice.issued.rfc3339())),
                ("amount", minor(invoice.amount)),
                ("balance", minor(invoice.balance())),
                ("paid", minor(invoice.paid)),
                ("subtotal", minor(invoice.amount)),
                ("discount", Json::integer(0)),
                ("discountAmount", Json::integer(0)),
                ("tax", Json::integer(0)),
                ("tax2", Json::integer(0)),
                ("taxAmount", Json::integer(0)),
                ("tax2Amount", Json::integer(0)),
                ("status", Json::text(status(invoice.state))),
                ("calculationType", Json::text("INVOICE_BASED")),
                ("taxType", Json::text("NONE")),
                ("containsImportedTimes", Json::Bool(false)),
                ("containsImportedExpenses", Json::Bool(false)),
                ("visibleZeroFields", Json::Array(Vec::new())),
                ("items", Json::Array(Vec::new())),
            ],
        )
    }

    /// [CK-LEDGER, live bodies] Void and draft invoices: not documented; refused like any invalid request.
    fn refuse(refusal: &Refusal) -> Reply {
        let (status, message, code) = match refusal {
            Refusal::SignIn(fault) => (401, fault.pick("Multiple or none auth tokens present", &["Api key does not exist", "Token is not valid"]), fault.pick("1000", &["4003", "4017"])),
            Refusal::NoInvoice => (400, "Invoice doesn't belong to Workspace", "501"),
            Refusal::State(_) => (400, "Payment cannot be added to this invoice", "501"),
            Refusal::Unreadable => (400, "Required request body is missing or not readable", "3000"),
            Refusal::Invalid(rejection) => (400, violation(rejection), "501"),
            Refusal::NoRoute(path) => {
                let message = format!("No static resource {path}.");
                return reply_json(404, [("message", Json::text(message)), ("code", Json::integer(3000))]);
            }
            Refusal::Method(method) => {
                let message = format!("Request method '{method}' is not supported");
                let mut reply = reply_json(405, [("message", Json::text(message)), ("code", Json::integer(3000))]);
                reply.headers.set("Allow", "POST");
                return reply;
            }
        };
        reply_json(status, [("message", Json::text(message)), ("code", Json::Number(code.to_owned()))])
    }

    /// Bean Validation's own words; the ledger shows the first of them live. [CK-LEDGER]
    fn violation(rejection: &Rejection) -> &'static str {
        match rejection.issues().next().map(|issue| issue.code) {
            Some(Code::Required) => "must not be null",
            Some(Code::AmountTooSmall) => "must be greater than or equal to 1",
            Some(Code::TooLong) => "size must be between 0 and 1000",
            _ => "Invalid request",
        }
    }
}
