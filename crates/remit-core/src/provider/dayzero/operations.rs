//! DayZero: JSON, cents, and a bank transaction behind every payment.
//!
//! Sources: DZ-A and DZ-B are two editions of the reference (www.ondayzero.com and ondayzero.com), DZ-G its guides.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::{Invoice, InvoiceState};
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::answer::{Answer, Next, Page};
use crate::operation::body::Body;
use crate::operation::outcome::{Cause, Failure, ProblemCode, Receipt, RefusalText};
use crate::report::rejection::Findings;
use crate::schema::choice::AcceptedCurrencies;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{Amount, Count, CurrencyOf, Line, List, Moment, TransactionId, Uuid};
use crate::schema::values::Values;
use crate::time::instant::Instant;
use crate::time::zone::Zone;
use crate::wire::Response;
use crate::wire::json::Json;

pub(super) const BUSINESS: &str = "x-business-id";

/// The operations besides recording a payment.
pub(super) const OPERATIONS: &[Operation] = operations![
    ListPayments::OPERATION,
    DeletePayment::OPERATION,
    // Before the one invoice, which is asked for at the same path.
    #[cfg(feature = "complete")]
    ListInvoices::OPERATION,
    GetInvoice::OPERATION,
    ListTransactions::OPERATION,
    Allocations::OPERATION,
];

operation! {
    /// A bank transaction linked as a payment against a DayZero invoice. [DZ-A, create_invoice_payment]
    Payment = RecordPayment, Post "/api/v1/invoices/{invoiceId}/payments", Body::Json, rules, receipt {
        /// The business that the invoice belongs to. The provider needs it; a relay adds it where it is missing here.
        /// [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice that is paid. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Location::Route;
        /// The bank transaction that the payment came in with. [DZ-A, `transaction_id`]
        transaction_id "transactionId": TransactionId => Location::Body("transaction_id", Encoding::Text);
        /// The invoice's currency. [DZ-A, `currency`: USD, CAD, AUD, EUR or GBP]
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// When it was paid; the transaction's date where it is left out. [DZ-A, `paid_on`]
        paid_at "paidAt": Option<Moment> => Location::Body("paid_on", Encoding::Rfc3339);
        /// How much of the transaction goes to this invoice, in cents, more than 0. [DZ-A, `amount`]
        amount "amount": Amount => Location::Body("amount", Encoding::Minor);
    }
}

operation! {
    /// The payments of an invoice, the newest first. [DZ-A, list_invoice_payments; DZ-G, pagination]
    ListPayments = ListPayments, Get "/api/v1/invoices/{invoiceId}/payments", Body::Empty, rules::nothing, payments {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Location::Route;
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// How many payments a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// A payment unlinked from its invoice, whose status follows. [DZ-A, delete_invoice_payment]
    DeletePayment = DeletePayment, Delete "/api/v1/invoices/{invoiceId}/payments/{paymentId}", Body::Empty, rules::nothing, removed {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Location::Route;
        /// The payment. [DZ-A, path]
        payment_id "paymentId": Uuid => Location::Route;
    }
}

operation! {
    /// The invoices of a business, the newest first. [DZ-A, get_invoices; DZ-G, pagination]
    ListInvoices = ListInvoices, Get "/api/v1/invoices", Body::Empty, rules::nothing, invoices {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// How many invoices a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// An invoice. No path of its own is documented for reading one: it is the list, filtered. [DZ-A, get_invoices]
    GetInvoice = GetInvoice, Get "/api/v1/invoices", Body::Empty, rules::nothing, invoice {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice. [DZ-A, get_invoices, `id`: "Filter by specific invoice UUID"]
        invoice_id "invoiceId": Uuid => Location::Query("id", Encoding::Text);
    }
}

operation! {
    /// The bank transactions of a business, the newest first; money that went out as well. [DZ-G, transactions]
    ListTransactions = ListTransactions, Get "/api/v1/transactions", Body::Empty, rules::nothing, transactions {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// Where the page begins: what the one before gave as `next_cursor`. No limit is documented; ours is far beyond
        /// the sample. [DZ-G, pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// How many transactions a page has; 50 where it is left out, 1,000 at most. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// How much of a bank transaction is left for invoices and bills. [DZ-B, get_transaction_allocations]
    Allocations = Allocations, Get "/api/v1/transactions/{transactionId}/allocations", Body::Empty, rules::nothing, allocations {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The transaction. [DZ-B, path]
        transaction_id "transactionId": TransactionId => Location::Route;
    }
}

/// The five that the page names.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::Only(&["USD", "CAD", "AUD", "EUR", "GBP"]);
}

/// At most what is left on the transaction; more than the invoice's balance is permitted. [DZ-A, `amount`]
pub(super) fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_told(values, context, found);
    rules::allocation(values, context, found);
}

/// A draft must be finalized before it can be paid, and what is void is not owed. [DZ-G, invoice statuses]
pub(super) const PAYABLE: &[InvoiceState] = &[InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// [DZ-G, invoice statuses] One page writes `partially-paid`, another `paid`.
pub(super) const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Draft, "draft"),
    (InvoiceState::Open, "open"),
    (InvoiceState::Partial, "partially_paid"),
    (InvoiceState::Paid, "manual_paid"),
    (InvoiceState::Void, "void"),
    (InvoiceState::Partial, "partially-paid"),
    (InvoiceState::Paid, "stripe_paid"),
    (InvoiceState::Paid, "paid"),
    (InvoiceState::Void, "uncollectible"),
];

