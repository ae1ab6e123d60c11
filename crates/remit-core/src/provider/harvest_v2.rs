//! Harvest v2: JSON, decimal amounts, and the payment as the answer.
//!
//! Sources: HV2 is the documentation of version 2 (help.getharvest.com/api-v2), pages "Invoice Payments", "Invoices",
//! "Overview", "Pagination" and "Authentication"; HV2-SPEC the specification generated from it; HV-RB a client of the
//! classic API, tested against the live service (github zmoazeni/harvested).

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::harvest::{moment, money, rules};
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
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, AnyCurrency, Count, CurrencyOf, Lines, Moment, RowId};
use crate::text::digits;
use crate::wire::Response;
use crate::wire::json::Json;

/// Harvest v2. The base address is `https://api.harvestapp.com`: the version is part of the route.
///
/// Every request must have a `User-Agent` with a name and a contact address; others are refused with 400. [HV2,
/// overview] A relay sends its own, with the `contact` of its configuration. A browser also sends its own and does not
/// let a page change it, so none is set here. Whether a page may send a POST at all is not documented.
pub const PROVIDER: Provider = Provider {
    id: "harvest-v2",
    name: "Harvest v2",
    payment: Payment::OPERATION,
    operations: operations![ListPayments::OPERATION, DeletePayment::OPERATION, GetInvoice::OPERATION],
    // A token is valid for all of its user's accounts, so every request names one. [HV2, authentication]
    auth: &[Scheme::Bearer { secret: "token", with: &[("Harvest-Account-Id", "accountId")] }],
    // [HV2, rate limiting]
    #[cfg(feature = "complete")]
    throttle: Some(crate::provider::throttle::Throttle { calls: 100, seconds: 15, only: None }),
    // [HV2, overview]
    #[cfg(feature = "complete")]
    bases: &[Base { host: "api.harvestapp.com", path: "" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

/// Prevents an e-mail to the customer. `send_thank_you` defaults to true, which sends one once the invoice is paid in
/// full. [HV2, `send_thank_you`] The user did not ask for an e-mail, and it could not be undone.
const QUIET: Body = Body::JsonWith(&[("send_thank_you", false)]);

operation! {
    /// A payment recorded against a Harvest invoice. [HV2, create an invoice payment]
    Payment = RecordPayment, Post "/v2/invoices/{invoiceId}/payments", QUIET, rules, receipt {
        /// The invoice that is paid. [HV2, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The invoice's currency; a payment has none of its own. [HV2, invoices]
        currency "currency": CurrencyOf<AnyCurrency> => Location::Unsent;
        /// When the payment was made. The API accepts this or `paid_date`, not both; `paid_date` would lose the time,
        /// while a day without a time is sent here as its noon. Always sent: the default is not documented. [HV2,
        /// `paid_at`]
        paid_at "paidAt": Moment => Location::Body("paid_at", Encoding::Rfc3339);
        /// The amount in major units; required. [HV2, `amount`]
        amount "amount": Amount => Location::Body("amount", Encoding::Decimal);
        /// A note. No limit is documented; this limit is ours. [HV2, `notes`]
        note "note": Option<Lines<2000>> => Location::Body("notes", Encoding::Text);
    }
}

operation! {
    /// The payments of an invoice, the most recently recorded first. [HV2, list all payments for an invoice]
    ListPayments = ListPayments, Get "/v2/invoices/{invoiceId}/payments", Body::Empty, rules::nothing, payments {
        /// The invoice. [HV2, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The page number, from 1. Deprecated in favour of the addresses in `links`, but still supported. [HV2,
        /// `page`]
        page "page": Option<RowId> => Location::Query("page", Encoding::Integer);
        /// The number of payments on a page: at most 2,000, which is the default. [HV2, `per_page`]
        page_size "pageSize": Option<Count<2000>> => Location::Query("per_page", Encoding::Integer);
    }
}

operation! {
    /// Removing a payment. [HV2, delete an existing payment]
    DeletePayment = DeletePayment, Delete "/v2/invoices/{invoiceId}/payments/{paymentId}",
        Body::Empty, rules::nothing, removed {
        /// The invoice. [HV2, path]
        invoice_id "invoiceId": RowId => Location::Route;
        /// The payment. [HV2, path]
        payment_id "paymentId": RowId => Location::Route;
    }
}

operation! {
    /// An invoice. [HV2, retrieve an invoice]
    GetInvoice = GetInvoice, Get "/v2/invoices/{invoiceId}", Body::Empty, rules::nothing, invoice {
        /// The invoice. [HV2, path]
        invoice_id "invoiceId": RowId => Location::Route;
    }
}

/// The words for the states. [HV2, `state`] A partly paid invoice is still `open`; only its amounts show the payment.
/// The classic API's word for it is accepted as well, since both APIs share the invoices.
const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "draft"),
    (InvoiceState::Open, "open"),
    (InvoiceState::Partial, "open"),
    (InvoiceState::Paid, "paid"),
    (InvoiceState::Void, "closed"),
    (InvoiceState::Partial, "partial"),
];

/// The JSON of a response that confirms the request. Each operation has one status for that. [HV2] Errors have `code`
/// and `message` [HV2-SPEC]; the body of 422 is not documented, so no field is read from it. A response with a record
/// and an error, or with a record and another status, neither confirms nor rejects.
fn accepted(response: &Response, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&response.body).unwrap_or(Json::Null);
    let has_error = ["message", "code", "error", "errors"].iter().any(|name| json.get(name).is_some());
    let has_record = !matches!(json.get("id"), None | Some(Json::Null));
    Failure::require_success(response, status, has_record, has_error, RefusalText::of_json(&json))?;
    Ok(json)
}

