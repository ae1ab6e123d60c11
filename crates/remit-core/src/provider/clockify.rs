//! Clockify: JSON, minor units, and the invoice as the answer.
//!
//! Sources: CK-SPEC is the official OpenAPI 3.0.1, CK-LEDGER a third party's record of live calls (both in
//! github apet97/clockify-ts-sdk).

use alloc::borrow::ToOwned;
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
#[cfg(feature = "complete")]
use crate::provider::base::Base;
use crate::provider::declaration::Provider;
use crate::report::rejection::Findings;
use crate::schema::choice::AcceptedCurrencies;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, Count, CurrencyOf, Id, Line, Lines, List, Moment};
use crate::schema::values::Values;
use crate::time::instant::Instant;
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
    // A request may have only one of the two. [CK-LEDGER, code 1000]
    auth: &[
        Scheme::Header { header: "X-Api-Key", secret: "apiKey" },
        Scheme::Header { header: "X-Addon-Token", secret: "addonToken" },
    ],
    // 50 requests per second per add-on and workspace. [CK-SPEC] No figure is documented for API keys.
    #[cfg(feature = "complete")]
    throttle: Some(crate::provider::throttle::Throttle { calls: 50, seconds: 1, only: Some(1) }),
    // The global address, which also serves workspaces with a subdomain, the four regions, and the test environment.
    // [CK-SPEC; sources.md 1.1]
    #[cfg(feature = "complete")]
    bases: &[
        Base { host: "api.clockify.me", path: "/api" },
        Base { host: "euc1.clockify.me", path: "/api" },
        Base { host: "use2.clockify.me", path: "/api" },
        Base { host: "euw2.clockify.me", path: "/api" },
        Base { host: "apse2.clockify.me", path: "/api" },
        Base { host: "developer.clockify.me", path: "/api" },
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
        /// The invoice's currency; a payment has none of its own. Only currencies with two decimals are accepted:
        /// Clockify's minor unit of the others is not documented, and a guess could record a payment a hundred times
        /// too large.
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// When the payment was made. Always sent: it is optional in the specification, but a live call without it was
        /// refused. [CK-SPEC; CK-LEDGER]
        paid_at "paidAt": Moment => Location::Body("paymentDate", Encoding::Rfc3339);
        /// The amount in minor units, at least 1. [CK-SPEC, `minimum: 1`; CK-LEDGER, money.amount-units]
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
        /// The page number, from 1, in 32 bits. [CK-SPEC, `page`, int32]
        page "page": Option<Count<2_147_483_647>> => Location::Query("page", Encoding::Integer);
        /// The number of payments on a page; defaults to 50. The specification names no maximum. [CK-SPEC, `page-size`]
        page_size "pageSize": Option<Count<5000>> => Location::Query("page-size", Encoding::Integer);
    }
}

operation! {
    /// Removing a payment; the answer is the invoice. [CK-SPEC, deletePaymentById]
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
    /// Adding an invoice without items to a workspace. [CK-SPEC, createInvoice]
    AddInvoice = AddInvoice, Post "/v1/workspaces/{workspaceId}/invoices", Body::Json, invoice_rules, added {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The customer. [CK-SPEC, `clientId`]
        client_id "clientId": Id => Location::Body("clientId", Encoding::Text);
        /// The invoice's currency. [CK-SPEC, `currency`]
        currency "currency": CurrencyOf<Currencies> => Location::Body("currency", Encoding::Text);
        /// The invoice number that people use. No limit is documented; this limit is ours. [CK-SPEC, `number`]
        number "number": Line => Location::Body("number", Encoding::Text);
        /// The date of issue. [CK-SPEC, `issuedDate`]
        issued_at "issuedAt": Moment => Location::Body("issuedDate", Encoding::Rfc3339);
        /// The due date, not before the date of issue. [CK-SPEC, `dueDate`]
        due_at "dueAt": Moment => Location::Body("dueDate", Encoding::Rfc3339);
    }
}

operation! {
    /// The invoices of a workspace. [CK-SPEC, getInvoices]
    ListInvoices = ListInvoices, Get "/v1/workspaces/{workspaceId}/invoices", Body::Empty, rules::nothing, invoices {
        /// The workspace. [CK-SPEC, path]
        workspace_id "workspaceId": Id => Location::Route;
        /// The page number, from 1, in 32 bits. [CK-SPEC, `page`, int32]
        page "page": Option<Count<2_147_483_647>> => Location::Query("page", Encoding::Integer);
        /// The number of invoices on a page; defaults to 50. [CK-SPEC, `page-size`]
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

/// Currencies with two decimals.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::TwoDecimals;
}

/// Overpayment is not documented: it gets a notice, and the provider decides.
fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_noticed(values, context, found);
}

