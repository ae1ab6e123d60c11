//! DayZero: JSON, cents, and a bank transaction behind every payment.
//!
//! Sources: DZ-A and DZ-B are two editions of the reference (www.ondayzero.com and ondayzero.com), DZ-G its guides.

use super::Provider;
use crate::agree;
use crate::answer::{Answer, Next, Page, Recorded};
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::field::{Amount, Count, CurrencyOf, Encoding, Line, List, Moment, Place, Takes, TransactionId, Uuid};
use crate::finding::Findings;
use crate::instant::{Instant, Zone};
use crate::known::{Invoice, Known, State, Transaction};
use crate::money::Money;
use crate::operation::Body;
use crate::outcome::{Cause, Failure, ProblemCode, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// DayZero.
pub const PROVIDER: Provider = Provider {
    id: "dayzero",
    name: "DayZero",
    payment: Payment::OPERATION,
    others: others![
        ListPayments::OPERATION,
        DeletePayment::OPERATION,
        // Before the one invoice, which is asked for at the same path.
        #[cfg(feature = "complete")]
        ListInvoices::OPERATION,
        GetInvoice::OPERATION,
        ListTransactions::OPERATION,
        Allocations::OPERATION,
    ],
    auth: &[Scheme::Bearer { secret: "token", with: &[(BUSINESS, "businessId")] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

const BUSINESS: &str = "x-business-id";

operation! {
    /// A bank transaction linked as a payment against a DayZero invoice. [DZ-A, create_invoice_payment]
    Payment = RecordPayment, Post "/api/v1/invoices/{invoiceId}/payments", Body::Json, agree, receipt {
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

operation! {
    /// The payments of an invoice, the newest first. [DZ-A, list_invoice_payments; DZ-G, pagination]
    ListPayments = ListPayments, Get "/api/v1/invoices/{invoiceId}/payments", Body::Empty, agree::nothing, payments {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// The invoice. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Place::Route;
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Place::Query("cursor", Encoding::Text);
        /// How many payments a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Place::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// A payment unlinked from its invoice, whose status follows. [DZ-A, delete_invoice_payment]
    DeletePayment = DeletePayment, Delete "/api/v1/invoices/{invoiceId}/payments/{paymentId}", Body::Empty, agree::nothing, removed {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// The invoice. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Place::Route;
        /// The payment. [DZ-A, path]
        payment_id "paymentId": Uuid => Place::Route;
    }
}

operation! {
    /// The invoices of a business, the newest first. [DZ-A, get_invoices; DZ-G, pagination]
    ListInvoices = ListInvoices, Get "/api/v1/invoices", Body::Empty, agree::nothing, invoices {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Place::Query("cursor", Encoding::Text);
        /// How many invoices a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Place::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// An invoice. No path of its own is documented for reading one: it is the list, filtered. [DZ-A, get_invoices]
    GetInvoice = GetInvoice, Get "/api/v1/invoices", Body::Empty, agree::nothing, invoice {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// The invoice. [DZ-A, get_invoices, `id`: "Filter by specific invoice UUID"]
        invoice_id "invoiceId": Uuid => Place::Query("id", Encoding::Text);
    }
}

operation! {
    /// The bank transactions of a business, the newest first; money that went out as well. [DZ-G, transactions]
    ListTransactions = ListTransactions, Get "/api/v1/transactions", Body::Empty, agree::nothing, transactions {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Place::Query("cursor", Encoding::Text);
        /// How many transactions a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Place::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// How much of a bank transaction is left for invoices and bills. [DZ-B, get_transaction_allocations]
    Allocations = Allocations, Get "/api/v1/transactions/{transactionId}/allocations", Body::Empty, agree::nothing, allocations {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Place::Header(BUSINESS);
        /// The transaction. [DZ-B, path]
        transaction_id "transactionId": TransactionId => Place::Route;
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
    agree::state(values, known, PAYABLE, found);
    agree::overpayment_told(values, known, found);
    agree::allocation(values, known, found);
}

/// A draft must be finalized before it can be paid, and what is void is not owed. [DZ-G, invoice statuses]
const PAYABLE: &[State] = &[State::Open, State::Partial, State::Paid];

/// [DZ-G, invoice statuses] One page writes `partially-paid`, another `paid`.
const STATES: &[(State, &str)] = &[
    (State::Draft, "draft"),
    (State::Open, "open"),
    (State::Partial, "partially_paid"),
    (State::Paid, "manual_paid"),
    (State::Void, "void"),
    (State::Partial, "partially-paid"),
    (State::Paid, "stripe_paid"),
    (State::Paid, "paid"),
    (State::Void, "uncollectible"),
];

/// The JSON of an answer that says yes. Errors have a `detail` that is a sentence, or for 422 a list of `loc` and
/// `msg`. [DZ-G, errors]
fn accepted(reply: &Reply) -> Result<Json, Failure> {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    if !reply.is_success() {
        return Err(Failure::by_status(reply, words(&json)));
    }
    // A refusal has a status of its own. [DZ-G, errors] That a success could say no, with a payment or without one, is
    // documented nowhere: `success` is declared and never explained [DZ-B], so what was done stays open.
    if !matches!(json.get("success"), None | Some(Json::Bool(true))) {
        return Err(Failure::unknown(reply, Cause::Unreadable, &words(&json)));
    }
    Ok(json)
}

/// What was asked for: bare [DZ-A], or in an envelope with `success`, `message`, `code` and `data` [DZ-B]. Which of the
/// two editions holds is known for no operation, so each is read either way.
fn held(json: &Json) -> &Json {
    json.get("data").filter(|_| json.get("success").is_some()).unwrap_or(json)
}

/// [DZ-A, create_invoice_payment]
fn receipt(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply)?;
    match text(held(&json), "id") {
        Some(id) => Ok(receipt_of(reply, Some(id))),
        None => Err(Failure::unreadable(reply)),
    }
}

fn receipt_of(reply: &Reply, payment_id: Option<String>) -> Answer {
    Answer::Receipt(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() })
}

/// `success`, `message` and `code` [DZ-B]; the last two, at least, and counts of what succeeded and failed, in `data` or
/// beside it: the page does not say which [DZ-A]. A message alone says nothing, and a yes that counts a failure, or shows a
/// list, is none.
fn removed(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply)?;
    let has_no = |name, none| {
        let given = [Some(&json), json.get("data")].map(|part| part?.get(name));
        given.into_iter().flatten().all(|given| *given == Json::Null || *given == none)
    };
    let counted = [Some(&json), json.get("data")].into_iter().flatten();
    let some = counted.filter_map(|part| part.get("succeeded")?.as_integer()).any(|count| count > 0);
    let yes = reply.status == 200 && (json.get("success") == Some(&Json::Bool(true)) || some);
    let all = has_no("failed", Json::integer(0)) && has_no("errors", Json::Array(Vec::new()));
    if yes && all && has_no("items", Json::Null) {
        return Ok(receipt_of(reply, None));
    }
    Err(Failure::unknown(reply, Cause::Unreadable, &words(&json)))
}

/// `items`, `next_cursor` and `has_more`. [DZ-G, pagination: all lists] One that does not say whether it is all there
/// is cannot be read: a payment would be taken for missing.
fn page<T>(reply: &Reply, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let json = accepted(reply)?;
    let list = held(&json);
    let items = list.get("items").and_then(Json::as_array);
    let items = items.and_then(|items| items.iter().map(one).collect()).ok_or_else(|| Failure::unreadable(reply))?;
    let next = match (list.get("has_more"), text(list, "next_cursor")) {
        (Some(Json::Bool(false)), _) => None,
        (None | Some(Json::Bool(true)), Some(cursor)) => Some(Next::At(cursor)),
        _ => return Err(Failure::unreadable(reply)),
    };
    Ok(Page { items, next })
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The currency that is named, `unnamed` where none is, and no currency at all where it is none that is known.
fn currency_of(json: &Json, unnamed: Currency) -> Currency {
    match json.get("currency") {
        None | Some(Json::Null) => unnamed,
        Some(named) => named.as_text().and_then(|code| Currency::parse(code).ok()).unwrap_or(Currency::UNSTATED),
    }
}

/// Cents. What they would be in a currency that has none is not known.
fn cents(minor: i64, currency: Currency) -> Option<Money> {
    Takes::TwoDecimals.includes(currency).then(|| Money::from_minor(minor, currency))
}

fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    cents(json.get(name)?.as_integer()?, currency)
}

fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::read(json.get(name)?.as_text()?, Zone::Unknown).ok().map(|reading| reading.instant)
}

/// [DZ-A, InvoicePaymentResponse]
fn payments(reply: &Reply, currency: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(Recorded {
            paid_at: moment(json, "paid_on"),
            transaction_id: text(json, "transaction_id"),
            ..Recorded::new(text(json, "id")?, money(json, "amount", currency_of(json, currency)))
        })
    };
    page(reply, one).map(Answer::Payments)
}

/// [DZ-A, get_invoices]
fn invoices(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    page(reply, invoice_in).map(Answer::Invoices)
}

/// The list, filtered: of one, or of none, which is how a filter says that there is no such invoice. More than one
/// shows that it was not filtered.
fn invoice(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let Page { mut items, next } = page(reply, invoice_in)?;
    match (items.pop(), items.is_empty() && next.is_none()) {
        (Some(invoice), true) => Ok(Answer::Invoice(invoice)),
        (None, true) => Err(Failure::refused(reply, ProblemCode::NotFound, Words::default())),
        _ => Err(Failure::unreadable(reply)),
    }
}

/// [DZ-B, InvoiceResponse] It has no date of issue: `created_at` is the draft's. Where it names no currency, none is
/// guessed.
fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency = Some(currency_of(json, Currency::UNSTATED)).filter(|named| *named != Currency::UNSTATED)?;
    Some(Invoice {
        number: text(json, "number"),
        amount: money(json, "total", currency),
        balance: money(json, "balance_due", currency),
        state: json.get("status").and_then(Json::as_text).and_then(|word| State::of(word, STATES)),
        ..Invoice::new(text(json, "id")?, currency)
    })
}

/// [DZ-G, transactions] Each in the currency that it names: it need not be the invoice's. What is left of it, only
/// [`Allocations`] says.
fn transactions(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(Transaction {
            id: text(json, "id")?,
            amount: money(json, "amount", currency_of(json, Currency::UNSTATED)),
            unallocated: None,
            at: moment(json, "datetime"),
            description: text(json, "description"),
        })
    };
    page(reply, one).map(Answer::Transactions)
}

/// "How much of a transaction has been allocated to invoices/bills and the remaining unallocated balance", in cents.
/// [DZ-B, get_transaction_allocations] No document names the members, so these are the likely names; an answer that has
/// none of them says nothing.
fn allocations(reply: &Reply, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply)?;
    let json = held(&json);
    let read = || {
        let minor = |names: [&str; 3]| names.iter().find_map(|name| json.get(name)?.as_integer());
        let whole = minor(["transaction_amount", "total_amount", "amount"]);
        let left = minor(["unallocated_amount", "remaining_amount", "remaining_unallocated"]).or_else(|| {
            whole?.checked_sub(minor(["allocated_amount", "total_allocated", "allocated"])?)
        })?;
        let currency = currency_of(json, currency);
        Some(Transaction {
            id: text(json, "transaction_id").or_else(|| text(json, "id"))?,
            amount: whole.and_then(|minor| cents(minor, currency)),
            unallocated: cents(left, currency),
            at: None,
            description: None,
        })
    };
    read().map(Answer::Allocations).ok_or_else(|| Failure::unreadable(reply))
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
        // The payment's own names come first, and no operation has another meaning for one of them.
        field: last.and_then(|name| PROVIDER.operations().find_map(|operation| operation.field_on_wire(name))),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use crate::emulate::{Emulation, Entry, Found, Posted, Refusal, Seen, reply_json, unanswered, uuid, word};
    use crate::finding::Code;
    use crate::instant::Offset;
    use crate::operation::Operation;
    use crate::payment::name;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/dayzero",
        ids: &[("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")],
        credentials: &[&[("token", "dz_sandbox_token"), ("businessId", "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01")]],
        identifier: uuid,
        words: STATES,
        payable: PAYABLE,
        draft_stays: false,
        // 429 is listed and no number: none here. [DZ-G, errors]
        throttle: None,
        answer,
        refuse,
    };

    /// Bare where a payment is made and for bank transactions, as on the pages that show one [DZ-A; DZ-G, pagination];
    /// in an envelope where the reference has one.
    fn answer(seen: &Seen) -> Reply {
        let members = |members: Vec<(&'static str, Json)>| members.into_iter().collect::<Json>();
        match seen.found {
            Found::Payment(invoice, posted) => reply_json(201, payment(seen, &invoice.id, posted)),
            Found::Removed(_) => enveloped(None),
            Found::Payments(invoice, all) => {
                let one = |posted: &Posted| members(payment(seen, &invoice.id, posted));
                list(seen, all, |posted| &posted.id, one).map_or_else(no_such_place, |list| enveloped(Some(list)))
            }
            Found::Invoices(all) => {
                let one = |invoice: &Entry| members(bill(seen, invoice));
                list(seen, all, |invoice| &invoice.id, one).map_or_else(no_such_place, |list| enveloped(Some(list)))
            }
            // The list, filtered. One that is not there is answered as it is elsewhere, by 404: what the filter does
            // then is not documented, and a refusal does not know what was asked.
            Found::Invoice(invoice, all) => {
                let mut one = bill(seen, invoice);
                let payments = all.iter().map(|posted| members(payment(seen, &invoice.id, posted)));
                one.push(("payments", Json::Array(payments.collect())));
                enveloped(Some(some(vec![members(one)], None)))
            }
            Found::Transactions(all) => match list(seen, all, |transaction| &transaction.id, transaction) {
                Some(Json::Object(list)) => reply_json(200, list),
                _ => no_such_place(),
            },
            Found::Allocations(transaction, posted) => enveloped(Some(shares(transaction, posted))),
            Found::Added(_) | Found::Nothing => unanswered(),
        }
    }

    /// [DZ-B] What `message` and `code` say is documented nowhere.
    fn enveloped(data: Option<Json>) -> Reply {
        let head = [("success", Json::Bool(true)), ("message", Json::text("OK")), ("code", Json::text("OK"))];
        reply_json(200, head.into_iter().chain(data.map(|data| ("data", data))))
    }

    fn some(items: Vec<Json>, next: Option<String>) -> Json {
        let more = Json::Bool(next.is_some());
        let next = next.map_or(Json::Null, Json::Text);
        [("items", Json::Array(items)), ("next_cursor", next), ("has_more", more)].into_iter().collect()
    }

    /// A page of a list, the newest first, from after the record that the cursor names. `None` where it names none.
    fn list<'a, T>(seen: &Seen, all: &'a [T], id: fn(&'a T) -> &'a str, one: impl Fn(&T) -> Json) -> Option<Json> {
        let size = seen.values.text(name::PAGE_SIZE).and_then(|size| size.parse().ok()).unwrap_or(50);
        let mut rest = all.iter().rev();
        if let Some(cursor) = seen.values.text(name::PAGE) {
            let last = named(&cursor)?;
            rest.find(|record| id(record) == last)?;
        }
        let page: Vec<_> = rest.by_ref().take(size).collect();
        let next = page.last().filter(|_| rest.next().is_some()).map(|record| cursor(id(record)));
        Some(some(page.into_iter().map(one).collect(), next))
    }

    /// As in the sample, which is `{"id":"…"}` in base 64. [DZ-G, pagination]
    fn cursor(id: &str) -> String {
        STANDARD.encode([("id", Json::text(id))].into_iter().collect::<Json>().print())
    }

    fn named(cursor: &str) -> Option<String> {
        let bytes = STANDARD.decode(cursor).ok()?;
        text(&Json::parse(str::from_utf8(&bytes).ok()?).ok()?, "id")
    }

    /// A cursor that leads nowhere, or to what was removed since: not documented; an invalid parameter here.
    fn no_such_place() -> Reply {
        reply_json(400, [("detail", Json::text("Invalid request parameters"))])
    }

    /// [DZ-A, InvoicePaymentResponse] The members of `transaction` are documented nowhere, so it is left empty in lists
    /// too.
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

    /// [DZ-B, InvoiceResponse] The number is "assigned on finalize": a draft has none. The books keep one moment for
    /// when an invoice was made and changed.
    fn bill(seen: &Seen, invoice: &Entry) -> Vec<(&'static str, Json)> {
        let number = if invoice.state == State::Draft { Json::Null } else { Json::text(&invoice.number) };
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

    /// [DZ-G, transactions, key fields]
    fn transaction(transaction: &Transaction) -> Json {
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

    fn currency(transaction: &Transaction) -> Json {
        transaction.amount.map_or(Json::Null, |amount| Json::text(amount.currency().code()))
    }

    /// That an answer says what is allocated and what is left is documented, its members are not: these names are ours.
    fn shares(transaction: &Transaction, posted: &[Posted]) -> Json {
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

    /// [DZ-G, errors] Over-allocation: blocked, its status not documented; 400 here. A draft must be finalized first.
    fn refuse(refusal: &Refusal, operation: &Operation) -> Reply {
        let detail = |status, text: &str| reply_json(status, [("detail", Json::text(text))]);
        match refusal {
            Refusal::Throttled(_) => detail(429, "Too many requests"),
            Refusal::SignIn(_) => detail(401, "Not authenticated"),
            Refusal::NoInvoice | Refusal::NoPayment | Refusal::NoTransaction | Refusal::NoRoute(_) => {
                detail(404, "Resource not found")
            }
            Refusal::Method { .. } => detail(405, "Method Not Allowed"),
            Refusal::State(State::Draft) => detail(400, "Draft invoices must be finalized before they can be paid"),
            Refusal::State(_) => detail(409, "Duplicate or state conflict"),
            Refusal::Unreadable => {
                let item = item(("body", "body".to_owned()), "JSON decode error", "json_invalid");
                reply_json(422, [("detail", Json::Array(vec![item]))])
            }
            Refusal::Invalid(rejection) => {
                let rules = [Code::OverUnallocated, Code::TransactionNotIncome, Code::CurrencyMismatch];
                if let Some(issue) = rejection.issues().find(|issue| rules.contains(&issue.code)) {
                    return detail(400, &crate::message::Table::english().issue(issue));
                }
                let items = rejection.issues().map(|issue| {
                    let said = crate::message::Table::english().issue(issue);
                    item(place(operation, issue.field), &said, issue.code.text())
                });
                reply_json(422, [("detail", Json::Array(items.collect()))])
            }
        }
    }

    /// Where a field stands in a request.
    fn place(operation: &Operation, field: &str) -> (&'static str, String) {
        let known = operation.fields.iter().find(|known| known.name == field);
        match known.map(|known| known.place) {
            Some(Place::Query(name, _)) => ("query", name.to_owned()),
            Some(Place::Header(name)) => ("header", name.to_owned()),
            Some(Place::Body(name, _)) => ("body", name.to_owned()),
            Some(Place::Route) => {
                let snake = |c: char| [c.is_ascii_uppercase().then_some('_'), Some(c.to_ascii_lowercase())];
                ("path", field.chars().flat_map(snake).flatten().collect())
            }
            Some(Place::Unsent) | None => ("body", field.to_owned()),
        }
    }

    fn item((part, name): (&str, String), said: &str, kind: &str) -> Json {
        let loc = vec![Json::text(part), Json::text(name)];
        [("loc", Json::Array(loc)), ("msg", Json::text(said)), ("type", Json::text(kind))].into_iter().collect()
    }
}
