//! Harvest classic: XML, decimal amounts, and a `Location` header as the answer.
//!
//! Sources: HV is the page "Invoice Payments" of the classic API, HV-GH its last edition (github harvesthq/api),
//! HV-HELP the help centre's edition (help.getharvest.com/api-v1), HV-RB a client tested against the live service
//! (github zmoazeni/harvested).

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::invoice::{Invoice, InvoiceState};
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::answer::{Answer, Page};
use crate::operation::auth::Scheme;
use crate::operation::body::Body;
use crate::operation::outcome::{Failure, ProblemCode, Receipt, RefusalText, retry_after};
#[cfg(feature = "complete")]
use crate::provider::base::Base;
use crate::provider::declaration::Provider;
use crate::report::rejection::Findings;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, AnyCurrency, CurrencyOf, Lines, Moment, RowId};
use crate::schema::values::Values;
use crate::text::digits;
use crate::time::instant::Instant;
use crate::wire::Response;
use crate::wire::xml::Element;

/// Harvest classic.
pub const PROVIDER: Provider = Provider {
    id: "harvest",
    name: "Harvest classic",
    payment: Payment::OPERATION,
    operations: operations![
        ListPayments::OPERATION,
        #[cfg(feature = "complete")]
        ShowPayment::OPERATION,
        #[cfg(feature = "complete")]
        ShowPaymentInTheSingular::OPERATION,
        DeletePayment::OPERATION,
        GetInvoice::OPERATION,
    ],
    auth: &[Scheme::Basic { user: "user", password: "password" }],
    // [HV-GH, throttling]
    #[cfg(feature = "complete")]
    throttle: Some(crate::provider::throttle::Throttle { calls: 100, seconds: 15, only: None }),
    // Each account has a subdomain. [HV-GH, overview]
    #[cfg(feature = "complete")]
    bases: &[Base { host: "*.harvestapp.com", path: "" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

operation! {
    /// A payment recorded against a Harvest classic invoice. [HV, "Create a new payment"]
    Payment = RecordPayment, Post "/invoices/{invoiceId}/payments", Body::Xml("payment"), rules, receipt {
        /// The invoice that is paid. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The invoice's currency; a payment has none of its own. [HV-GH, invoices]
        currency "currency": CurrencyOf<AnyCurrency> => Location::Unsent;
        /// When the payment was made; required. [HV, `paid-at`]
        paid_at "paidAt": Moment => Location::Body("paid-at", Encoding::Rfc3339);
        /// The amount in major units; required. [HV, `amount`]
        amount "amount": Amount => Location::Body("amount", Encoding::Decimal);
        /// A note. No limit is documented; this limit is ours. [HV, `notes`]
        note "note": Option<Lines<2000>> => Location::Body("notes", Encoding::Text);
    }
}

operation! {
    /// All payments of an invoice, on one page. [HV, "Show all recorded payments for an invoice"]
    ListPayments = ListPayments, Get "/invoices/{invoiceId}/payments", Body::EmptyXml, rules::nothing, payments {
        /// The invoice. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
    }
}

operation! {
    /// A payment, by the path that the last edition documents and every known client uses. [HV-GH; HV-RB]
    ShowPayment = ShowPayment, Get "/invoices/{invoiceId}/payments/{paymentId}",
        Body::EmptyXml, rules::nothing, payment {
        /// The invoice. [HV-GH, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV-GH, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// A payment, by the path that the page documents. [HV, "Show a particular payment"]
    ShowPaymentInTheSingular = ShowPayment, Get "/invoices/{invoiceId}/payment/{paymentId}",
        Body::EmptyXml, rules::nothing, payment {
        /// The invoice. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// Removing a payment. [HV, "Delete existing payment"]
    DeletePayment = DeletePayment, Delete "/invoices/{invoiceId}/payments/{paymentId}",
        Body::EmptyXml, rules::nothing, removed {
        /// The invoice. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// An invoice. [HV-GH, invoices, "Show a particular invoice"]
    GetInvoice = GetInvoice, Get "/invoices/{invoiceId}", Body::EmptyXml, rules::nothing, invoice {
        /// The invoice. [HV-GH, invoices, path]
        invoice_id "invoiceId": RowId => Location::Route;
    }
}

/// The rules of both Harvest APIs. Overpayment is not documented: it gets a notice, and the provider decides.
pub(super) fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_noticed(values, context, found);
}

/// The states that accept payments. Payments against a closed (written-off) invoice are not documented, and unlikely to
/// be intended.
pub(super) const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// The words for the states. `closed` means written off. [HV-GH, `state`]
pub(super) const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "draft"),
    (InvoiceState::Open, "open"),
    (InvoiceState::Partial, "partial"),
    (InvoiceState::Paid, "paid"),
    (InvoiceState::Void, "closed"),
];

/// Requires that a response confirms the request. Each operation has one status for that. [HV] Throttling is 503 with
/// `Retry-After` in seconds; the reason of a refusal is in the header `Hint`. [HV-GH]
fn accepted(response: &Response, status: u16, has_record: bool) -> Result<(), Failure> {
    let words = response.headers.get("Hint").map(str::to_owned);
    let has_error = words.is_some();
    let refusal = RefusalText { words, ..RefusalText::default() };
    if response.status == 503 && retry_after(response).is_some() {
        return Err(Failure::refused(response, ProblemCode::Throttled, refusal));
    }
    Failure::require_success(response, status, has_record, has_error, refusal)
}

/// Reads 201 with `Location: /invoice/{invoice}/payments/{payment}`; the body is not documented. [HV] Both spellings of
/// the path are accepted, as every known client does. [HV-RB] A browser may be unable to read the header.
fn receipt(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let located = response.headers.get("Location").and_then(payment_in);
    let shown = element(response, "payment");
    let numbered = shown.as_ref().and_then(|payment| number(&payment.get("id")?.text));
    accepted(response, 201, located.is_some() || numbered.is_some())?;
    let agree = located.is_none() || numbered.is_none() || located == numbered;
    if !has_no_error(response, shown.as_ref()) || !agree {
        return Err(Failure::unreadable(response));
    }
    let payment_id = located.or(numbered);
    Ok(Answer::Receipt(Receipt { payment_id, raw: response.body.clone(), ..Receipt::default() }))
}

/// Reads 200. The body is not documented [HV]; an empty one and the removed payment are accepted.
fn removed(response: &Response, _: Currency) -> Result<Answer, Failure> {
    accepted(response, 200, false)?;
    if has_no_error(response, element(response, "payment").as_ref()) {
        return Ok(Answer::Receipt(Receipt { raw: response.body.clone(), ..Receipt::default() }));
    }
    Err(Failure::unreadable(response))
}

/// Whether an undocumented body does not contradict success: it is empty, or a payment without errors.
fn has_no_error(response: &Response, payment: Option<&Element>) -> bool {
    match payment {
        Some(payment) => payment.get("errors").is_none(),
        None => response.body.trim().is_empty(),
    }
}

/// Reads `<payments type="array">`. The element may contain only payments, since an empty list means that nothing was
/// recorded. [HV]
fn payments(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let items = |list: &Element| {
        let items = list.children.iter().map(|one| recorded(one, currency)).collect::<Option<_>>();
        items.filter(|_| list.text.trim().is_empty())
    };
    shown(response, "payments", items).map(|items| Answer::Payments(Page::whole(items)))
}

/// Reads a payment. [HV]
fn payment(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    shown(response, "payment", |element| recorded(element, currency)).map(Answer::Payment)
}

/// Reads an invoice. [HV-GH, invoices]
fn invoice(response: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(response, "invoice", invoice_in).map(Answer::Invoice)
}

/// Reads a response whose root element has this name.
fn shown<T>(response: &Response, name: &str, read: impl Fn(&Element) -> Option<T>) -> Result<T, Failure> {
    accepted(response, 200, false)?;
    element(response, name).and_then(|element| read(&element)).ok_or_else(|| Failure::unreadable(response))
}

fn element(response: &Response, name: &str) -> Option<Element> {
    Element::parse(&response.body).ok().filter(|element| element.name == name)
}

fn recorded(element: &Element, currency: Currency) -> Option<RecordedPayment> {
    let id = text(element, "id").and_then(|id| number(&id)).filter(|_| element.name == "payment")?;
    Some(RecordedPayment {
        paid_at: text(element, "paid-at").and_then(|text| moment(&text)),
        note: text(element, "notes"),
        by: text(element, "recorded-by"),
        ..RecordedPayment::new(id, text(element, "amount").and_then(|text| money(&text, currency)))
    })
}

fn invoice_in(element: &Element) -> Option<Invoice> {
    // `United States Dollar - USD`; an older edition has `Dollars`. [HV-HELP; HV-GH, invoices]
    let currency = Currency::parse(text(element, "currency")?.rsplit('-').next()?).ok()?;
    Some(Invoice {
        number: text(element, "number"),
        amount: text(element, "amount").and_then(|text| money(&text, currency)),
        balance: text(element, "due-amount").and_then(|text| money(&text, currency)),
        state: text(element, "state").and_then(|word| InvoiceState::of(&word, STATES)),
        issued: text(element, "issued-at").and_then(|text| moment(&text)),
        ..Invoice::new(text(element, "id").and_then(|id| number(&id))?, currency)
    })
}

/// A member's text; `None` if the member is `nil`, empty, duplicated or has child elements. Its `type` attribute is
/// ignored: one edition has `datetime`, another `dateTime`. [HV; HV-HELP]
fn text(element: &Element, name: &str) -> Option<String> {
    let mut named = element.children.iter().filter(|member| member.name == name);
    let (member, None) = (named.next()?, named.next()) else { return None };
    let text = member.text.trim();
    (!member.nil && member.children.is_empty() && !text.is_empty()).then(|| text.to_owned())
}

pub(super) fn money(text: &str, currency: Currency) -> Option<Money> {
    Money::from_wire(text, currency).filter(|_| currency != Currency::UNSTATED)
}

pub(super) fn moment(text: &str) -> Option<Instant> {
    Instant::from_wire(text)
}

/// The payment's number at the end of a `Location`.
fn payment_in(location: &str) -> Option<String> {
    let (before, last) = location.rsplit_once('/')?;
    let named = before.ends_with("/payments") || before.ends_with("/payment");
    number(last).filter(|_| named)
}

/// A record's number. [HV, `id`, an integer]
fn number(text: &str) -> Option<String> {
    digits::only(text).then(|| text.to_owned())
}

#[cfg(feature = "emulate")]
pub(super) mod emulation {
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use alloc::{format, vec};

    use super::*;
    use crate::emulate::{Emulation, Entry, Posted, Records, Refusal, Seen, row, unanswered, word};
    use crate::operation::Operation;
    use crate::operation::codec::to_xml;
    use crate::operation::purpose::Purpose;
    use crate::report::codes::Code;
    use crate::report::finding::Issue;
    use crate::report::rejection::Rejection;
    use crate::schema::value::Value;
    use crate::time::zone::Offset;
    use crate::wire::Headers;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/harvest",
        ids: &[],
        credentials: &[&[("user", "owner@sandbox.example"), ("password", "sandbox-password")]],
        identifier: row,
        words: STATES,
        payable: PAYABLE,
        // A partly paid draft stays a draft. [HV-RB, recorded against the service]
        draft_stays: true,
        filters: &[],
        in_query: &[],
        answer,
        refuse,
    };

    fn answer(seen: &Seen) -> Response {
        match seen.records {
            Records::Payment(invoice, posted) if seen.purpose == Purpose::RecordPayment => {
                let mut response = response(201, " ");
                response.headers.set("Location", format!("/invoice/{}/payments/{}", invoice.id, posted.id));
                response
            }
            Records::Payment(_, posted) => response(200, payment(posted).print()),
            // The order is not documented: they are listed as they were recorded.
            Records::Payments(_, all) => {
                let list = Element::with("payments", all.iter().map(payment).collect());
                response(200, Element { kind: Some("array".to_owned()), ..list }.print())
            }
            Records::Removed(_) => response(200, " "),
            Records::Invoice(entry, payments) => response(200, invoice(entry, payments).print()),
            _ => unanswered(),
        }
    }

    fn response(status: u16, body: impl Into<String>) -> Response {
        Response::new(
            status,
            [("Content-Type", "application/xml; charset=utf-8")].into_iter().collect(),
            body,
        )
    }

    fn string(name: &str, text: &str) -> Element {
        Element::new(name, None, text)
    }

    fn integer(name: &str, text: &str) -> Element {
        Element::new(name, Some("integer"), text)
    }

    fn decimal(name: &str, money: Money) -> Element {
        to_xml(name, &Value::Money(money), Encoding::Decimal)
    }

    fn datetime(name: &str, at: Instant) -> Element {
        to_xml(name, &Value::Instant(at), Encoding::Rfc3339)
    }

    fn date(name: &str, at: Instant) -> Element {
        Element::new(name, Some("date"), at.day(Offset::UTC))
    }

    fn nil(name: &str, kind: Option<&str>) -> Element {
        Element { nil: true, ..Element::new(name, kind, "") }
    }

    /// A payment, as in the original documentation; a later edition also has `updated-at`. [HV; HV-GH] The value of a
    /// missing note is not documented: it is `nil` here, like an invoice's missing purchase order.
    fn payment(posted: &Posted) -> Element {
        let members = vec![
            decimal("amount", posted.amount),
            datetime("created-at", posted.recorded_at),
            integer("id", &posted.id),
            integer("invoice-id", &posted.invoice_id),
            posted.note.as_deref().map_or_else(|| nil("notes", None), |note| string("notes", note)),
            datetime("paid-at", posted.paid_at),
            string("recorded-by", "Sandbox Owner"),
            string("recorded-by-email", "owner@sandbox.example"),
        ];
        Element::with("payment", members)
    }

    /// An invoice without taxes and with one line. [HV-GH, invoices, "Show a particular invoice"]
    fn invoice(entry: &Entry, payments: &[Posted]) -> Element {
        let updated = payments.iter().map(|posted| posted.recorded_at).fold(entry.issued, Instant::max);
        let days = (entry.due.unix() - entry.issued.unix()) / (24 * 60 * 60);
        let amount = entry.amount.to_decimal().normalize();
        let members = vec![
            decimal("amount", entry.amount),
            integer("client-id", &entry.client),
            string("subject", ""),
            datetime("created-at", entry.issued),
            string("currency", &named_currency(entry.amount.currency())),
            decimal("due-amount", entry.balance()),
            date("due-at", entry.due),
            string("due-at-human-format", &format!("NET {days}")),
            integer("id", &entry.id),
            date("issued-at", entry.issued),
            string("notes", ""),
            string("number", &entry.number),
            nil("period-end", Some("date")),
            nil("period-start", Some("date")),
            nil("purchase-order", None),
            string("client-key", &format!("{:0>40}", entry.id)),
            string("state", word(STATES, entry.state)),
            datetime("updated-at", updated),
            string(
                "csv-line-items",
                &format!(
                    "kind,description,quantity,unit_price,amount,taxed,taxed2,project_id\n\
                    Service,Sandbox work,1.00,{amount},{amount},false,false,\n"
                ),
            ),
            nil("tax", Some("decimal")),
            nil("tax2", Some("decimal")),
            nil("tax-amount", Some("decimal")),
            nil("tax2-amount", Some("decimal")),
        ];
        Element::with("invoice", members)
    }

    /// The names of the sandbox's currencies. The documentation has only the first. [HV-HELP]
    const NAMES: &[(&str, &str)] = &[
        ("USD", "United States Dollar"),
        ("EUR", "Euro"),
        ("JPY", "Japanese Yen"),
        ("KWD", "Kuwaiti Dinar"),
    ];

    fn named_currency(currency: Currency) -> String {
        let code = currency.code();
        let name = NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| *name);
        format!("{name} - {code}")
    }

    /// A refusal. Most status codes are documented [HV-RB; HV-GH]; bodies and the status of a validation error are not:
    /// it is 400 with `Hint` here.
    fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
        let mut headers: Headers = [("Content-Type", "application/xml; charset=utf-8")].into_iter().collect();
        let status = match refusal {
            Refusal::SignIn(_) => {
                headers.set("WWW-Authenticate", "Basic realm=\"Harvest\"");
                401
            }
            Refusal::NoInvoice
            | Refusal::NoPayment
            | Refusal::NoTransaction
            | Refusal::NoRoute(_)
            | Refusal::Method { .. } => 404,
            Refusal::Throttled(seconds) => {
                headers.set("Retry-After", seconds.to_string());
                503
            }
            Refusal::State(_) => {
                headers.set("Hint", "The invoice is closed.");
                400
            }
            Refusal::Unreadable => {
                headers.set("Hint", unreadable(operation));
                400
            }
            Refusal::Invalid(rejection) => {
                headers.set("Hint", sentences(operation, rejection));
                400
            }
        };
        Response::new(status, headers, " ")
    }

    pub(in crate::provider) fn unreadable(operation: &Operation) -> &'static str {
        if operation.body.is_empty() { "The body must be empty." } else { "The body is not a payment." }
    }

    /// Rails-style validation messages, one sentence per field. They contain only the field and the code, never the
    /// caller's text, since they are sent in a header.
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

