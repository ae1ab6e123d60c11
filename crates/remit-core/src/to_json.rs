//! The crate's data as JSON, for JavaScript.
//!
//! Amounts and moments are strings, never floats. The widget's events and the JavaScript binding both use these
//! functions, so their shapes are the same.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use crate::check::draft::Draft;
use crate::ledger::account_option::AccountOption;
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::Invoice;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::answer::{Answer, Next, Page};
use crate::operation::outcome::{Failure, Outcome, Reason};
use crate::payment::Payment;
use crate::provider::declaration::Provider;
use crate::report::finding::{Issue, Notice, Params};
use crate::report::message::Table;
use crate::schema::choice::{AcceptedCurrencies, Choice};
use crate::schema::field::{Field, Kind, When};
use crate::schema::name;
use crate::schema::values::Values;
use crate::wire::Request;
use crate::wire::json::Json;

fn object(mut members: impl AsMut<[(&'static str, Json)]>) -> Json {
    take_members(members.as_mut())
}

/// Builds an object of any size. It is not generic, so a browser loads it once.
fn take_members(members: &mut [(&'static str, Json)]) -> Json {
    let taken = members.iter_mut().map(|(name, value)| ((*name).to_owned(), mem::replace(value, Json::Null)));
    Json::Object(taken.collect())
}

/// A string, or `null`.
fn text_or_null(text: Option<impl Into<String>>) -> Json {
    text.map_or(Json::Null, Json::text)
}

fn params(params: &Params) -> Json {
    params.iter().map(|(name, param)| (*name, Json::text(param.to_string()))).collect()
}

fn finding(field: &'static str, code: &'static str, finding_params: &Params, message: String) -> Json {
    object([
        ("field", Json::text(field)),
        ("code", Json::text(code)),
        ("params", params(finding_params)),
        ("message", Json::text(message)),
    ])
}

/// `{field, code, params, message}`; `message` is the sentence in the reader's language.
#[must_use]
pub fn issue(issue: &Issue, message: String) -> Json {
    finding(issue.field, issue.code.as_str(), &issue.params, message)
}

/// `{field, code, params, message}`
#[must_use]
pub fn notice(notice: &Notice, message: String) -> Json {
    finding(notice.field, notice.code.as_str(), &notice.params, message)
}

/// An object with a string per field name.
#[must_use]
pub fn draft(draft: &Draft) -> Json {
    draft.iter().map(|(name, text)| (name, Json::text(text))).collect()
}

/// `{invoiceId, amount, currency, paidAt, fields}`; parsing the draft `fields` returns this payment.
#[must_use]
pub fn payment(payment: &Payment, values: &Values) -> Json {
    object([
        ("invoiceId", Json::text(&payment.invoice_id)),
        ("amount", Json::text(payment.amount.to_decimal_string())),
        ("currency", text_or_null(values.text(name::CURRENCY))),
        ("paidAt", text_or_null(payment.paid_at.map(|at| at.rfc3339()))),
        ("fields", draft(&Draft::from(values))),
    ])
}

/// `{method, path, headers, body}`, without credentials.
#[must_use]
pub fn request(request: &Request) -> Json {
    object([
        ("method", Json::text(request.method.name())),
        ("path", Json::text(&request.path)),
        ("headers", request.headers.iter().map(|(name, value)| (name, Json::text(value))).collect()),
        ("body", Json::text(&request.body)),
    ])
}

/// `{state, …}`, where `state` is `recorded`, `refused`, `not-sent` or `unknown`.
#[must_use]
pub fn outcome(outcome: &Outcome) -> Json {
    let unconfirmed = |state, reason: &Reason| {
        let words = text_or_null(reason.words.as_deref());
        object([("state", Json::text(state)), ("code", Json::text(reason.cause.as_str())), ("words", words)])
    };
    match outcome {
        Outcome::Recorded(receipt) => object([
            ("state", Json::text("recorded")),
            ("paymentId", text_or_null(receipt.payment_id.as_deref())),
            ("balance", text_or_null(receipt.balance.map(|money| money.to_decimal_string()))),
            ("paid", text_or_null(receipt.paid.map(|money| money.to_decimal_string()))),
            ("currency", text_or_null(receipt.balance.or(receipt.paid).map(|money| money.currency().code()))),
            ("status", text_or_null(receipt.status.as_deref())),
            ("raw", Json::text(&receipt.raw)),
        ]),
        Outcome::Refused(problem) => object([
            ("state", Json::text("refused")),
            ("code", Json::text(problem.code.as_str())),
            ("field", text_or_null(problem.field)),
            ("words", text_or_null(problem.words.as_deref())),
            ("providerCode", text_or_null(problem.provider_code.as_deref())),
            ("retryAfter", problem.retry_after.map_or(Json::Null, |seconds| Json::integer(seconds.into()))),
        ]),
        Outcome::NotSent(reason) => unconfirmed("not-sent", reason),
        Outcome::Unknown(reason) => unconfirmed("unknown", reason),
    }
}

/// The answer to any operation: `{state, …}`.
///
/// A recorded change, a refusal and an unknown outcome have the shape of [`outcome`]. Otherwise `state` is `answered`,
/// and the object has one of `payments`, `payment`, `invoices`, `invoice`, `transactions`, `transaction` and `options`,
/// and for lists `next`, which is `{at}` or `{following: true}` if there are more pages.
#[must_use]
pub fn answered(answered: &Result<Answer, Failure>) -> Json {
    fn list<T>(page: &Page<T>, one: fn(&T) -> Json) -> (Json, Json) {
        let next = match &page.next {
            None => Json::Null,
            Some(Next::Following) => object([("following", Json::Bool(true))]),
            Some(Next::At(place)) => object([("at", Json::text(place))]),
        };
        (Json::Array(page.items.iter().map(one).collect()), next)
    }
    let (name, (value, next)) = match answered {
        Err(failure) => return outcome(&failure.clone().into()),
        Ok(Answer::Receipt(receipt)) => return outcome(&Outcome::Recorded(receipt.clone())),
        Ok(Answer::Payments(page)) => ("payments", list(page, recorded)),
        Ok(Answer::Invoices(page)) => ("invoices", list(page, invoice)),
        Ok(Answer::Transactions(page)) => ("transactions", list(page, transaction)),
        Ok(Answer::Payment(payment)) => ("payment", (recorded(payment), Json::Null)),
        Ok(Answer::Invoice(shown)) => ("invoice", (invoice(shown), Json::Null)),
        Ok(Answer::Allocations(shown)) => ("transaction", (transaction(shown), Json::Null)),
        Ok(Answer::Options(options)) => {
            let one = |option: &AccountOption| {
                object([("id", Json::text(&option.id)), ("name", Json::text(&option.name))])
            };
            ("options", (Json::Array(options.iter().map(one).collect()), Json::Null))
        }
        Ok(Answer::Pong) => return object([("state", Json::text("answered"))]),
    };
    object([("state", Json::text("answered")), (name, value), ("next", next)])
}

fn amount(money: Option<Money>) -> Json {
    text_or_null(money.map(|money| money.to_decimal_string()))
}

/// `{id, amount, currency, paidAt, note, by, transactionId, receiptNumber}`
#[must_use]
pub fn recorded(payment: &RecordedPayment) -> Json {
    object([
        ("id", Json::text(&payment.id)),
        ("amount", amount(payment.amount)),
        ("currency", text_or_null(payment.amount.map(|money| money.currency().code()))),
        ("paidAt", text_or_null(payment.paid_at.map(|at| at.rfc3339()))),
        ("note", text_or_null(payment.note.as_deref())),
        ("by", text_or_null(payment.by.as_deref())),
        ("transactionId", text_or_null(payment.transaction_id.as_deref())),
        ("receiptNumber", text_or_null(payment.receipt_number.as_deref())),
    ])
}

/// `{id, number, currency, amount, balance, state, issued}`
#[must_use]
pub fn invoice(invoice: &Invoice) -> Json {
    object([
        ("id", Json::text(&invoice.id)),
        ("number", text_or_null(invoice.number.as_deref())),
        ("currency", Json::text(invoice.currency.code())),
        ("amount", amount(invoice.amount)),
        ("balance", amount(invoice.balance)),
        ("state", text_or_null(invoice.state.map(|state| state.as_str()))),
        ("issued", text_or_null(invoice.issued.map(|at| at.rfc3339()))),
    ])
}

/// `{id, amount, unallocated, currency, at, description}`
#[must_use]
pub fn transaction(transaction: &BankTransaction) -> Json {
    let currency = transaction.amount.or(transaction.unallocated).map(|money| money.currency().code());
    object([
        ("id", Json::text(&transaction.id)),
        ("amount", amount(transaction.amount)),
        ("unallocated", amount(transaction.unallocated)),
        ("currency", text_or_null(currency)),
        ("at", text_or_null(transaction.at.map(|at| at.rfc3339()))),
        ("description", text_or_null(transaction.description.as_deref())),
    ])
}

/// `{id, name, fields: [{name, label, kind, required, when, …limits}]}`: the fields of a form, in its order.
#[must_use]
pub fn provider(provider: &Provider) -> Json {
    let table = Table::english();
    let fields = provider.payment.fields.iter().map(|one| field(one, &table)).collect();
    object([
        ("id", Json::text(provider.id)),
        ("name", Json::text(provider.name)),
        ("fields", Json::Array(fields)),
    ])
}

/// The name of a field's kind, and its limits. `unit` is the unit of a number, where it has one. The choices are not part of it.
#[must_use]
pub fn kind(kind: &Kind) -> (&'static str, Vec<(&'static str, Json)>) {
    let size = |size: usize| Json::Number(size.to_string());
    match *kind {
        Kind::Id { max } => ("id", vec![("max", size(max))]),
        Kind::Uuid => ("uuid", vec![]),
        Kind::Transaction => ("transaction", vec![]),
        Kind::Integer { min, max } => {
            ("integer", vec![("min", Json::text(min.to_string())), ("max", Json::text(max.to_string()))])
        }
        Kind::Integers => ("integers", vec![]),
        Kind::Currency(_) => ("currency", vec![]),
        Kind::Amount { min } => {
            ("amount", vec![("unit", Json::text("currency")), ("minMinorUnits", Json::integer(min))])
        }
        Kind::Percentage => (
            "percentage",
            vec![
                ("unit", Json::text("percent")),
                ("max", Json::integer(100)),
                ("decimals", Json::integer(4)),
            ],
        ),
        Kind::Instant => ("moment", vec![]),
        Kind::Text { max, lines } => ("text", vec![("max", size(max)), ("lines", Json::Bool(lines))]),
        Kind::Choice(_) => ("choice", vec![]),
    }
}

/// The choices of a field that has them. `decimals` is the number of decimals of an amount in a currency.
fn choices(kind: &Kind, table: &Table) -> Option<Json> {
    match kind {
        Kind::Currency(currencies) => {
            let one = |currency: Currency| {
                let decimals = ("decimals", Json::integer(currency.exponent().into()));
                let [value, label] = choice(currency.code(), currency.code().to_owned());
                object([value, label, decimals])
            };
            let accepted = match currencies {
                // In declaration order.
                AcceptedCurrencies::Only(codes) => {
                    codes.iter().filter_map(|code| Currency::parse(code).ok()).map(one).collect()
                }
                _ => Currency::all().filter(|currency| currencies.includes(*currency)).map(one).collect(),
            };
            Some(Json::Array(accepted))
        }
        Kind::Choice(choices) => {
            let one = |item: &Choice| object(choice(item.value, table.word("choice", item.value)));
            Some(Json::Array(choices.iter().map(one).collect()))
        }
        _ => None,
    }
}

/// A field's kind, limits, choices and condition.
fn field(field: &Field, table: &Table) -> Json {
    let (kind, limits) = kind(&field.kind);
    let when = match field.when {
        When::Always => Json::Null,
        When::Equals(other, value) => object([("field", Json::text(other)), ("equals", Json::text(value))]),
        When::Absent(other) => object([("field", Json::text(other)), ("absent", Json::Bool(true))]),
    };
    let mut members = vec![
        ("name", Json::text(field.name)),
        ("label", Json::text(table.word("field", field.name))),
        ("kind", Json::text(kind)),
        ("required", Json::Bool(field.required)),
        ("when", when),
    ];
    members.extend(limits);
    members.extend(choices(&field.kind, table).map(|choices| ("choices", choices)));
    object(members)
}

fn choice(value: &'static str, label: String) -> [(&'static str, Json); 2] {
    [("value", Json::text(value)), ("label", Json::text(label))]
}