/// A record's number. [HV2, `id`, an integer]
fn number(json: &Json) -> Option<String> {
    if let Json::Number(id) = json.get("id")? { digits::only(id).then(|| id.clone()) } else { None }
}

/// An amount; an older edition of the documentation has it as a string. [HV2, `amount`]
fn amount(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    money(json.get(name)?.scalar()?, currency)
}

/// Reads 201 with the payment. [HV2, create an invoice payment]
fn receipt(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 201)?;
    let payment_id = Some(number(&json).ok_or_else(|| Failure::unreadable(response))?);
    Ok(Answer::Receipt(Receipt { payment_id, raw: response.body.clone(), ..Receipt::default() }))
}

/// Reads 200. The body is not documented [HV2]; an empty one, an empty object and a record are accepted.
fn removed(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let is_empty = matches!(&json, Json::Object(members) if members.is_empty());
    if response.body.trim().is_empty() || is_empty || number(&json).is_some() {
        return Ok(Answer::Receipt(Receipt { raw: response.body.clone(), ..Receipt::default() }));
    }
    Err(Failure::unreadable(response))
}

/// Reads `{invoice_payments, next_page, …}`. [HV2, list all payments for an invoice]
fn payments(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let read = || {
        let items = json.get("invoice_payments")?.as_array()?;
        let items = items.iter().map(|one| recorded(one, currency)).collect::<Option<_>>()?;
        Some(Answer::Payments(Page { items, next: next(&json)? }))
    };
    read().ok_or_else(|| Failure::unreadable(response))
}

/// The next page, or `Some(None)` on the last page; `None` if the response does not state it.
///
/// Between the first and the last page, the response may have only a link and no number. The documentation's own sample
/// of page 2 has `next_page: 2`, so a number equal to `page` is ignored. [HV2, pagination]
fn next(json: &Json) -> Option<Option<Next>> {
    let next = json.get("next_page")?;
    match next {
        Json::Number(number) if digits::only(number) && json.get("page") != Some(next) => {
            Some(Some(Next::At(number.clone())))
        }
        Json::Number(_) | Json::Null => {
            let following =
                json.get("links").and_then(|links| links.text_at("next")).map(|_| Next::Following);
            let number = |name| json.get(name).and_then(Json::as_integer);
            let is_last = number("page").zip(number("total_pages")).is_none_or(|(page, pages)| page >= pages);
            (following.is_some() || is_last).then_some(following)
        }
        _ => None,
    }
}