/// An invoice is not due before it is issued.
fn invoice_rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::order(values, context, "issuedAt", "dueAt", found);
}

/// The states that accept payments. Payments against a void invoice are not documented, and unlikely to be intended.
const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// The words for the states. [CK-SPEC, `status`] `OVERDUE` is also read as open; only the amounts show whether the
/// invoice is partly paid.
const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "UNSENT"),
    (InvoiceState::Open, "SENT"),
    (InvoiceState::Partial, "PARTIALLY_PAID"),
    (InvoiceState::Paid, "PAID"),
    (InvoiceState::Void, "VOID"),
    (InvoiceState::Open, "OVERDUE"),
];

/// The JSON of a response that confirms the request. Each operation has one status for that. [CK-SPEC] Errors have
/// `message` and `code` [CK-LEDGER]; Spring's own errors have `error`.
fn accepted(response: &Response, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&response.body).unwrap_or(Json::Null);
    let has_error = ["message", "code", "error"].iter().any(|name| json.get(name).is_some());
    let has_record = json.text_at("id").is_some();
    Failure::require_success(response, status, has_record, has_error, RefusalText::of_json(&json))?;
    Ok(json)
}

/// The currency that the invoice names.
fn currency_of(json: &Json) -> Option<Currency> {
    json.get("currency").and_then(Json::as_text).and_then(|code| Currency::parse(code).ok())
}

/// An amount in minor units; `None` without two decimals, since Clockify's minor unit is not known then.
fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    let minor = json.get(name)?.as_integer()?;
    Currencies::ACCEPTED.includes(currency).then(|| Money::from_minor(minor, currency))
}

fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::from_wire(json.get(name)?.as_text()?)
}

/// Reads 201 with the updated invoice, which has no payment identifier. [CK-SPEC, createInvoicePayment]
fn receipt(response: &Response, _: Currency) -> Result<Answer, Failure> {
    updated_invoice(response, 201)
}

/// Reads 200 with the updated invoice. [CK-SPEC, deletePaymentById]
fn removed(response: &Response, _: Currency) -> Result<Answer, Failure> {
    updated_invoice(response, 200)
}

/// Reads the invoice after a change. [CK-SPEC, InvoiceOverviewDtoV1]
fn updated_invoice(response: &Response, status: u16) -> Result<Answer, Failure> {
    let json = accepted(response, status)?;
    let currency = currency_of(&json);
    if json.text_at("id").is_none() {
        return Err(Failure::unreadable(response));
    }
    Ok(Answer::Receipt(Receipt {
        payment_id: None,
        balance: money(&json, "balance", currency.unwrap_or(Currency::UNSTATED)),
        paid: money(&json, "paid", currency.unwrap_or(Currency::UNSTATED)),
        status: json.get("status").and_then(Json::as_text).map(str::to_owned),
        raw: response.body.clone(),
    }))
}

/// Reads a bare array. [CK-SPEC, InvoicePaymentDtoV1] The header `Last-Page` marks the last page. A browser may be
/// unable to read it; then the last page is the first empty one.
fn payments(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let one = |json: &Json| {
        Some(RecordedPayment {
            paid_at: moment(json, "date"),
            note: json.text_at("note").map(str::to_owned),
            by: json.text_at("author").map(str::to_owned),
            ..RecordedPayment::new(json.text_at("id")?, money(json, "amount", currency))
        })
    };
    page(response, &json, one).map(Answer::Payments)
}

fn page<T>(response: &Response, json: &Json, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let items = json.as_array().and_then(|items| items.iter().map(one).collect::<Option<Vec<_>>>());
    let items = items.ok_or_else(|| Failure::unreadable(response))?;
    let last = match response.headers.get("Last-Page") {
        Some(value) => value.eq_ignore_ascii_case("true"),
        None => items.is_empty(),
    };
    Ok(Page { items, next: (!last).then_some(Next::Following) })
}

/// Reads 201 with seven of the invoice's members. [CK-SPEC, CreateInvoiceDtoV1]
fn added(response: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(response, 201)
}

/// Reads an invoice. [CK-SPEC, getInvoice]
fn invoice(response: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(response, 200)
}

fn shown(response: &Response, status: u16) -> Result<Answer, Failure> {
    let json = accepted(response, status)?;
    invoice_in(&json).map(Answer::Invoice).ok_or_else(|| Failure::unreadable(response))
}

/// Reads `{total, invoices}`. [CK-SPEC, getInvoices]
fn invoices(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    page(response, json.get("invoices").unwrap_or(&Json::Null), invoice_in).map(Answer::Invoices)
}

fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency = currency_of(json)?;
    Some(Invoice {
        number: json.text_at("number").map(str::to_owned),
        amount: money(json, "amount", currency),
        balance: money(json, "balance", currency),
        state: json.get("status").and_then(Json::as_text).and_then(|word| InvoiceState::of(word, STATES)),
        issued: moment(json, "issuedDate"),
        ..Invoice::new(json.text_at("id")?, currency)
    })
}

#[cfg(feature = "emulate")]
mod emulation {
    use alloc::{format, vec};

    use super::*;
    use crate::emulate::filter::{Accepts, Asked, Filter};
    use crate::emulate::list::slice;
    use crate::emulate::{
        Emulation, Entry, Posted, Records, Refusal, Seen, count, hex24, reply_json, reply_list, unanswered,
        word,
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
        filters: FILTERS,
        in_query: &[],
        answer,
        refuse,
    };

    /// The filters of lists. [CK-SPEC, getInvoices] The schema of `statuses` has one word, its example two.
    const FILTERS: &[Filter] = &[
        of_invoices(
            "statuses",
            Accepts::Words(&["UNSENT", "SENT", "PAID", "PARTIALLY_PAID", "VOID", "OVERDUE"]),
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

    /// The requested invoices, sorted by identifier, ascending by default. [CK-SPEC, `sort-column`, `sort-order`]
    fn filtered<'a>(all: &'a [Entry], asked: &Asked) -> Vec<&'a Entry> {
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
        let with_last_page = |mut response: Response, last: bool| {
            response.headers.set("Last-Page", if last { "true" } else { "false" });
            response
        };
        match seen.records {
            Records::Payment(invoice, _) => reply_json(201, overview(invoice)),
            Records::Removed(invoice) | Records::Invoice(invoice, _) => reply_json(200, overview(invoice)),
            Records::Payments(_, all) => {
                let slice = slice(all, seen.values, 50);
                let items = slice.items.iter().map(payment).collect();
                with_last_page(reply_list(200, items), slice.number >= slice.count)
            }
            Records::Added(invoice) => reply_json(201, head(invoice)),
            Records::Invoices(all) => {
                let all = filtered(all, seen.asked);
                let slice = slice(&all, seen.values, 50);
                let items = slice.items.iter().map(|invoice| info(invoice).into_iter().collect()).collect();
                let members =
                    [("total", Json::integer(count(slice.total))), ("invoices", Json::Array(items))];
                with_last_page(reply_json(200, members), slice.number >= slice.count)
            }
            Records::Transactions(_) | Records::Allocations(..) | Records::Nothing => unanswered(),
        }
    }

    /// The members of an invoice that every response with an invoice has.
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

    /// An added invoice. [CK-SPEC, CreateInvoiceDtoV1]
    fn head(invoice: &Entry) -> Vec<(&'static str, Json)> {
        let mut members = common(invoice);
        members.push(("billFrom", Json::text("Sandbox Business")));
        members
    }

    /// An invoice in a list. [CK-SPEC, InvoiceDtoV1]
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

    /// An invoice on its own. [CK-SPEC, InvoiceOverviewDtoV1]
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

    /// A payment. Its date has another name than in the request. [CK-SPEC, InvoicePaymentDtoV1]
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

    /// A refusal. [CK-LEDGER, live bodies] The refusal of void invoices is not documented; they are refused like any
    /// invalid request.
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
            // [CK-SPEC: "Too many requests"] Whether the real service sends `Retry-After` is not known.
            Refusal::Throttled(_) => (429, "Too many requests", "429"),
            Refusal::Unreadable => (400, "Required request body is missing or not readable", "3000"),
            Refusal::Invalid(rejection) if let Some(value) = unknown_word(rejection) => {
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
                let mut response =
                    reply_json(405, [("message", Json::text(message)), ("code", Json::integer(3000))]);
                response.headers.set("Allow", allowed);
                return response;
            }
        };
        reply_json(status, [("message", Json::text(message)), ("code", Json::Number(code.to_owned()))])
    }

    /// The query parameter that is not one of the allowed words. The response echoes it in a sentence of ours.
    /// [CK-LEDGER, type errors]
    fn unknown_word(rejection: &Rejection) -> Option<&Param> {
        let issue = rejection.issues().find(|issue| issue.code == Code::ChoiceUnknown)?;
        issue.params.iter().find_map(|(name, value)| (*name == "value").then_some(value))
    }

    /// The messages of Bean Validation. The ledger has a live response with the first one. [CK-LEDGER]
    fn violation(rejection: &Rejection) -> &'static str {
        match rejection.issues().next().map(|issue| issue.code) {
            Some(Code::Required) => "must not be null",
            Some(Code::AmountTooSmall) => "must be greater than or equal to 1",
            Some(Code::TooLong) => "size must be between 0 and 1000",
            _ => "Invalid request",
        }
    }
}
