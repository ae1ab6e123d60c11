//! Harvest classic: XML, decimal amounts, and a `Location` as the answer.
//!
//! Sources: HV is the page "Invoice Payments" of the classic API, HV-GH its last edition (github harvesthq/api),
//! HV-HELP the help centre's (help.getharvest.com/api-v1), HV-RB a client tested against the live service (github
//! zmoazeni/harvested).

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
use crate::provider::declaration::Provider;
use crate::report::rejection::Findings;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, AnyCurrency, CurrencyOf, Lines, Moment, RowId};
use crate::schema::values::Values;
use crate::text::digits;
use crate::time::instant::Instant;
use crate::time::zone::Zone;
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
        /// When it was paid; required. [HV, `paid-at`]
        paid_at "paidAt": Moment => Location::Body("paid-at", Encoding::Rfc3339);
        /// How much was paid, in major units; required. [HV, `amount`]
        amount "amount": Amount => Location::Body("amount", Encoding::Decimal);
        /// A note. No limit is documented; ours keeps it a note. [HV, `notes`]
        note "note": Option<Lines<2000>> => Location::Body("notes", Encoding::Text);
    }
}

operation! {
    /// The payments of an invoice, all at once. [HV, "Show all recorded payments for an invoice"]
    ListPayments = ListPayments, Get "/invoices/{invoiceId}/payments", Body::EmptyXml, rules::nothing, payments {
        /// The invoice. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
    }
}

operation! {
    /// A payment, by the path that the last edition prints and every known client asks for. [HV-GH; HV-RB]
    ShowPayment = ShowPayment, Get "/invoices/{invoiceId}/payments/{paymentId}",
        Body::EmptyXml, rules::nothing, payment {
        /// The invoice. [HV-GH, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV-GH, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// The same by the path that the page prints. [HV, "Show a particular payment"]
    ShowPaymentInTheSingular = ShowPayment, Get "/invoices/{invoiceId}/payment/{paymentId}",
        Body::EmptyXml, rules::nothing, payment {
        /// The invoice. [HV, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// A payment removed. [HV, "Delete existing payment"]
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

/// Overpayment is documented nowhere: it is told, and the provider decides.
fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_told(values, context, found);
}

/// That a closed invoice, one that is written off, takes no payment is documented nowhere; that one is meant is
/// unlikely.
pub(super) const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// [HV-GH, `state`] `closed` is written off.
pub(super) const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "draft"),
    (InvoiceState::Open, "open"),
    (InvoiceState::Partial, "partial"),
    (InvoiceState::Paid, "paid"),
    (InvoiceState::Void, "closed"),
];

/// Whether the answer says yes, which has one status for each operation. [HV] Throttling is 503 with `Retry-After` in
/// seconds; a refusal's reason is in the header `Hint`. [HV-GH]
fn accepted(reply: &Response, status: u16, shows: bool) -> Result<(), Failure> {
    let said = reply.headers.get("Hint").map(str::to_owned);
    let fails = said.is_some();
    let words = RefusalText { said, ..RefusalText::default() };
    if reply.status == 503 && retry_after(reply).is_some() {
        return Err(Failure::refused(reply, ProblemCode::Throttled, words));
    }
    Failure::require_success(reply, status, shows, fails, words)
}

/// 201 with `Location: /invoice/{invoice}/payments/{payment}`, a body not documented. [HV] Both spellings of the path
/// are read, as every known client does [HV-RB]; a browser may be kept from reading any.
fn receipt(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let located = reply.headers.get("Location").and_then(payment_in);
    let shown = element(reply, "payment");
    let numbered = shown.as_ref().and_then(|payment| number(&payment.get("id")?.text));
    accepted(reply, 201, located.is_some() || numbered.is_some())?;
    let is_one = located.is_none() || numbered.is_none() || located == numbered;
    if !is_silent(reply, shown.as_ref()) || !is_one {
        return Err(Failure::unreadable(reply));
    }
    let payment_id = located.or(numbered);
    Ok(Answer::Receipt(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() }))
}

/// 200, a body not documented [HV]: none, or the payment that was.
fn removed(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    accepted(reply, 200, false)?;
    if is_silent(reply, element(reply, "payment").as_ref()) {
        return Ok(Answer::Receipt(Receipt { raw: reply.body.clone(), ..Receipt::default() }));
    }
    Err(Failure::unreadable(reply))
}

/// Whether a body that is not documented says nothing against a yes: it is none, or the payment.
fn is_silent(reply: &Response, payment: Option<&Element>) -> bool {
    match payment {
        Some(payment) => payment.get("errors").is_none(),
        None => reply.body.trim().is_empty(),
    }
}

/// `<payments type="array">` with all of them and nothing else: an empty list says that nothing was recorded. [HV]
fn payments(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let items = |list: &Element| {
        let items = list.children.iter().map(|one| recorded(one, currency)).collect::<Option<_>>();
        items.filter(|_| list.text.trim().is_empty())
    };
    shown(reply, "payments", items).map(|items| Answer::Payments(Page::whole(items)))
}

/// [HV]
fn payment(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    shown(reply, "payment", |element| recorded(element, currency)).map(Answer::Payment)
}

/// [HV-GH, invoices]
fn invoice(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    shown(reply, "invoice", owed).map(Answer::Invoice)
}

/// What is read of an answer that is an element of this name.
fn shown<T>(reply: &Response, name: &str, read: impl Fn(&Element) -> Option<T>) -> Result<T, Failure> {
    accepted(reply, 200, false)?;
    element(reply, name).and_then(|element| read(&element)).ok_or_else(|| Failure::unreadable(reply))
}

