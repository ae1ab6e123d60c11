//! DayZero's operations: their fields and rules, and reading their responses. The sources are listed in [`super`].

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
use crate::wire::Response;
use crate::wire::json::Json;

pub(super) const BUSINESS: &str = "x-business-id";

/// The operations besides recording a payment.
pub(super) const OPERATIONS: &[Operation] = operations![
    ListPayments::OPERATION,
    DeletePayment::OPERATION,
    // Before `GetInvoice`, which has the same path: reading a request finds the first match.
    #[cfg(feature = "complete")]
    ListInvoices::OPERATION,
    GetInvoice::OPERATION,
    ListTransactions::OPERATION,
    Allocations::OPERATION,
];

operation! {
    /// A bank transaction linked as a payment against a DayZero invoice. [DZ-A, create_invoice_payment]
    Payment = RecordPayment, Post "/api/v1/invoices/{invoiceId}/payments", Body::Json, rules, receipt {
        /// The business that the invoice belongs to. The provider requires it; a relay adds it if it is missing. [DZ-G,
        /// authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice that is paid. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Location::Route;
        /// The bank transaction that brought in the payment. [DZ-A, `transaction_id`]
        transaction_id "transactionId": TransactionId => Location::Body("transaction_id", Encoding::Text);
        /// The invoice's currency. [DZ-A, `currency`: USD, CAD, AUD, EUR or GBP]
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// When the payment was made; defaults to the transaction's date. [DZ-A, `paid_on`]
        paid_at "paidAt": Option<Moment> => Location::Body("paid_on", Encoding::Rfc3339);
        /// The amount of the transaction that is allocated to this invoice, in cents, more than 0. [DZ-A, `amount`]
        amount "amount": Amount => Location::Body("amount", Encoding::Minor);
    }
}

