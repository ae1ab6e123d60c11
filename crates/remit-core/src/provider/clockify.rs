//! Clockify: JSON, minor units, and the invoice as the answer.
//!
//! Sources: CK-SPEC is the official OpenAPI 3.0.1, CK-LEDGER a third party's record of live calls (both in
//! github apet97/clockify-ts-sdk).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::invoice::{Invoice, InvoiceState};
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::answer::{Answer, Next, Page};
use crate::operation::auth::Scheme;
use crate::operation::body::Body;
use crate::operation::outcome::{Failure, Receipt, RefusalText};
use crate::provider::declaration::Provider;
use crate::report::rejection::Findings;
use crate::schema::choice::AcceptedCurrencies;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, Count, CurrencyOf, Id, Line, Lines, List, Moment};
use crate::schema::values::Values;
use crate::time::instant::Instant;
use crate::time::zone::Zone;
use crate::wire::Response;
use crate::wire::json::Json;

/// Clockify.
pub const PROVIDER: Provider = Provider {
    id: "clockify",
    name: "Clockify",
    payment: Payment::OPERATION,
    operations: operations![
        ListPayments::OPERATION,
        DeletePayment::OPERATION,
        AddInvoice::OPERATION,
        #[cfg(feature = "complete")]
        ListInvoices::OPERATION,
        GetInvoice::OPERATION,
    ],
    // Exactly one of the two may be present. [CK-LEDGER, code 1000]
    auth: &[
        Scheme::Header { header: "X-Api-Key", secret: "apiKey" },
        Scheme::Header { header: "X-Addon-Token", secret: "addonToken" },
    ],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

operation! {
    /// A payment recorded against a Clockify invoice. [CK-SPEC, createInvoicePayment]
    Payment = RecordPayment, Post "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments", Body::Json, rules, receipt {
        /// The workspace that the invoice belongs to. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The invoice that is paid. [CK-SPEC, path]
        invoice_id "invoiceId": Id => Location::Route;
        /// The invoice's currency; a payment has none of its own. Only currencies with two decimals: what Clockify
        /// counts for the others is documented nowhere, and a payment a hundred times too large is not worth a guess.
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// When it was paid. Always sent: the specification has it optional, a live call was refused without it.
        /// [CK-SPEC; CK-LEDGER]
        paid_at "paidAt": Moment => Location::Body("paymentDate", Encoding::Rfc3339);
        /// How much was paid, in minor units, at least 1. [CK-SPEC, `minimum: 1`; CK-LEDGER, money.amount-units]
        amount "amount": Amount => Location::Body("amount", Encoding::Minor);
        /// A note of at most 1,000 characters. [CK-SPEC, `maxLength: 1000`]
        note "note": Option<Lines<1000>> => Location::Body("note", Encoding::Text);
    }
}

operation! {
    /// The payments of an invoice: an array, and the header `Last-Page`. [CK-SPEC, getPaymentsForInvoice]
    ListPayments = ListPayments, Get "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments", Body::Empty, rules::nothing, payments {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The invoice. [CK-SPEC, path]
        invoice_id "invoiceId": Id => Location::Route;
        /// Which page, from 1, in 32 bits. [CK-SPEC, `page`, int32]
        page "page": Option<Count<2_147_483_647>> => Location::Query("page", Encoding::Integer);
        /// How many payments a page has; 50 where it is left out. The specification names no most. [CK-SPEC,
        /// `page-size`]
        page_size "pageSize": Option<Count<5000>> => Location::Query("page-size", Encoding::Integer);
    }
}

operation! {
    /// A payment removed; the answer is the invoice. [CK-SPEC, deletePaymentById]
    DeletePayment = DeletePayment, Delete "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments/{paymentId}", Body::Empty, rules::nothing, removed {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The invoice. [CK-SPEC, path]
        invoice_id "invoiceId": Id => Location::Route;
        /// The payment. [CK-SPEC, path]
        payment_id "paymentId": Id => Location::Route;
    }
}

operation! {
    /// An invoice added to a workspace, without items. [CK-SPEC, createInvoice]
    AddInvoice = AddInvoice, Post "/v1/workspaces/{workspaceId}/invoices", Body::Json, agree_invoice, added {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The customer. [CK-SPEC, `clientId`]
        client_id "clientId": Id => Location::Body("clientId", Encoding::Text);
        /// The invoice's currency. [CK-SPEC, `currency`]
        currency "currency": CurrencyOf<Currencies> => Location::Body("currency", Encoding::Text);
        /// The number that people know it by. No limit is documented; ours keeps it a number. [CK-SPEC, `number`]
        number "number": Line => Location::Body("number", Encoding::Text);
        /// When it was issued. [CK-SPEC, `issuedDate`]
        issued_at "issuedAt": Moment => Location::Body("issuedDate", Encoding::Rfc3339);
        /// When it is due, not before it was issued. [CK-SPEC, `dueDate`]
        due_at "dueAt": Moment => Location::Body("dueDate", Encoding::Rfc3339);
    }
}

operation! {
    /// The invoices of a workspace. [CK-SPEC, getInvoices]
    ListInvoices = ListInvoices, Get "/v1/workspaces/{workspaceId}/invoices", Body::Empty, rules::nothing, invoices {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// Which page, from 1, in 32 bits. [CK-SPEC, `page`, int32]
        page "page": Option<Count<2_147_483_647>> => Location::Query("page", Encoding::Integer);
        /// How many invoices a page has; 50 where it is left out. [CK-SPEC, `page-size`]
        page_size "pageSize": Option<Count<5000>> => Location::Query("page-size", Encoding::Integer);
    }
}

operation! {
    /// An invoice. [CK-SPEC, getInvoice]
    GetInvoice = GetInvoice, Get "/v1/workspaces/{workspaceId}/invoices/{invoiceId}", Body::Empty, rules::nothing, invoice {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The invoice. [CK-SPEC, path]
        invoice_id "invoiceId": Id => Location::Route;
    }
}

/// Two decimals.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::TwoDecimals;
}