/// Reads a payment. [HV2, the invoice payment object] Its `transaction_id` is that of a card or PayPal payment, not a
/// bank transaction.
fn recorded(json: &Json, currency: Currency) -> Option<RecordedPayment> {
    Some(RecordedPayment {
        paid_at: json.text_at("paid_at").or_else(|| json.text_at("paid_date")).and_then(moment),
        note: json.text_at("notes").map(str::to_owned),
        by: json.text_at("recorded_by").map(str::to_owned),
        ..RecordedPayment::new(number(json)?, amount(json, "amount", currency))
    })
}

/// Reads an invoice. [HV2, the invoice object]
fn invoice(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let read = || {
        let currency = Currency::parse(json.text_at("currency")?).ok()?;
        Some(Answer::Invoice(Invoice {
            number: json.text_at("number").map(str::to_owned),
            amount: amount(&json, "amount", currency),
            balance: amount(&json, "due_amount", currency),
            state: json.text_at("state").and_then(|word| InvoiceState::of(word, STATES)),
            issued: json.text_at("issue_date").and_then(moment),
            ..Invoice::new(number(&json)?, currency)
        }))
    };
    read().ok_or_else(|| Failure::unreadable(response))
}

#[cfg(feature = "emulate")]
mod emulation {
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use alloc::{format, vec};