operation! {
    /// The payments of an invoice, newest first. [DZ-A, list_invoice_payments; DZ-G, pagination]
    ListPayments = ListPayments, Get "/api/v1/invoices/{invoiceId}/payments", Body::Empty, rules::nothing, payments {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice. [DZ-A, path]
        invoice_id "invoiceId": Uuid => Location::Route;
        /// The `next_cursor` of the previous page. No limit is documented; ours is far beyond the sample. [DZ-G,
        /// pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// The number of payments on a page; defaults to 50, at most 1,000. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// Unlinking a payment from its invoice, whose status is updated. [DZ-A, delete_invoice_payment]
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
    /// The invoices of a business, newest first. [DZ-A, get_invoices; DZ-G, pagination]
    ListInvoices = ListInvoices, Get "/api/v1/invoices", Body::Empty, rules::nothing, invoices {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The `next_cursor` of the previous page. No limit is documented; ours is far beyond the sample. [DZ-G,
        /// pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// The number of invoices on a page; defaults to 50, at most 1,000. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// An invoice. No path for a single invoice is documented, so the list is filtered by its identifier. [DZ-A,
    /// get_invoices]
    GetInvoice = GetInvoice, Get "/api/v1/invoices", Body::Empty, rules::nothing, invoice {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The invoice. [DZ-A, get_invoices, `id`: "Filter by specific invoice UUID"]
        invoice_id "invoiceId": Uuid => Location::Query("id", Encoding::Text);
    }
}

operation! {
    /// The bank transactions of a business, incoming and outgoing, newest first. [DZ-G, transactions]
    ListTransactions = ListTransactions, Get "/api/v1/transactions", Body::Empty, rules::nothing, transactions {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The `next_cursor` of the previous page. No limit is documented; ours is far beyond the sample. [DZ-G,
        /// pagination, `cursor`]
        page "page": Option<Line<1000>> => Location::Query("cursor", Encoding::Text);
        /// The number of transactions on a page; defaults to 50, at most 1,000. [DZ-G, pagination, `limit`]
        page_size "pageSize": Option<Count<1000>> => Location::Query("limit", Encoding::Integer);
    }
}

operation! {
    /// The amount of a bank transaction that is not yet allocated to invoices and bills. [DZ-B,
    /// get_transaction_allocations]
    Allocations = Allocations, Get "/api/v1/transactions/{transactionId}/allocations", Body::Empty, rules::nothing, allocations {
        /// The business. [DZ-G, authentication]
        business_id "businessId": Option<Uuid> => Location::Header(BUSINESS);
        /// The transaction. [DZ-B, path]
        transaction_id "transactionId": TransactionId => Location::Route;
    }
}

/// The five documented currencies.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::Only(&["USD", "CAD", "AUD", "EUR", "GBP"]);
}

/// The amount is at most the transaction's unallocated amount; it may exceed the invoice's balance. [DZ-A, `amount`]
pub(super) fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_noticed(values, context, found);
    rules::allocation(values, context, found);
}

/// The states that accept payments. A draft must be finalized before it can be paid, and a void invoice is not owed.
/// [DZ-G, invoice statuses]
pub(super) const PAYABLE: &[InvoiceState] = &[InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// The words for the states. [DZ-G, invoice statuses] One page has `partially-paid`, another `paid`.
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

/// The JSON of a response that confirms the request. Each operation has one status for that. [DZ-A] Errors have a
/// `detail`: a sentence, or for 422 a list of `loc` and `msg`. [DZ-G, errors]
pub(super) fn accepted(response: &Response, status: u16) -> Result<Json, Failure> {
    let json = Json::parse(&response.body).unwrap_or(Json::Null);
    // Refusals have their own statuses. [DZ-G, errors] `success` is declared but not explained [DZ-B]: a success status
    // with `success: false` is not documented, so its outcome is unknown.
    let is_denied = !matches!(json.get("success"), None | Some(Json::Bool(true)));
    let has_error =
        is_denied || json.get("detail").is_some() || unwrap_envelope(&json).get("detail").is_some();
    let has_record = unwrap_envelope(&json).text_at("id").is_some();
    let refusal =
        if has_error || !response.is_success() { refusal_text(&json) } else { RefusalText::default() };
    Failure::require_success(response, status, has_record, has_error, refusal)?;
    Ok(json)
}

/// The data of a response: the entire body [DZ-A], or `data` in an envelope with `success`, `message` and `code`
/// [DZ-B]. It is not known for any operation which of the two editions is right, so both forms are accepted.
pub(super) fn unwrap_envelope(json: &Json) -> &Json {
    json.get("data").filter(|_| json.get("success").is_some()).unwrap_or(json)
}

/// Reads 201 with the payment. An object without `transaction_id` is not a payment. [DZ-A, create_invoice_payment;
/// InvoicePaymentResponse]
pub(super) fn receipt(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 201)?;
    match (
        unwrap_envelope(&json).text_at("id").map(str::to_owned),
        unwrap_envelope(&json).text_at("transaction_id").map(str::to_owned),
    ) {
        (Some(id), Some(_)) => Ok(receipt_of(response, Some(id))),
        _ => Err(Failure::unreadable(response)),
    }
}

pub(super) fn receipt_of(response: &Response, payment_id: Option<String>) -> Answer {
    Answer::Receipt(Receipt { payment_id, raw: response.body.clone(), ..Receipt::default() })
}

/// Reads the confirmation of a removal: `success`, `message` and `code` [DZ-B]; or `message`, `code` and counts of
/// successes and failures, in `data` or at the top level, which the page leaves open [DZ-A]. A message alone confirms
/// nothing, and neither does a success with a failure count or a list.
pub(super) fn removed(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let has_no = |name, none| {
        let values = [Some(&json), json.get("data")].map(|part| part?.get(name));
        values.into_iter().flatten().all(|value| *value == Json::Null || *value == none)
    };
    let parts = [Some(&json), json.get("data")].into_iter().flatten();
    let any_succeeded = parts.filter_map(|part| part.get("succeeded")?.as_integer()).any(|count| count > 0);
    let is_success = json.get("success") == Some(&Json::Bool(true)) || any_succeeded;
    let none_failed = has_no("failed", Json::integer(0)) && has_no("errors", Json::Array(Vec::new()));
    if is_success && none_failed && has_no("items", Json::Null) {
        return Ok(receipt_of(response, None));
    }
    Err(Failure::unknown(response, Cause::Unreadable, &refusal_text(&json)))
}

/// Reads `items`, `next_cursor` and `has_more`. [DZ-G, pagination: all lists] A list that does not state whether it is
/// complete is not accepted: a recorded payment could be on the next page.
pub(super) fn page<T>(response: &Response, one: impl Fn(&Json) -> Option<T>) -> Result<Page<T>, Failure> {
    let json = accepted(response, 200)?;
    let list = unwrap_envelope(&json);
    let items = list.get("items").and_then(Json::as_array);
    let items = items
        .and_then(|items| items.iter().map(one).collect())
        .ok_or_else(|| Failure::unreadable(response))?;
    let next = match (list.get("has_more"), list.text_at("next_cursor").map(str::to_owned)) {
        (Some(Json::Bool(false)), _) => None,
        (None | Some(Json::Bool(true)), Some(cursor)) => Some(Next::At(cursor)),
        _ => return Err(Failure::unreadable(response)),
    };
    Ok(Page { items, next })
}

/// The object's currency: `default` if it names none, and [`Currency::UNSTATED`] if the code is not known.
pub(super) fn currency_of(json: &Json, default: Currency) -> Currency {
    match json.get("currency") {
        None | Some(Json::Null) => default,
        Some(code) => {
            code.as_text().and_then(|code| Currency::parse(code).ok()).unwrap_or(Currency::UNSTATED)
        }
    }
}

/// An amount in cents; `None` without two decimals, since the unit is not documented then.
pub(super) fn cents(minor: i64, currency: Currency) -> Option<Money> {
    AcceptedCurrencies::TwoDecimals.includes(currency).then(|| Money::from_minor(minor, currency))
}

pub(super) fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    cents(json.get(name)?.as_integer()?, currency)
}

pub(super) fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::from_wire(json.get(name)?.as_text()?)
}

