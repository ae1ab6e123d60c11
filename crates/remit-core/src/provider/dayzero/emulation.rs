//! DayZero's side of the wire, for the sandbox and the tests: lists with filters, responses and refusals.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::operations::*;
use crate::emulate::SignInFault;
use crate::emulate::filter::{Accepts, Asked, Filter};
use crate::emulate::list::{around, cursor, named};
use crate::emulate::{Emulation, Entry, Posted, Records, Refusal, Seen, reply_json, unanswered, uuid, word};
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::InvoiceState;
use crate::money::Money;
use crate::operation::Operation;
use crate::operation::purpose::Purpose;
use crate::report::codes::Code;
use crate::schema::field::Location;
use crate::schema::name;
use crate::time::zone::Offset;
use crate::wire::Response;
use crate::wire::json::Json;

pub(super) const EMULATION: Emulation = Emulation {
    base: "/dayzero",
    ids: &[("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")],
    credentials: &[&[("token", "dz_sandbox_token"), ("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")]],
    identifier: uuid,
    words: STATES,
    payable: PAYABLE,
    draft_stays: false,
    filters: FILTERS,
    in_query: &[],
    answer,
    refuse,
};

const LISTS: &[Purpose] = &[Purpose::ListPayments, Purpose::ListInvoices, Purpose::ListTransactions];
const INVOICES: &[Purpose] = &[Purpose::ListInvoices];
const TRANSACTIONS: &[Purpose] = &[Purpose::ListTransactions];

/// The filters of lists. [DZ-G, pagination; DZ-A, get_invoices; DZ-G, transactions; DZ-B, list_transactions]
const FILTERS: &[Filter] = &[
    filter(LISTS, "direction", Accepts::Word(&["next", "prev"])),
    filter(LISTS, "sort_by", Accepts::Text),
    filter(LISTS, "descending", Accepts::Flag),
    // Accepted without effect: the member with the count is not documented.
    filter(LISTS, "include_total_count", Accepts::Flag),
    filter(INVOICES, "id", Accepts::Uuid),
    filter(INVOICES, "customer_id", Accepts::Uuid),
    filter(INVOICES, "product_id", Accepts::Uuid),
    filter(INVOICES, "variant_id", Accepts::Uuid),
    filter(INVOICES, "status", Accepts::Texts),
    filter(INVOICES, "search", Accepts::Text),
    filter(TRANSACTIONS, "id", Accepts::Uuids),
    filter(TRANSACTIONS, "ledger_id", Accepts::Uuids),
    filter(TRANSACTIONS, "opposing_ledger_id", Accepts::Uuid),
    filter(TRANSACTIONS, "status", Accepts::Word(&["not_posted", "posted", "deleted"])),
    filter(TRANSACTIONS, "review_status", Accepts::Word(&["unreviewed", "reviewed"])),
    filter(TRANSACTIONS, "reconciled", Accepts::Flag),
    filter(TRANSACTIONS, "personal", Accepts::Flag),
    filter(TRANSACTIONS, "start_date", Accepts::Moment),
    filter(TRANSACTIONS, "end_date", Accepts::Moment),
    filter(TRANSACTIONS, "search", Accepts::Text),
];

const fn filter(of: &'static [Purpose], name: &'static str, accepts: Accepts) -> Filter {
    Filter { of, name, accepts }
}

/// The members that a filter is compared with, for filters that do not have the name of a member.
const MEMBERS: &[(&str, &[&str])] =
    &[("status", &["status", "posted_status"]), ("search", &["number", "description", "customer_name"])];