/// The JSON of an answer that says yes, which has one status for each operation. [DZ-A] Errors have a `detail` that is a
/// sentence, or for 422 a list of `loc` and `msg`. [DZ-G, errors]
pub(super) fn accepted(reply: &Response, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    // A refusal has a status of its own. [DZ-G, errors] That a success could say no, with a payment or without one, is
    // documented nowhere: `success` is declared and never explained [DZ-B], so what was done stays open.
    let says_no = !matches!(json.get("success"), None | Some(Json::Bool(true)));
    let fails = says_no || json.get("detail").is_some() || unwrap_envelope(&json).get("detail").is_some();
    let shows = text(unwrap_envelope(&json), "id").is_some();
    let words = if fails || !reply.is_success() { words(&json) } else { RefusalText::default() };
    Failure::require_success(reply, status, shows, fails, words)?;
    Ok(json)
}

/// What was asked for: bare [DZ-A], or in an envelope with `success`, `message`, `code` and `data` [DZ-B]. Which of the
/// two editions holds is known for no operation, so each is read either way.
pub(super) fn unwrap_envelope(json: &Json) -> &Json {
    json.get("data").filter(|_| json.get("success").is_some()).unwrap_or(json)
}

/// 201 with the payment, of which other objects have the identifier, and it alone the transaction. [DZ-A,
/// create_invoice_payment; InvoicePaymentResponse]
pub(super) fn receipt(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 201)?;
    match (text(unwrap_envelope(&json), "id"), text(unwrap_envelope(&json), "transaction_id")) {
        (Some(id), Some(_)) => Ok(receipt_of(reply, Some(id))),
        _ => Err(Failure::unreadable(reply)),
    }
}

pub(super) fn receipt_of(reply: &Response, payment_id: Option<String>) -> Answer {
    Answer::Receipt(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() })
}

/// `success`, `message` and `code` [DZ-B]; the last two, at least, and counts of what succeeded and failed, in `data` or
/// beside it: the page does not say which [DZ-A]. A message alone says nothing, and a yes that counts a failure, or shows a
/// list, is none.
pub(super) fn removed(reply: &Response, _: Currency) -> Result<Answer, Failure> {
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
pub(super) fn page<T>(reply: &Response, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let json = accepted(reply, 200)?;
    let list = unwrap_envelope(&json);
    let items = list.get("items").and_then(Json::as_array);
    let items =
        items.and_then(|items| items.iter().map(one).collect()).ok_or_else(|| Failure::unreadable(reply))?;
    let next = match (list.get("has_more"), text(list, "next_cursor")) {
        (Some(Json::Bool(false)), _) => None,
        (None | Some(Json::Bool(true)), Some(cursor)) => Some(Next::At(cursor)),
        _ => return Err(Failure::unreadable(reply)),
    };
    Ok(Page { items, next })
}

pub(super) fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The currency that is named, `unnamed` where none is, and no currency at all where it is none that is known.
pub(super) fn currency_of(json: &Json, unnamed: Currency) -> Currency {
    match json.get("currency") {
        None | Some(Json::Null) => unnamed,
        Some(named) => {
            named.as_text().and_then(|code| Currency::parse(code).ok()).unwrap_or(Currency::UNSTATED)
        }
    }
}

/// Cents. What they would be in a currency that has none is not known.
pub(super) fn cents(minor: i64, currency: Currency) -> Option<Money> {
    AcceptedCurrencies::TwoDecimals.includes(currency).then(|| Money::from_minor(minor, currency))
}

pub(super) fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    cents(json.get(name)?.as_integer()?, currency)
}