/// Reads payments. [DZ-A, InvoicePaymentResponse]
pub(super) fn payments(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(RecordedPayment {
            paid_at: moment(json, "paid_on"),
            transaction_id: json.text_at("transaction_id").map(str::to_owned),
            ..RecordedPayment::new(json.text_at("id")?, money(json, "amount", currency_of(json, currency)))
        })
    };
    page(response, one).map(Answer::Payments)
}

/// Reads invoices. [DZ-A, get_invoices]
pub(super) fn invoices(response: &Response, _: Currency) -> Result<Answer, Failure> {
    page(response, invoice_in).map(Answer::Invoices)
}

/// Reads the filtered list. An empty list means that the invoice does not exist. More than one invoice means that the
/// list was not filtered, and is not accepted.
pub(super) fn invoice(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let Page { mut items, next } = page(response, invoice_in)?;
    match (items.pop(), items.is_empty() && next.is_none()) {
        (Some(invoice), true) => Ok(Answer::Invoice(invoice)),
        (None, true) => Err(Failure::refused(response, ProblemCode::NotFound, RefusalText::default())),
        _ => Err(Failure::unreadable(response)),
    }
}

/// Reads an invoice; `None` without a known currency. [DZ-B, InvoiceResponse] It has no date of issue: `created_at` is
/// the draft's.
pub(super) fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency =
        Some(currency_of(json, Currency::UNSTATED)).filter(|currency| *currency != Currency::UNSTATED)?;
    Some(Invoice {
        number: json.text_at("number").map(str::to_owned),
        amount: money(json, "total", currency),
        balance: money(json, "balance_due", currency),
        state: json.get("status").and_then(Json::as_text).and_then(|word| InvoiceState::of(word, STATES)),
        ..Invoice::new(json.text_at("id")?, currency)
    })
}

/// Reads bank transactions. [DZ-G, transactions] A transaction's currency may differ from the invoice's. Only
/// [`Allocations`] shows the unallocated amount.
pub(super) fn transactions(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let one = |json: &Json| {
        Some(BankTransaction {
            id: json.text_at("id").map(str::to_owned)?,
            amount: money(json, "amount", currency_of(json, Currency::UNSTATED)),
            unallocated: None,
            at: moment(json, "datetime"),
            description: json.text_at("description").map(str::to_owned),
        })
    };
    page(response, one).map(Answer::Transactions)
}

/// Reads the unallocated amount of a bank transaction, in cents: "How much of a transaction has been allocated to
/// invoices/bills and the remaining unallocated balance". [DZ-B, get_transaction_allocations] The members are not
/// documented, so several likely names are tried. A response without any of them is not accepted.
pub(super) fn allocations(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, 200)?;
    let json = unwrap_envelope(&json);
    let read = || {
        let minor = |names: [&str; 3]| names.iter().find_map(|name| json.get(name)?.as_integer());
        let whole = minor(["transaction_amount", "total_amount", "amount"]);
        let left = minor(["unallocated_amount", "remaining_amount", "remaining_unallocated"])
            .or_else(|| whole?.checked_sub(minor(["allocated_amount", "total_allocated", "allocated"])?))?;
        let currency = currency_of(json, currency);
        Some(BankTransaction {
            id: json
                .text_at("transaction_id")
                .map(str::to_owned)
                .or_else(|| json.text_at("id").map(str::to_owned))?,
            amount: whole.and_then(|minor| cents(minor, currency)),
            unallocated: cents(left, currency),
            at: None,
            description: None,
        })
    };
    read().map(Answer::Allocations).ok_or_else(|| Failure::unreadable(response))
}

/// The message, code and field of a refusal.
pub(super) fn refusal_text(json: &Json) -> RefusalText {
    let detail = json.get("detail");
    let Some(first) = detail.and_then(Json::as_array).and_then(<[Json]>::first) else {
        let words = detail.or_else(|| json.get("message")).and_then(Json::as_text).map(str::to_owned);
        let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
        return RefusalText { words, code, field: None };
    };
    let last = first.get("loc").and_then(Json::as_array).and_then(<[Json]>::last).and_then(Json::scalar);
    RefusalText {
        words: first.get("msg").and_then(Json::as_text).map(str::to_owned),
        code: first.get("type").and_then(Json::as_text).map(str::to_owned),
        // The payment's fields come first. No other operation has a field of the same name with another meaning.
        field: last.and_then(|name| {
            core::iter::once(&Payment::OPERATION)
                .chain(OPERATIONS)
                .find_map(|operation| operation.field_on_wire(name))
        }),
    }
}