    use super::*;
    use crate::emulate::filter::{Accepts, Filter};
    use crate::emulate::list::{around, cursor, named, slice};
    use crate::emulate::{
        Emulation, Entry, Posted, Records, Refusal, Seen, count, decimal, reply_json, row, unanswered, word,
    };
    use crate::operation::Operation;
    use crate::operation::purpose::Purpose;
    use crate::provider::harvest::{
        self,
        emulation::{sentences, unreadable},
    };
    use crate::time::instant::Instant;
    use crate::time::zone::Offset;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/harvest-v2",
        ids: &[],
        credentials: &[&[("token", "harvest-v2-sandbox-token"), ("accountId", "1000001")]],
        identifier: row,
        words: STATES,
        payable: harvest::PAYABLE,
        // Drafts behave as in the classic API: both APIs share the invoices. [HV-RB]
        draft_stays: harvest::PROVIDER.emulation.draft_stays,
        filters: FILTERS,
        // [HV2, authentication: "in the query"]
        in_query: &[("access_token", "Authorization", "Bearer "), ("account_id", "Harvest-Account-Id", "")],
        answer,
        refuse,
    };

    /// The filters of lists. [HV2, list all payments for an invoice, `updated_since`; HV2, pagination, `cursor` and the
    /// `ref` in its links]
    const FILTERS: &[Filter] = &[
        of_payments("updated_since", Accepts::Moment),
        of_payments("cursor", Accepts::Text),
        of_payments("ref", Accepts::Text),
    ];

    const fn of_payments(name: &'static str, accepts: Accepts) -> Filter {
        Filter { of: &[Purpose::ListPayments], name, accepts }
    }

    fn answer(seen: &Seen) -> Response {
        match seen.records {
            Records::Payment(_, posted) => reply_json(201, payment(posted)),
            Records::Payments(invoice, all) => {
                list(seen, invoice, all).map_or_else(no_such_place, |list| reply_json(200, list))
            }
            // The body is not documented: it is empty here.
            Records::Removed(_) => Response::new(200, Default::default(), ""),
            Records::Invoice(entry, payments) => reply_json(200, invoice(entry, payments)),
            _ => unanswered(),
        }
    }

    fn date(at: Instant) -> Json {
        Json::text(at.day(Offset::UTC))
    }

    /// A payment. [HV2, the invoice payment object]
    fn payment(posted: &Posted) -> Vec<(&'static str, Json)> {
        let gateway: Json = [("id", Json::Null), ("name", Json::Null)].into_iter().collect();
        vec![
            ("id", Json::Number(posted.id.clone())),
            ("amount", decimal(posted.amount)),
            ("paid_at", Json::text(posted.paid_at.rfc3339())),
            ("paid_date", date(posted.paid_at)),
            ("recorded_by", Json::text("Sandbox Owner")),
            ("recorded_by_email", Json::text("owner@sandbox.example")),
            ("notes", posted.note.as_deref().map_or(Json::Null, Json::text)),
            ("transaction_id", Json::Null),
            ("created_at", Json::text(posted.recorded_at.rfc3339())),
            ("updated_at", Json::text(posted.recorded_at.rfc3339())),
            ("payment_gateway", gateway),
        ]
    }

    /// A page of payments; `None` if the cursor names no payment of the list. [HV2, list all payments for an invoice;
    /// HV2, pagination] A cursor takes precedence over a page number. With a cursor, only the first and the last page
    /// have a number.
    ///
    /// The links have no host: the emulation does not know its own, and a sandbox client must not be sent to the real
    /// one.
    fn list(seen: &Seen, invoice: &Entry, all: &[Posted]) -> Option<Vec<(&'static str, Json)>> {
        // A payment is never changed after it is recorded, so `updated_since` compares the time of recording.
        let wanted = |posted: &&Posted| seen.asked.from("updated_since", posted.recorded_at);
        let newest: Vec<&Posted> = all.iter().rev().filter(wanted).collect();
        let part = slice(&newest, seen.values, 2000);
        let (size, pages, total) = (part.size, part.count, part.total);
        let (range, number) = match seen.asked.text("cursor") {
            None => {
                let start = part.number.saturating_sub(1).saturating_mul(size);
                (start..start.saturating_add(part.items.len()), Some(part.number))
            }
            Some(cursor) => {
                let place = named(cursor)?;
                let (backwards, id) = match (place.get("after"), place.get("before")) {
                    (Some(after), None) => (false, after.get("id")?),
                    (None, Some(before)) => (true, before.get("id")?),
                    _ => return None,
                };
                let place = newest.iter().position(|posted| Some(posted.id.as_str()) == id.scalar())?;
                let range = around(total, Some(place), backwards, size);
                let ends = [(range.start == 0).then_some(1), (range.end == total).then_some(pages)];
                (range, ends.into_iter().flatten().next())
            }
        };
        let (before, after) = (range.start > 0 && !range.is_empty(), range.end < total);
        let items = newest.get(range).unwrap_or_default();
        let whole = |n: usize| Json::integer(count(n));
        let numbered =
            |exists: bool, number: Option<usize>| number.filter(|_| exists).map_or(Json::Null, whole);
        let link = |query: &str| {
            let since = seen.asked.text("updated_since").map(|since| {
                form_urlencoded::Serializer::new(String::new()).append_pair("updated_since", since).finish()
            });
            let since = since.map_or_else(String::new, |since| format!("&{since}"));
            let base = EMULATION.base;
            Json::text(format!("{base}/v2/invoices/{}/payments?{query}&per_page={size}{since}", invoice.id))
        };
        let at = |name: &'static str, posted: Option<&&Posted>, to: &str| {
            posted.map_or(Json::Null, |posted| {
                let id: Json = [("id", Json::Number(posted.id.clone()))].into_iter().collect();
                let place = cursor(&[(name, id)].into_iter().collect());
                let query =
                    form_urlencoded::Serializer::new(String::new()).append_pair("cursor", &place).finish();
                link(&format!("{query}&ref={to}_cursor"))
            })
        };
        let links = [
            ("first", link("page=1")),
            ("next", at("after", items.last().filter(|_| after), "next")),
            ("previous", at("before", items.first().filter(|_| before), "previous")),
            ("last", link(&format!("page={pages}"))),
        ];
        Some(vec![
            (
                "invoice_payments",
                Json::Array(items.iter().map(|one| payment(one).into_iter().collect()).collect()),
            ),
            ("per_page", whole(size)),
            ("total_pages", whole(pages)),
            ("total_entries", whole(total)),
            ("next_page", numbered(after, number.map(|number| number.saturating_add(1)))),
            ("previous_page", numbered(before, number.map(|number| number.saturating_sub(1)))),
            ("page", number.map_or(Json::Null, whole)),
            ("links", links.into_iter().collect()),
        ])
    }

    /// The response to an unknown cursor, for example of a removed payment. It is not documented; treated like any
    /// invalid parameter.
    fn no_such_place() -> Response {
        let members = [("code", Json::integer(422)), ("message", Json::text("The cursor is invalid."))];
        reply_json(422, members)
    }

    /// An invoice without taxes and with one line. [HV2, the invoice object] The times of sending and of closing are
    /// the time of issue.
    fn invoice(entry: &Entry, payments: &[Posted]) -> Vec<(&'static str, Json)> {
        let issued = Json::text(entry.issued.rfc3339());
        let when = |is: bool| if is { issued.clone() } else { Json::Null };
        let updated = payments.iter().map(|posted| posted.recorded_at).fold(entry.issued, Instant::max);
        let settled =
            payments.iter().map(|posted| posted.paid_at).max().filter(|_| entry.state == InvoiceState::Paid);
        let one = |id: &str, name| {
            [("id", Json::Number(id.to_owned())), ("name", Json::text(name))].into_iter().collect()
        };
        let line = [
            ("id", Json::Number(entry.id.clone())),
            ("kind", Json::text("Service")),
            ("description", Json::text("Sandbox work")),
            ("quantity", Json::integer(1)),
            ("unit_price", decimal(entry.amount)),
            ("amount", decimal(entry.amount)),
            ("taxed", Json::Bool(false)),
            ("taxed2", Json::Bool(false)),
            ("project", Json::Null),
        ];
        vec![
            ("id", Json::Number(entry.id.clone())),
            ("client_key", Json::text(format!("{:0>40}", entry.id))),
            ("number", Json::text(&entry.number)),
            ("purchase_order", Json::text("")),
            ("amount", decimal(entry.amount)),
            ("due_amount", decimal(entry.balance())),
            ("tax", Json::Null),
            ("tax_amount", Json::Null),
            ("tax2", Json::Null),
            ("tax2_amount", Json::Null),
            ("discount", Json::Null),
            ("discount_amount", Json::integer(0)),
            ("subject", Json::text("")),
            ("notes", Json::text("")),
            ("state", Json::text(word(STATES, entry.state))),
            ("period_start", Json::Null),
            ("period_end", Json::Null),
            ("issue_date", date(entry.issued)),
            ("due_date", date(entry.due)),
            ("payment_term", Json::text("custom")),
            ("payment_options", Json::Array(Vec::new())),
            ("sent_at", when(entry.unpaid != InvoiceState::Draft)),
            ("paid_at", settled.map_or(Json::Null, |at| Json::text(at.rfc3339()))),
            ("paid_date", settled.map_or(Json::Null, date)),
            ("closed_at", when(entry.state == InvoiceState::Void)),
            ("recurring_invoice_id", Json::Null),
            ("created_at", issued.clone()),
            ("updated_at", Json::text(updated.rfc3339())),
            ("currency", Json::text(entry.amount.currency().code())),
            ("client", one(&entry.client, "Sandbox Client")),
            ("estimate", Json::Null),
            ("retainer", Json::Null),
            ("creator", one("1001", "Sandbox Owner")),
            ("line_items", Json::Array(vec![line.into_iter().collect()])),
        ]
    }

    /// A refusal. [HV2, overview: 404 and 422; HV2-SPEC, `code` and `message`] The status for a wrong token is not
    /// documented: it is 401 here. A missing `User-Agent` is not refused. `send_thank_you` may be omitted, as in the
    /// documentation's own sample; true is refused, since the sandbox sends no e-mail.
    fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
        let (status, message) = match refusal {
            Refusal::SignIn(_) => (401, "The access token or the account is invalid.".to_owned()),
            Refusal::NoInvoice
            | Refusal::NoPayment
            | Refusal::NoTransaction
            | Refusal::NoRoute(_)
            | Refusal::Method { .. } => (404, "Not Found".to_owned()),
            Refusal::State(_) => (422, "The invoice is closed.".to_owned()),
            Refusal::Unreadable => (400, unreadable(operation).to_owned()),
            Refusal::Invalid(rejection) => (422, sentences(operation, rejection)),
            Refusal::Throttled(_) => (429, "Too Many Requests".to_owned()),
        };
        let members = [("code", Json::integer(status.into())), ("message", Json::text(message))];
        let mut response = reply_json(status, members);
        if let Refusal::Throttled(seconds) = refusal {
            response.headers.set("Retry-After", seconds.to_string());
        }
        response
    }
}

