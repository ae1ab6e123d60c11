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

#[cfg(feature = "emulate")]
mod emulation;

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

/// The JSON of an answer that says yes, which has one status for each operation. [DZ-A] Errors have a `detail` that is a
/// sentence, or for 422 a list of `loc` and `msg`. [DZ-G, errors]
fn accepted(reply: &Reply, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    // A refusal has a status of its own. [DZ-G, errors] That a success could say no, with a payment or without one, is
    // documented nowhere: `success` is declared and never explained [DZ-B], so what was done stays open.
    let says_no = !matches!(json.get("success"), None | Some(Json::Bool(true)));
    let fails = says_no || json.get("detail").is_some() || held(&json).get("detail").is_some();
    let shows = text(held(&json), "id").is_some();
    let words = if fails || !reply.is_success() { words(&json) } else { Words::default() };
    Failure::unless_yes(reply, status, shows, fails, words)?;
    Ok(json)
}

/// What was asked for: bare [DZ-A], or in an envelope with `success`, `message`, `code` and `data` [DZ-B]. Which of the
/// two editions holds is known for no operation, so each is read either way.
fn held(json: &Json) -> &Json {
    json.get("data").filter(|_| json.get("success").is_some()).unwrap_or(json)
}

/// 201 with the payment, of which other objects have the identifier, and it alone the transaction. [DZ-A,
/// create_invoice_payment; InvoicePaymentResponse]
fn receipt(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 201)?;
    match (text(held(&json), "id"), text(held(&json), "transaction_id")) {
        (Some(id), Some(_)) => Ok(receipt_of(reply, Some(id))),
        _ => Err(Failure::unreadable(reply)),
    }
}

fn receipt_of(reply: &Reply, payment_id: Option<String>) -> Answer {
    Answer::Receipt(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() })
}

/// `success`, `message` and `code` [DZ-B]; the last two, at least, and counts of what succeeded and failed, in `data` or
/// beside it: the page does not say which [DZ-A]. A message alone says nothing, and a yes that counts a failure, or shows a
/// list, is none.
fn removed(reply: &Reply, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 200)?;
    let has_no = |name, none| {
        let given = [Some(&json), json.get("data")].map(|part| part?.get(name));
        given.into_iter().flatten().all(|given| *given == Json::Null || *given == none)
    };
    let counted = [Some(&json), json.get("data")].into_iter().flatten();
    let some = counted.filter_map(|part| part.get("succeeded")?.as_integer()).any(|count| count > 0);
    let yes = json.get("success") == Some(&Json::Bool(true)) || some;
    let all = has_no("failed", Json::integer(0)) && has_no("errors", Json::Array(Vec::new()));
    if yes && all && has_no("items", Json::Null) {
        return Ok(receipt_of(reply, None));
    }
    Err(Failure::unknown(reply, Cause::Unreadable, &words(&json)))
}

/// `items`, `next_cursor` and `has_more`. [DZ-G, pagination: all lists] One that does not say whether it is all there
/// is cannot be read: a payment would be taken for missing.
fn page<T>(reply: &Reply, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let json = accepted(reply, 200)?;
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
    let json = accepted(reply, 200)?;
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