pub(super) fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::read(json.get(name)?.as_text()?, Zone::Unknown).ok().map(|reading| reading.instant)
}

/// [DZ-A, InvoicePaymentResponse]
pub(super) fn payments(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(RecordedPayment {
            paid_at: moment(json, "paid_on"),
            transaction_id: text(json, "transaction_id"),
            ..RecordedPayment::new(text(json, "id")?, money(json, "amount", currency_of(json, currency)))
        })
    };
    page(reply, one).map(Answer::Payments)
}

/// [DZ-A, get_invoices]
pub(super) fn invoices(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    page(reply, invoice_in).map(Answer::Invoices)
}

/// The list, filtered: of one, or of none, which is how a filter says that there is no such invoice. More than one
/// shows that it was not filtered.
pub(super) fn invoice(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let Page { mut items, next } = page(reply, invoice_in)?;
    match (items.pop(), items.is_empty() && next.is_none()) {
        (Some(invoice), true) => Ok(Answer::Invoice(invoice)),
        (None, true) => Err(Failure::refused(reply, ProblemCode::NotFound, RefusalText::default())),
        _ => Err(Failure::unreadable(reply)),
    }
}

/// [DZ-B, InvoiceResponse] It has no date of issue: `created_at` is the draft's. Where it names no currency, none is
/// guessed.
pub(super) fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency =
        Some(currency_of(json, Currency::UNSTATED)).filter(|named| *named != Currency::UNSTATED)?;
    Some(Invoice {
        number: text(json, "number"),
        amount: money(json, "total", currency),
        balance: money(json, "balance_due", currency),
        state: json.get("status").and_then(Json::as_text).and_then(|word| InvoiceState::of(word, STATES)),
        ..Invoice::new(text(json, "id")?, currency)
    })
}

/// [DZ-G, transactions] Each in the currency that it names: it need not be the invoice's. What is left of it, only
/// [`Allocations`] says.
pub(super) fn transactions(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(BankTransaction {
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
pub(super) fn allocations(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, 200)?;
    let json = unwrap_envelope(&json);
    let read = || {
        let minor = |names: [&str; 3]| names.iter().find_map(|name| json.get(name)?.as_integer());
        let whole = minor(["transaction_amount", "total_amount", "amount"]);
        let left = minor(["unallocated_amount", "remaining_amount", "remaining_unallocated"])
            .or_else(|| whole?.checked_sub(minor(["allocated_amount", "total_allocated", "allocated"])?))?;
        let currency = currency_of(json, currency);
        Some(BankTransaction {
            id: text(json, "transaction_id").or_else(|| text(json, "id"))?,
            amount: whole.and_then(|minor| cents(minor, currency)),
            unallocated: cents(left, currency),
            at: None,
            description: None,
        })
    };
    read().map(Answer::Allocations).ok_or_else(|| Failure::unreadable(reply))
}

pub(super) fn words(json: &Json) -> RefusalText {
    let detail = json.get("detail");
    let Some(first) = detail.and_then(Json::as_array).and_then(<[Json]>::first) else {
        let said = detail.or_else(|| json.get("message")).and_then(Json::as_text).map(str::to_owned);
        let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
        return RefusalText { said, code, field: None };
    };
    let last = first.get("loc").and_then(Json::as_array).and_then(<[Json]>::last).and_then(Json::scalar);
    RefusalText {
        said: first.get("msg").and_then(Json::as_text).map(str::to_owned),
        code: first.get("type").and_then(Json::as_text).map(str::to_owned),
        // The payment's own names come first, and no operation has another meaning for one of them.
        field: last.and_then(|name| {
            core::iter::once(&Payment::OPERATION)
                .chain(OPERATIONS)
                .find_map(|operation| operation.field_on_wire(name))
        }),
    }
}