#[cfg(test)]
#[cfg(feature = "emulate")]
mod tests {
    use std::format;
    use std::string::ToString;
    use std::vec::Vec;

    use super::*;
    use crate::check::context::Context;
    use crate::check::draft::Draft;
    use crate::emulate::filter::Asked;
    use crate::emulate::{Entry, Posted, Records, Refusal, Seen};
    use crate::operation::Operation;
    use crate::operation::outcome::ProblemCode;
    use crate::report::codes::Code;
    use crate::report::rejection::Rejection;

    fn usd(minor: i64) -> Money {
        Money::from_minor(minor, Currency::parse("USD").unwrap())
    }

    fn entry(state: InvoiceState) -> Entry {
        Entry {
            id: "13150378".to_owned(),
            number: "1000".to_owned(),
            amount: usd(1_070_000),
            paid: usd(20_000),
            state,
            unpaid: if state == InvoiceState::Draft { InvoiceState::Draft } else { InvoiceState::Open },
            issued: moment("2017-02-01T07:00:00Z").unwrap(),
            due: moment("2017-03-03T07:00:00Z").unwrap(),
            client: "5735776".to_owned(),
        }
    }

    fn posted(id: &str, minor: i64, paid_at: &str) -> Posted {
        Posted {
            id: id.to_owned(),
            invoice_id: "13150378".to_owned(),
            transaction_id: None,
            amount: usd(minor),
            paid_at: moment(paid_at).unwrap(),
            note: (minor > 100).then(|| "Paid via \"check\" #4321".to_owned()),
            fields: Draft::new(),
            recorded_at: moment("2017-06-27T16:24:57Z").unwrap(),
        }
    }