fn element(reply: &Response, name: &str) -> Option<Element> {
    Element::parse(&reply.body).ok().filter(|element| element.name == name)
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

fn owed(element: &Element) -> Option<Invoice> {
    // `United States Dollar - USD`; an older edition has dollars. [HV-HELP; HV-GH, invoices]
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

/// A member's text. One that is `nil`, is there twice or holds elements says nothing. The type that it names is passed
/// over: one edition's `datetime` is another's `dateTime`. [HV; HV-HELP]
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
    Instant::read(text, Zone::Unknown).ok().map(|reading| reading.instant)
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
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use alloc::{format, vec};

    use super::*;
    use crate::emulate::{Emulation, Entry, Posted, Records, Refusal, Seen, Throttle, row, unanswered, word};
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
        // A draft that is paid in part stays a draft. [HV-RB, recorded against the service]
        draft_stays: true,
        // [HV-GH, throttling]
        throttle: Some(Throttle { calls: 100, seconds: 15, only: None }),
        filters: &[],
        in_query: &[],
        answer,
        refuse,
    };

    fn answer(seen: &Seen) -> Response {
        match seen.records {
            Records::Payment(invoice, posted) if seen.purpose == Purpose::RecordPayment => {
                let mut reply = reply(201, " ");
                reply.headers.set("Location", format!("/invoice/{}/payments/{}", invoice.id, posted.id));
                reply
            }
            Records::Payment(_, posted) => reply(200, payment(posted).print()),
            // In which order is not documented: as they were recorded.
            Records::Payments(_, all) => {
                let list = Element::with("payments", all.iter().map(payment).collect());
                reply(200, Element { kind: Some("array".to_owned()), ..list }.print())
            }
            Records::Removed(_) => reply(200, " "),
            Records::Invoice(entry, payments) => reply(200, invoice(entry, payments).print()),
            _ => unanswered(),
        }
    }

    fn reply(status: u16, body: impl Into<String>) -> Response {
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

    /// As on the page that this project starts from; a later edition has `updated-at` as well. [HV; HV-GH] What it has
    /// for no note is not documented: `nil`, as an invoice has for no purchase order.
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

    /// [HV-GH, invoices, "Show a particular invoice"] Without taxes, and with one line.
    fn invoice(entry: &Entry, payments: &[Posted]) -> Element {
        let updated = payments.iter().map(|posted| posted.recorded_at).fold(entry.issued, Instant::max);
        let days = (entry.due.unix() - entry.issued.unix()) / (24 * 60 * 60);
        let amount = entry.amount.to_decimal().normalize();
        let members = vec![
            decimal("amount", entry.amount),
            integer("client-id", &entry.client),
            string("subject", ""),
            datetime("created-at", entry.issued),
            string("currency", &named(entry.amount.currency())),
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

    /// The names of the sandbox's currencies; the documentation prints the first. [HV-HELP]
    const NAMES: &[(&str, &str)] = &[
        ("USD", "United States Dollar"),
        ("EUR", "Euro"),
        ("JPY", "Japanese Yen"),
        ("KWD", "Kuwaiti Dinar"),
    ];

    fn named(currency: Currency) -> String {
        let code = currency.code();
        let name = NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| *name);
        format!("{name} - {code}")
    }

    /// [HV-RB; HV-GH] The status codes are known; bodies and the status of a validation error are not: 400 and `Hint`.
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
        if operation.body.is_empty() { "There is to be no body." } else { "The body is not a payment." }
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
    fn the_sandbox_would_show_a_payment_otherwise_than_the_page_does() {
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
    fn what_the_sandbox_answers_would_not_be_read_as_what_it_keeps() {
        let usd = Currency::parse("USD").unwrap();
        let (entry, payments) = (entry(), [posted("1334", 123_800, None), posted("1335", 50, Some("<&> €"))]);
        let reply = emulated(&ListPayments::OPERATION, Records::Payments(&entry, &payments));
        let Ok(Answer::Payments(page)) = ListPayments::OPERATION.understand(&reply, usd) else {
            panic!("{reply:?}")
        };
        assert_eq!(page.next, None);
        let read: Vec<_> =
            page.items.iter().map(|one| (one.id.as_str(), one.amount, one.note.as_deref())).collect();
        let kept = |minor| Some(Money::from_minor(minor, usd));
        assert_eq!(read, [("1334", kept(123_800), None), ("1335", kept(50), Some("<&> €"))]);
        for state in InvoiceState::ALL {
            let entry = Entry { state, paid: Money::from_minor(344, usd), ..entry.clone() };
            let reply = emulated(&GetInvoice::OPERATION, Records::Invoice(&entry, &payments));
            let expected = Invoice {
                number: Some("82208".to_owned()),
                amount: kept(25_344),
                balance: kept(25_000),
                state: Some(state),
                issued: Some(at("2008-02-06")),
                ..Invoice::new("4393", usd)
            };
            assert_eq!(GetInvoice::OPERATION.understand(&reply, usd), Ok(Answer::Invoice(expected)));
        }
    }

    #[test]
    fn a_payment_would_be_shown_by_one_of_its_two_paths_only() {
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
    fn what_is_not_in_the_books_would_be_taken_for_something_else_than_missing() {
        for refusal in [Refusal::NoInvoice, Refusal::NoPayment] {
            let reply = (PROVIDER.emulation.refuse)(&refusal, &PROVIDER.payment);
            let answer = ListPayments::OPERATION.understand(&reply, Currency::UNSTATED);
            let Err(Failure::Refused(problem)) = answer else { panic!("{answer:?}") };
            assert_eq!(problem.code, ProblemCode::NotFound);
        }
    }
}