/// Overpayment is documented nowhere: it is told, and the provider decides.
fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_told(values, context, found);
}

/// An invoice is not due before it is issued.
fn agree_invoice(values: &Values, context: &Context, found: &mut Findings) {
    rules::order(values, context, "issuedAt", "dueAt", found);
}

/// That a void invoice takes no payment is documented nowhere; that one is meant is unlikely.
const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// [CK-SPEC, `status`] `OVERDUE` is open as well; whether anything was paid then, the amounts say.
const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "UNSENT"),
    (InvoiceState::Open, "SENT"),
    (InvoiceState::Partial, "PARTIALLY_PAID"),
    (InvoiceState::Paid, "PAID"),
    (InvoiceState::Void, "VOID"),
    (InvoiceState::Open, "OVERDUE"),
];

/// The JSON of an answer that says yes, which has one status for each operation. [CK-SPEC] Errors have `message` and
/// `code` [CK-LEDGER], and those of Spring itself `error`.
fn accepted(reply: &Response, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    let said = json.get("message").and_then(Json::as_text).map(str::to_owned);
    let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
    let fails = ["message", "code", "error"].iter().any(|name| json.get(name).is_some());
    let shows = text(&json, "id").is_some();
    Failure::require_success(reply, status, shows, fails, RefusalText { said, code, field: None })?;
    Ok(json)
}

/// The currency that the invoice names and no other; what is counted for one without two decimals is not known.
fn currency_of(json: &Json) -> Option<Currency> {
    json.get("currency").and_then(Json::as_text).and_then(|code| Currency::parse(code).ok())
}

fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    let minor = json.get(name)?.as_integer()?;
    Currencies::ACCEPTED.includes(currency).then(|| Money::from_minor(minor, currency))
}

fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::read(json.get(name)?.as_text()?, Zone::Unknown).ok().map(|reading| reading.instant)
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// 201 with the invoice as it now stands; there is no payment id in it. [CK-SPEC, createInvoicePayment]
fn receipt(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    stands(reply, 201)
}

/// 200 with the invoice as it now stands. [CK-SPEC, deletePaymentById]
fn removed(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    stands(reply, 200)
}