    fn emulated(operation: &Operation, draft: Draft, records: Records<'_>) -> Response {
        let draft = draft.with("invoiceId", "13150378").with("paymentId", "10112854");
        let (values, _) = operation.parse(&draft, &Context::default()).unwrap();
        let (asked, now) = (&Asked::default(), moment("2017-07-01").unwrap());
        (PROVIDER.emulation.answer)(&Seen {
            purpose: operation.purpose,
            values: &values,
            asked,
            now,
            records,
        })
    }

    #[test]
    fn following_the_pages_lists_every_payment_once() {
        let all: Vec<_> = (1..=5_i64).map(|n| posted(&n.to_string(), n, "2017-02-21T00:00:00Z")).collect();
        let invoice = entry(InvoiceState::Open);
        let mut pages = Vec::new();
        let mut requested: Option<String> = None;
        loop {
            let mut draft = Draft::new().with("pageSize", "2");
            if let Some(page) = &requested {
                draft.set("page", page);
            }
            let response = emulated(&ListPayments::OPERATION, draft, Records::Payments(&invoice, &all));
            let answer = ListPayments::OPERATION.understand(&response, usd(0).currency());
            let Ok(Answer::Payments(page)) = answer else { panic!("{response:?}") };
            pages.push(page.items.iter().map(|one| one.id.clone()).collect::<Vec<_>>().join(" "));
            requested = page.after(requested.as_deref());
            if requested.is_none() {
                break;
            }
        }
        assert_eq!(pages, ["5 4", "3 2", "1"]);
    }