#[cfg(test)]
#[cfg(feature = "emulate")]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;
    use crate::check::draft::Draft;
    use crate::emulate::filter::Asked;
    use crate::emulate::{Entry, Posted, Records, Refusal, Seen};
    use crate::operation::Operation;
    use crate::operation::purpose::Purpose;

    fn at(text: &str) -> Instant {
        moment(text).unwrap()
    }

    fn entry() -> Entry {
        let usd = Currency::parse("USD").unwrap();
        Entry {
            id: "4393".to_owned(),
            number: "82208".to_owned(),
            amount: Money::from_minor(25_344, usd),
            paid: Money::from_minor(0, usd),
            state: InvoiceState::Draft,
            unpaid: InvoiceState::Draft,
            issued: at("2008-02-06T09:00:00Z"),
            due: at("2008-02-16T09:00:00Z"),
            client: "8".to_owned(),
        }
    }

    fn posted(id: &str, minor: i64, note: Option<&str>) -> Posted {
        Posted {
            id: id.to_owned(),
            invoice_id: "4393".to_owned(),
            transaction_id: None,
            amount: Money::from_minor(minor, Currency::parse("USD").unwrap()),
            paid_at: at("2008-02-14T00:00:00Z"),
            note: note.map(str::to_owned),
            fields: Draft::new(),
            recorded_at: at("2008-02-14T19:36:52Z"),
        }
    }

    fn emulated(operation: &Operation, records: Records<'_>) -> Response {
        let draft = Draft::new().with("invoiceId", "4393").with("paymentId", "1334");
        let (values, _) = operation.parse(&draft, &Context::default()).unwrap();
        let seen = Seen {
            purpose: operation.purpose,
            values: &values,
            asked: &Asked::default(),
            now: at("2008-03-01"),
            records,
        };
        (PROVIDER.emulation.answer)(&seen)
    }

    #[test]
    fn the_emulation_shows_payments_as_documented() {
        let printed = "<payment>\
            <amount type=\"decimal\">1238.0</amount>\
            <created-at type=\"datetime\">2008-02-14T19:36:52Z</created-at>\
            <id type=\"integer\">1334</id>\
            <invoice-id type=\"integer\">4393</invoice-id>\
            <notes>check</notes>\
            <paid-at type=\"datetime\">2008-02-14T00:00:00Z</paid-at>\
            <recorded-by>Sandbox Owner</recorded-by>\
            <recorded-by-email>owner@sandbox.example</recorded-by-email>\
            </payment>";
        let (entry, check) = (entry(), posted("1334", 123_800, Some("check")));
        let list =
            emulated(&ListPayments::OPERATION, Records::Payments(&entry, core::slice::from_ref(&check)));
        assert_eq!((list.status, list.body), (200, format!("<payments type=\"array\">{printed}</payments>")));
        for operation in [ShowPayment::OPERATION, ShowPaymentInTheSingular::OPERATION] {
            let one = emulated(&operation, Records::Payment(&entry, &check));
            assert_eq!((one.status, one.body.as_str(), one.headers.get("Location")), (200, printed, None));
        }
        let removed = emulated(&DeletePayment::OPERATION, Records::Removed(&entry));
        assert_eq!((removed.status, removed.body.trim()), (200, ""));
    }

    #[test]
    fn reads_the_emulated_lists_and_invoices_as_the_records_behind_them() {
        let usd = Currency::parse("USD").unwrap();
        let (entry, payments) = (entry(), [posted("1334", 123_800, None), posted("1335", 50, Some("<&> €"))]);
        let response = emulated(&ListPayments::OPERATION, Records::Payments(&entry, &payments));
        let Ok(Answer::Payments(page)) = ListPayments::OPERATION.understand(&response, usd) else {
            panic!("{response:?}")
        };
        assert_eq!(page.next, None);
        let read: Vec<_> =
            page.items.iter().map(|one| (one.id.as_str(), one.amount, one.note.as_deref())).collect();
        let kept = |minor| Some(Money::from_minor(minor, usd));
        assert_eq!(read, [("1334", kept(123_800), None), ("1335", kept(50), Some("<&> €"))]);
        for state in InvoiceState::ALL {
            let entry = Entry { state, paid: Money::from_minor(344, usd), ..entry.clone() };
            let response = emulated(&GetInvoice::OPERATION, Records::Invoice(&entry, &payments));
            let expected = Invoice {
                number: Some("82208".to_owned()),
                amount: kept(25_344),
                balance: kept(25_000),
                state: Some(state),
                issued: Some(at("2008-02-06")),
                ..Invoice::new("4393", usd)
            };
            assert_eq!(GetInvoice::OPERATION.understand(&response, usd), Ok(Answer::Invoice(expected)));
        }
    }

    #[test]
    fn both_documented_paths_show_a_payment_and_only_the_plural_one_removes_it() {
        let purposes = |method, path| -> Vec<_> {
            let at = PROVIDER.all_operations().filter(|operation| operation.matches(method, path).is_some());
            at.map(|operation| operation.purpose).collect()
        };
        assert_eq!(purposes("GET", "/invoices/4393/payment/1334"), [Purpose::ShowPayment]);
        assert_eq!(purposes("GET", "/invoices/4393/payments/1334"), [Purpose::ShowPayment]);
        assert_eq!(purposes("DELETE", "/invoices/4393/payments/1334"), [Purpose::DeletePayment]);
        assert_eq!(purposes("DELETE", "/invoices/4393/payment/1334"), []);
        assert_eq!(PROVIDER.operation(Purpose::ShowPayment).unwrap().route, ShowPayment::OPERATION.route);
    }

    #[test]
    fn reads_the_emulated_refusal_for_a_missing_record_as_not_found() {
        for refusal in [Refusal::NoInvoice, Refusal::NoPayment] {
            let response = (PROVIDER.emulation.refuse)(&refusal, &PROVIDER.payment);
            let answer = ListPayments::OPERATION.understand(&response, Currency::UNSTATED);
            let Err(Failure::Refused(problem)) = answer else { panic!("{answer:?}") };
            assert_eq!(problem.code, ProblemCode::NotFound);
        }
    }
}