/// The invoice after a change. [CK-SPEC, InvoiceOverviewDtoV1]
fn stands(reply: &Response, status: u16) -> Result<Answer, Failure> {
    let json = accepted(reply, status)?;
    let currency = currency_of(&json);
    if text(&json, "id").is_none() {
        return Err(Failure::unreadable(reply));
    }
    Ok(Answer::Receipt(Receipt {
        payment_id: None,
        balance: money(&json, "balance", currency.unwrap_or(Currency::UNSTATED)),
        paid: money(&json, "paid", currency.unwrap_or(Currency::UNSTATED)),
        status: json.get("status").and_then(Json::as_text).map(str::to_owned),
        raw: reply.body.clone(),
    }))
}

/// A bare array. [CK-SPEC, InvoicePaymentDtoV1] `Last-Page` says whether it is all; where a browser may not read it, the
/// next page is asked for until one is empty.
fn payments(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 200)?;
    let one = |json: &Json| {
        Some(RecordedPayment {
            paid_at: moment(json, "date"),
            note: text(json, "note"),
            by: text(json, "author"),
            ..RecordedPayment::new(text(json, "id")?, money(json, "amount", currency))
        })
    };
    page(reply, &json, one).map(Answer::Payments)
}

fn page<T>(reply: &Response, json: &Json, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let items = json.as_array().and_then(|items| items.iter().map(one).collect::<Option<Vec<_>>>());
    let items = items.ok_or_else(|| Failure::unreadable(reply))?;
    let last = match reply.headers.get("Last-Page") {
        Some(said) => said.eq_ignore_ascii_case("true"),
        None => items.is_empty(),
    };
    Ok(Page { items, next: (!last).then_some(Next::Following) })
}

/// 201 with seven of the invoice's members. [CK-SPEC, CreateInvoiceDtoV1]
fn added(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(reply, 201)
}

/// [CK-SPEC, getInvoice]
fn invoice(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(reply, 200)
}

fn shown(reply: &Response, status: u16) -> Result<Answer, Failure> {
    let json = accepted(reply, status)?;
    invoice_in(&json).map(Answer::Invoice).ok_or_else(|| Failure::unreadable(reply))
}

/// `{total, invoices}`. [CK-SPEC, getInvoices]
fn invoices(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 200)?;
    page(reply, json.get("invoices").unwrap_or(&Json::Null), invoice_in).map(Answer::Invoices)
}

fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency = currency_of(json)?;
    Some(Invoice {
        number: text(json, "number"),
        amount: money(json, "amount", currency),
        balance: money(json, "balance", currency),
        state: json.get("status").and_then(Json::as_text).and_then(|word| InvoiceState::of(word, STATES)),
        issued: moment(json, "issuedDate"),
        ..Invoice::new(text(json, "id")?, currency)
    })
}

#[cfg(feature = "emulate")]
mod emulation {
    use alloc::{format, vec};