    #[test]
    fn the_emulation_lists_and_removes_payments_as_documented() {
        let (invoice, check) =
            (entry(InvoiceState::Paid), [posted("10112854", 1_070_000, "2017-02-21T00:00:00Z")]);
        let response = emulated(&ListPayments::OPERATION, Draft::new(), Records::Payments(&invoice, &check));
        let link = "/harvest-v2/v2/invoices/13150378/payments?page=1&per_page=2000";
        let expected = [
            r#"{"invoice_payments":[{"id":10112854,"amount":10700,"#,
            r#""paid_at":"2017-02-21T00:00:00Z","paid_date":"2017-02-21","#,
            r#""recorded_by":"Sandbox Owner","recorded_by_email":"owner@sandbox.example","#,
            r#""notes":"Paid via \"check\" #4321","transaction_id":null,"#,
            r#""created_at":"2017-06-27T16:24:57Z","updated_at":"2017-06-27T16:24:57Z","#,
            r#""payment_gateway":{"id":null,"name":null}}],"per_page":2000,"total_pages":1,"total_entries":1,"#,
            r#""next_page":null,"previous_page":null,"page":1,"#,
            &format!(r#""links":{{"first":"{link}","next":null,"previous":null,"last":"{link}"}}}}"#),
        ];
        assert_eq!((response.status, response.body), (200, expected.concat()));
        let beyond = Draft::new().with("page", "9");
        let response = emulated(&ListPayments::OPERATION, beyond, Records::Payments(&invoice, &check));
        assert!(response.body.starts_with(r#"{"invoice_payments":[],"per_page":2000,"#), "{}", response.body);
        let none = emulated(&ListPayments::OPERATION, Draft::new(), Records::Payments(&invoice, &[]));
        assert!(none.body.contains(r#""total_pages":1,"total_entries":0,"next_page":null"#), "{}", none.body);
        let removed = emulated(&DeletePayment::OPERATION, Draft::new(), Records::Removed(&invoice));
        assert_eq!((removed.status, removed.body.as_str()), (200, ""));
    }

    #[test]
    fn the_emulation_shows_every_state_in_its_documented_word_and_it_is_read_back() {
        let words = ["draft", "open", "open", "paid", "closed"];
        for (state, word) in InvoiceState::ALL.into_iter().zip(words) {
            let (entry, payments) = (entry(state), [posted("1", 20_000, "2017-02-21T00:00:00Z")]);
            let response =
                emulated(&GetInvoice::OPERATION, Draft::new(), Records::Invoice(&entry, &payments));
            let json = Json::parse(&response.body).unwrap();
            assert_eq!(json.text_at("state"), Some(word));
            assert_eq!(json.text_at("sent_at").is_some(), state != InvoiceState::Draft);
            assert_eq!(json.text_at("paid_date"), (state == InvoiceState::Paid).then_some("2017-02-21"));
            assert_eq!(json.text_at("closed_at").is_some(), state == InvoiceState::Void);
            let expected = Invoice {
                number: Some("1000".to_owned()),
                amount: Some(usd(1_070_000)),
                balance: Some(usd(1_050_000)),
                state: Some(if state == InvoiceState::Partial { InvoiceState::Open } else { state }),
                issued: moment("2017-02-01"),
                ..Invoice::new("13150378", usd(0).currency())
            };
            let read = GetInvoice::OPERATION.understand(&response, Currency::UNSTATED);
            assert_eq!(read, Ok(Answer::Invoice(expected)));
        }
    }

    #[test]
    fn the_emulation_refuses_missing_records_with_404_and_invalid_parameters_with_422() {
        let too_many = Rejection::of("pageSize", Code::IntegerMalformed, Vec::new());
        for (refusal, status, code) in [
            (Refusal::NoInvoice, 404, ProblemCode::NotFound),
            (Refusal::NoPayment, 404, ProblemCode::NotFound),
            (Refusal::Invalid(too_many), 422, ProblemCode::Invalid),
        ] {
            let response = (PROVIDER.emulation.refuse)(&refusal, &ListPayments::OPERATION);
            assert_eq!(response.status, status);
            let answer = ListPayments::OPERATION.understand(&response, Currency::UNSTATED);
            let Err(Failure::Refused(problem)) = answer else { panic!("{answer:?}") };
            assert_eq!(problem.code, code);
            let words = if status == 422 { "The per page is invalid." } else { "Not Found" };
            assert_eq!(problem.words.as_deref(), Some(words));
        }
    }
}