/// Whether a record passes the filters. Filters for objects that the sandbox does not have, such as products and
/// ledgers, exclude every record. No transaction is reconciled or personal.
fn is_wanted(asked: &Asked, record: &Json) -> bool {
    let paged = ["direction", "sort_by", "descending", "include_total_count", "start_date", "end_date"];
    let mut names = FILTERS.iter().map(|filter| filter.name).filter(|name| !paged.contains(name));
    let holds = |name: &str| {
        let own = [name];
        let members =
            MEMBERS.iter().find(|(known, _)| *known == name).map_or(&own[..], |(_, members)| members);
        let mut texts = members.iter().filter_map(|member| record.text_at(member));
        match name {
            "reconciled" | "personal" => asked.wants(name, "false"),
            "search" => asked
                .text(name)
                .is_none_or(|part| texts.any(|text| text.to_lowercase().contains(&part.to_lowercase()))),
            // The sample of this filter has a state with a hyphen. [DZ-A, get_invoices, `status`]
            _ => {
                let text = texts.next().unwrap_or_default();
                asked.wants(name, text) || asked.wants(name, &text.replace('_', "-"))
            }
        }
    };
    let in_time = moment(record, "datetime")
        .is_none_or(|at| asked.from("start_date", at) && asked.until("end_date", at));
    in_time && names.all(holds)
}

/// Compares a member of two records: numbers by value, texts alphabetically. A missing member sorts first.
fn by_member(one: &Json, other: &Json, member: &str) -> Ordering {
    let number = |json: &Json| json.get(member).and_then(Json::as_integer);
    number(one).cmp(&number(other)).then_with(|| one.text_at(member).cmp(&other.text_at(member)))
}