    use super::*;
    use crate::emulate::filter::{Accepts, Asked, Filter};
    use crate::emulate::list::slice;
    use crate::emulate::{
        Emulation, Entry, Posted, Records, Refusal, Seen, Throttle, count, hex24, reply_json, reply_list,
        unanswered, word,
    };
    use crate::operation::Operation;
    use crate::operation::purpose::Purpose;
    use crate::report::codes::Code;
    use crate::report::finding::Param;
    use crate::report::rejection::Rejection;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/clockify/api",
        ids: &[("workspaceId", "64a687e29ae1f428e7ebe001")],
        credentials: &[
            &[("apiKey", "SandboxSandboxSandboxSandboxSandboxSandboxSandbo")],
            &[("addonToken", "sandbox-addon-token")],
        ],
        identifier: hex24,
        words: STATES,
        payable: PAYABLE,
        draft_stays: false,
        // [CK-SPEC: 50 requests per second by add-on on one workspace] For keys no figure is stated.
        throttle: Some(Throttle { calls: 50, seconds: 1, only: Some(1) }),
        filters: FILTERS,
        in_query: &[],
        answer,
        refuse,
    };

    /// [CK-SPEC, getInvoices] The schema of `statuses` is one word, its example two.
    const FILTERS: &[Filter] = &[
        of_invoices(
            "statuses",
            Accepts::RefusalText(&["UNSENT", "SENT", "PAID", "PARTIALLY_PAID", "VOID", "OVERDUE"]),
        ),
        of_invoices(
            "sort-column",
            Accepts::Word(&["ID", "CLIENT", "DUE_ON", "ISSUE_DATE", "AMOUNT", "BALANCE"]),
        ),
        of_invoices("sort-order", Accepts::Word(&["ASCENDING", "DESCENDING"])),
    ];

    const fn of_invoices(name: &'static str, accepts: Accepts) -> Filter {
        Filter { of: &[Purpose::ListInvoices], name, accepts }
    }

    /// By their identifiers, the first first, where nothing else is asked. [CK-SPEC, `sort-column`, `sort-order`]
    fn asked_for<'a>(all: &'a [Entry], asked: &Asked) -> Vec<&'a Entry> {
        let wanted = |invoice: &&Entry| asked.wants("statuses", word(STATES, invoice.state));
        let mut invoices: Vec<_> = all.iter().filter(wanted).collect();
        let column = asked.text("sort-column").unwrap_or("ID");
        invoices.sort_by(|one, other| match column {
            "CLIENT" => one.client.cmp(&other.client),
            "DUE_ON" => one.due.cmp(&other.due),
            "ISSUE_DATE" => one.issued.cmp(&other.issued),
            "AMOUNT" => one.amount.minor().cmp(&other.amount.minor()),
            "BALANCE" => one.balance().minor().cmp(&other.balance().minor()),
            _ => one.id.cmp(&other.id),
        });
        if asked.text("sort-order") == Some("DESCENDING") {
            invoices.reverse();
        }
        invoices
    }

    fn answer(seen: &Seen) -> Response {
        let with = |reply: Response, last: bool| {
            let mut reply = reply;
            reply.headers.set("Last-Page", if last { "true" } else { "false" });
            reply
        };
        match seen.records {
            Records::Payment(invoice, _) => reply_json(201, overview(invoice)),
            Records::Removed(invoice) | Records::Invoice(invoice, _) => reply_json(200, overview(invoice)),
            Records::Payments(_, all) => {
                let slice = slice(all, seen.values, 50);
                let items = slice.items.iter().map(payment).collect();
                with(reply_list(200, items), slice.number >= slice.count)
            }
            Records::Added(invoice) => reply_json(201, head(invoice)),
            Records::Invoices(all) => {
                let all = asked_for(all, seen.asked);
                let slice = slice(&all, seen.values, 50);
                let items = slice.items.iter().map(|invoice| info(invoice).into_iter().collect()).collect();
                let members =
                    [("total", Json::integer(count(slice.total))), ("invoices", Json::Array(items))];
                with(reply_json(200, members), slice.number >= slice.count)
            }
            Records::Transactions(_) | Records::Allocations(..) | Records::Nothing => unanswered(),
        }
    }

    /// What every answer with an invoice has of it.
    fn common(invoice: &Entry) -> Vec<(&'static str, Json)> {
        vec![
            ("id", Json::text(&invoice.id)),
            ("number", Json::text(&invoice.number)),
            ("clientId", Json::text(&invoice.client)),
            ("currency", Json::text(invoice.amount.currency().code())),
            ("issuedDate", Json::text(invoice.issued.rfc3339())),
            ("dueDate", Json::text(invoice.due.rfc3339())),
        ]
    }

    /// [CK-SPEC, CreateInvoiceDtoV1]
    fn head(invoice: &Entry) -> Vec<(&'static str, Json)> {
        let mut members = common(invoice);
        members.push(("billFrom", Json::text("Sandbox Business")));
        members
    }

    /// [CK-SPEC, InvoiceDtoV1]
    fn info(invoice: &Entry) -> Vec<(&'static str, Json)> {
        let minor = |money: Money| Json::integer(money.minor());
        let mut members = common(invoice);
        members.extend([
            ("clientName", Json::text("Sandbox Client")),
            ("amount", minor(invoice.amount)),
            ("balance", minor(invoice.balance())),
            ("paid", minor(invoice.paid)),
            ("status", Json::text(word(STATES, invoice.state))),
        ]);
        members
    }

    /// [CK-SPEC, InvoiceOverviewDtoV1]
    fn overview(invoice: &Entry) -> Vec<(&'static str, Json)> {
        let mut members = info(invoice);
        members.extend([
            ("billFrom", Json::text("Sandbox Business")),
            ("visibleZeroFields", Json::Array(Vec::new())),
            ("clientAddress", Json::text("")),
            ("companyId", Json::text("64a687e29ae1f428e7ebe0c2")),
            ("userId", Json::text("64a687e29ae1f428e7ebe0c3")),
            ("subject", Json::text("")),
            ("note", Json::text("")),
            ("subtotal", Json::integer(invoice.amount.minor())),
            ("discount", Json::integer(0)),
            ("discountAmount", Json::integer(0)),
            ("tax", Json::integer(0)),
            ("tax2", Json::integer(0)),
            ("taxAmount", Json::integer(0)),
            ("tax2Amount", Json::integer(0)),
            ("calculationType", Json::text("INVOICE_BASED")),
            ("taxType", Json::text("NONE")),
            ("containsImportedTimes", Json::Bool(false)),
            ("containsImportedExpenses", Json::Bool(false)),
            ("items", Json::Array(Vec::new())),
        ]);
        members
    }

    /// The date is called otherwise than in the request. [CK-SPEC, InvoicePaymentDtoV1]
    fn payment(posted: &Posted) -> Json {
        let members = [
            ("id", Json::text(&posted.id)),
            ("amount", Json::integer(posted.amount.minor())),
            ("author", Json::text("Sandbox Owner")),
            ("date", Json::text(posted.paid_at.rfc3339())),
            ("note", Json::text(posted.note.as_deref().unwrap_or_default())),
        ];
        members.into_iter().collect()
    }

    /// [CK-LEDGER, live bodies] Void and draft invoices: not documented; refused like any invalid request.
    fn refuse(refusal: &Refusal, _: &Operation) -> Response {
        let (status, message, code) = match refusal {
            Refusal::SignIn(fault) => (
                401,
                fault.pick(
                    "Multiple or none auth tokens present",
                    &["Api key does not exist", "Token is not valid"],
                ),
                fault.pick("1000", &["4003", "4017"]),
            ),
            Refusal::NoInvoice => (400, "Invoice doesn't belong to Workspace", "501"),
            Refusal::NoPayment | Refusal::NoTransaction => (400, "Payment doesn't belong to Invoice", "501"),
            Refusal::State(_) => (400, "Payment cannot be added to this invoice", "501"),
            // [CK-SPEC: "Too many requests"] Whether a real one says when to come back is not known.
            Refusal::Throttled(_) => (429, "Too many requests", "429"),
            Refusal::Unreadable => (400, "Required request body is missing or not readable", "3000"),
            Refusal::Invalid(rejection) if let Some(value) = not_a_word(rejection) => {
                let message = format!("Unexpected value '{value}'");
                return reply_json(400, [("message", Json::text(message)), ("code", Json::integer(3000))]);
            }
            Refusal::Invalid(rejection) => (400, violation(rejection), "501"),
            Refusal::NoRoute(path) => {
                let message = format!("No static resource {path}.");
                return reply_json(404, [("message", Json::text(message)), ("code", Json::integer(3000))]);
            }
            Refusal::Method { given, allowed } => {
                let message = format!("Request method '{given}' is not supported");
                let mut reply =
                    reply_json(405, [("message", Json::text(message)), ("code", Json::integer(3000))]);
                reply.headers.set("Allow", allowed);
                return reply;
            }
        };
        reply_json(status, [("message", Json::text(message)), ("code", Json::Number(code.to_owned()))])
    }

    /// A word of the query that is none of those that there are: the value is echoed, the sentence is ours. [CK-LEDGER,
    /// type errors]
    fn not_a_word(rejection: &Rejection) -> Option<&Param> {
        let issue = rejection.issues().find(|issue| issue.code == Code::ChoiceUnknown)?;
        issue.params.iter().find_map(|(name, value)| (*name == "value").then_some(value))
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