/// The response to an operation. A recorded payment and bank transactions have no envelope, as on the pages with
/// samples [DZ-A; DZ-G, pagination]; other responses have the reference's envelope.
fn answer(seen: &Seen) -> Response {
    let members = |members: Vec<(&'static str, Json)>| members.into_iter().collect::<Json>();
    match seen.records {
        Records::Payment(invoice, posted) => reply_json(201, payment(seen, &invoice.id, posted)),
        Records::Removed(_) => enveloped(None),
        Records::Payments(invoice, all) => {
            let one = |posted: &Posted| members(payment(seen, &invoice.id, posted));
            list(seen, all, one).map_or_else(no_such_place, |list| enveloped(Some(list)))
        }
        Records::Invoices(all) => {
            let one = |invoice: &Entry| members(bill(seen, invoice));
            list(seen, all, one).map_or_else(no_such_place, |list| enveloped(Some(list)))
        }
        // The filtered list. A missing invoice is refused with 404, like elsewhere: the filter's behaviour is not
        // documented for it, and a refusal does not know the filter.
        Records::Invoice(invoice, all) => {
            let mut one = bill(seen, invoice);
            let payments = all.iter().map(|posted| members(payment(seen, &invoice.id, posted)));
            one.push(("payments", Json::Array(payments.collect())));
            enveloped(Some(page_of(vec![members(one)], None)))
        }
        Records::Transactions(all) => match list(seen, all, transaction) {
            Some(Json::Object(list)) => reply_json(200, list),
            _ => no_such_place(),
        },
        Records::Allocations(transaction, posted) => enveloped(Some(shares(transaction, posted))),
        Records::Added(_) | Records::Nothing => unanswered(),
    }
}

/// A response in an envelope. [DZ-B] The values of `message` and `code` are not documented.
fn enveloped(data: Option<Json>) -> Response {
    let head = [("success", Json::Bool(true)), ("message", Json::text("OK")), ("code", Json::text("OK"))];
    reply_json(200, head.into_iter().chain(data.map(|data| ("data", data))))
}

fn page_of(items: Vec<Json>, next: Option<String>) -> Json {
    let more = Json::Bool(next.is_some());
    let next = next.map_or(Json::Null, Json::Text);
    [("items", Json::Array(items)), ("next_cursor", next), ("has_more", more)].into_iter().collect()
}

/// A page of a list, newest first by default: the records after the cursor's record, or before it if `direction` is
/// `prev`. `None` if the cursor names no record, or `sort_by` no member. With `prev` and no cursor, the page is the end
/// of the list. `next_cursor` continues in the requested direction. [DZ-G, pagination]
fn list<T>(seen: &Seen, all: &[T], one: impl Fn(&T) -> Json) -> Option<Json> {
    let mut records: Vec<_> = all.iter().map(one).collect();
    // The records are stored by `created_at`, which not every record has as a member.
    if let Some(column) = seen.asked.text("sort_by").filter(|column| *column != "created_at") {
        if records.iter().any(|record| record.get(column).is_none()) {
            return None;
        }
        records.sort_by(|one, other| by_member(one, other, column));
    }
    if seen.asked.text("descending") != Some("false") {
        records.reverse();
    }
    records.retain(|record| is_wanted(seen.asked, record));
    let place = match seen.values.text(name::PAGE) {
        None => None,
        Some(cursor) => {
            let place = named(&cursor)?;
            let id = place.text_at("id")?;
            Some(records.iter().position(|record| record.text_at("id") == Some(id))?)
        }
    };
    let backwards = seen.asked.text("direction") == Some("prev");
    let size = seen.values.text(name::PAGE_SIZE).and_then(|size| size.parse().ok()).unwrap_or(50);
    let part = around(records.len(), place, backwards, size);
    let more = if backwards { part.start > 0 } else { part.end < records.len() };
    let items = records.get(part).unwrap_or_default();
    let last = if backwards { items.first() } else { items.last() };
    // As in the sample: `{"id":"…"}` in base 64. [DZ-G, pagination]
    let next = last.filter(|_| more).and_then(|record| record.get("id"));
    let next = next.map(|id| cursor(&[("id", id.clone())].into_iter().collect()));
    Some(page_of(items.to_vec(), next))
}

/// The response to an unknown cursor, for example of a removed payment. It is not documented; treated like an invalid
/// parameter.
fn no_such_place() -> Response {
    reply_json(400, [("detail", Json::text("Invalid request parameters"))])
}

/// A payment. [DZ-A, InvoicePaymentResponse] The members of `transaction` are not documented, so it is `null`, also in
/// lists.
fn payment(seen: &Seen, invoice: &str, posted: &Posted) -> Vec<(&'static str, Json)> {
    vec![
        ("id", Json::text(&posted.id)),
        ("invoice_id", Json::text(invoice)),
        ("transaction_id", Json::text(posted.transaction_id.clone().unwrap_or_default())),
        ("amount", Json::integer(posted.amount.minor())),
        ("currency", Json::text(posted.amount.currency().code())),
        ("paid_on", Json::text(posted.paid_at.rfc3339())),
        ("created_at", Json::text(posted.recorded_at.rfc3339())),
        ("updated_at", Json::text(posted.recorded_at.rfc3339())),
        ("business_id", business(seen)),
        ("transaction", Json::Null),
    ]
}

fn business(seen: &Seen) -> Json {
    Json::text(seen.values.text("businessId").unwrap_or_default())
}

/// An invoice. [DZ-B, InvoiceResponse] The number is "assigned on finalize", so a draft has none. The time of issue is
/// used for `created_at` and `updated_at`.
fn bill(seen: &Seen, invoice: &Entry) -> Vec<(&'static str, Json)> {
    let number = if invoice.state == InvoiceState::Draft { Json::Null } else { Json::text(&invoice.number) };
    let made = Json::text(invoice.issued.rfc3339());
    vec![
        ("id", Json::text(&invoice.id)),
        ("business_id", business(seen)),
        ("created_at", made.clone()),
        ("updated_at", made),
        ("status", Json::text(word(STATES, invoice.state))),
        ("currency", Json::text(invoice.amount.currency().code())),
        ("total", Json::integer(invoice.amount.minor())),
        ("total_paid", Json::integer(invoice.paid.minor())),
        ("balance_due", Json::integer(invoice.balance().minor())),
        ("customer_id", Json::text(&invoice.client)),
        ("customer_name", Json::text("Sandbox Customer")),
        ("due_date", Json::text(invoice.due.day(Offset::UTC))),
        ("line_items", Json::Array(Vec::new())),
        ("number", number),
        ("delivered", Json::Bool(false)),
    ]
}

/// A bank transaction. [DZ-G, transactions, key fields]
fn transaction(transaction: &BankTransaction) -> Json {
    let members = [
        ("id", Json::text(&transaction.id)),
        ("amount", minor(transaction.amount)),
        ("currency", currency(transaction)),
        ("datetime", transaction.at.map_or(Json::Null, |at| Json::text(at.rfc3339()))),
        ("description", transaction.description.as_ref().map_or(Json::Null, Json::text)),
        ("counterparty", Json::Null),
        ("posted_status", Json::text("not_posted")),
        ("review_status", Json::text("unreviewed")),
        ("categorization_method", Json::text("uncategorized")),
    ];
    members.into_iter().collect()
}

fn minor(money: Option<Money>) -> Json {
    money.map_or(Json::Null, |money| Json::integer(money.minor()))
}

fn currency(transaction: &BankTransaction) -> Json {
    transaction.amount.map_or(Json::Null, |amount| Json::text(amount.currency().code()))
}

/// The allocations of a bank transaction. The response is documented, but not its members: these names are ours.
fn shares(transaction: &BankTransaction, posted: &[Posted]) -> Json {
    let taken = transaction.amount.zip(transaction.unallocated).and_then(|(all, left)| all.checked_sub(left));
    let share = |posted: &Posted| {
        let members = [
            ("invoice_id", Json::text(&posted.invoice_id)),
            ("payment_id", Json::text(&posted.id)),
            ("amount", Json::integer(posted.amount.minor())),
        ];
        members.into_iter().collect()
    };
    let members = [
        ("transaction_id", Json::text(&transaction.id)),
        ("currency", currency(transaction)),
        ("transaction_amount", minor(transaction.amount)),
        ("allocated_amount", minor(taken)),
        ("unallocated_amount", minor(transaction.unallocated)),
        ("allocations", Json::Array(posted.iter().map(share).collect())),
    ];
    members.into_iter().collect()
}

/// A refusal. [DZ-G, errors] Over-allocation is refused; its status is not documented and is 400 here. A draft must be
/// finalized before it can be paid.
fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
    let detail = |status, text: &str| reply_json(status, [("detail", Json::text(text))]);
    match refusal {
        Refusal::Throttled(_) => detail(429, "Too many requests"),
        // "404 also for wrong business context". [DZ-G, errors]
        Refusal::SignIn(SignInFault::Elsewhere(_)) => detail(404, "Resource not found"),
        Refusal::SignIn(_) => detail(401, "Not authenticated"),
        Refusal::NoInvoice | Refusal::NoPayment | Refusal::NoTransaction | Refusal::NoRoute(_) => {
            detail(404, "Resource not found")
        }
        Refusal::Method { .. } => detail(405, "Method Not Allowed"),
        Refusal::State(InvoiceState::Draft) => {
            detail(400, "Draft invoices must be finalized before they can be paid")
        }
        Refusal::State(_) => detail(409, "Duplicate or state conflict"),
        Refusal::Unreadable => {
            let item = item(("body", "body".to_owned()), "JSON decode error", "json_invalid");
            reply_json(422, [("detail", Json::Array(vec![item]))])
        }
        Refusal::Invalid(rejection) => {
            let rules = [Code::OverUnallocated, Code::TransactionNotIncome, Code::CurrencyMismatch];
            if let Some(issue) = rejection.issues().find(|issue| rules.contains(&issue.code)) {
                return detail(400, &crate::report::message::Table::english().issue(issue));
            }
            let items = rejection.issues().map(|issue| {
                let message = crate::report::message::Table::english().issue(issue);
                item(location(operation, issue.field), &message, issue.code.as_str())
            });
            reply_json(422, [("detail", Json::Array(items.collect()))])
        }
    }
}

/// The location of a field in a request, and its name there.
fn location(operation: &Operation, field: &str) -> (&'static str, String) {
    let known = operation.fields.iter().find(|known| known.name == field);
    match known.map(|known| known.location) {
        Some(Location::Query(name, _)) => ("query", name.to_owned()),
        Some(Location::Header(name)) => ("header", name.to_owned()),
        Some(Location::Body(name, _)) => ("body", name.to_owned()),
        Some(Location::Route) => {
            let snake = |c: char| [c.is_ascii_uppercase().then_some('_'), Some(c.to_ascii_lowercase())];
            ("path", field.chars().flat_map(snake).flatten().collect())
        }
        None if FILTERS.iter().any(|filter| filter.name == field) => ("query", field.to_owned()),
        Some(Location::Unsent) | None => ("body", field.to_owned()),
    }
}

fn item((part, name): (&str, String), message: &str, kind: &str) -> Json {
    let loc = vec![Json::text(part), Json::text(name)];
    [("loc", Json::Array(loc)), ("msg", Json::text(message)), ("type", Json::text(kind))]
        .into_iter()
        .collect()
}
