//! Rules across fields and what the caller knows. A provider's page picks the ones that its provider has.

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::InvoiceState;
use crate::money::Money;
use crate::report::codes::{Code, NoticeCode};
use crate::report::finding::Param;
use crate::report::rejection::Findings;
use crate::schema::field::{Field, Kind};
use crate::schema::name;
use crate::schema::values::Values;
use crate::text::digits;
use crate::time::zone::Zone;

/// The rules of an operation across its fields, and against what the caller knows.
pub type Rules = fn(&Values, &Context, &mut Findings);

/// The payment is in the invoice's currency, and against the invoice that was given. True of every provider.
pub(crate) fn currency(values: &Values, context: &Context, found: &mut Findings) {
    let Some(invoice) = &context.invoice else { return };
    for (field, value) in values.iter() {
        let Some(value) = value else { continue };
        let (code, expected) = match field.name {
            name::CURRENCY => (Code::CurrencyMismatch, invoice.currency.code()),
            name::INVOICE => (Code::InvoiceMismatch, invoice.id.as_str()),
            _ => continue,
        };
        if !same(field, &value.text(), expected) {
            found.issue(field.name, code, vec![("expected", Param::Text(expected.to_owned()))]);
        }
    }
}

/// Whether two identifiers are one. A UUID's letters may be of either case; those of other identifiers may not. A number is
/// the same with noughts before it, and in other digits.
fn same(field: &Field, one: &str, other: &str) -> bool {
    let number = |text: &str| digits::whole(digits::to_ascii(text).as_deref().unwrap_or(text));
    match field.kind {
        Kind::Uuid | Kind::Transaction => one.eq_ignore_ascii_case(other),
        Kind::Integer { .. } => one == other || number(one).is_some_and(|one| number(other) == Some(one)),
        _ => one == other,
    }
}

/// For operations that only read.
pub(crate) fn nothing(_: &Values, _: &Context, _: &mut Findings) {}

/// A date later than today is told, and one before the invoice: a payment that was received lies in the past, and is
/// seldom older than what it pays.
pub(crate) fn date(values: &Values, context: &Context, found: &mut Findings) {
    if context.now.is_none() && context.invoice.is_none() {
        return;
    }
    let Some(paid_at) = values.instant(name::PAID_AT) else { return };
    if context.now.is_some_and(|now| paid_at.is_after_today(now, context.zone)) {
        found.notice(name::PAID_AT, NoticeCode::InFuture, [("value", Param::Instant(paid_at))]);
    }
    if let Some(issued) = context.invoice.as_ref().and_then(|invoice| invoice.issued)
        && paid_at.is_days_before(issued, context.zone)
        // A day in the provider's books is kept at noon UTC, which far to the east is the next day.
        && context.zone.day(paid_at) < Zone::Unknown.day(issued)
    {
        found.notice(name::PAID_AT, NoticeCode::BeforeInvoice, [("issued", Param::Instant(issued))]);
    }
}

/// The invoice takes payments in its state; that it is paid in full already, or a draft still, is told.
pub(crate) fn state(_: &Values, context: &Context, payable: &[InvoiceState], found: &mut Findings) {
    let Some(state) = context.invoice.as_ref().and_then(|invoice| invoice.state) else { return };
    let params = || [("state", Param::Text(state.as_str().to_owned()))];
    match state {
        _ if !payable.contains(&state) => found.issue(name::INVOICE, Code::InvoiceState, params().into()),
        InvoiceState::Paid | InvoiceState::Draft => {
            found.notice(name::INVOICE, NoticeCode::InvoiceState, params())
        }
        _ => {}
    }
}

/// Of two dates, the second is not on a day before the first.
pub(crate) fn order(
    values: &Values,
    context: &Context,
    first: &'static str,
    second: &'static str,
    found: &mut Findings,
) {
    if let (Some(one), Some(other)) = (values.instant(first), values.instant(second))
        && other.is_days_before(one, context.zone)
    {
        found.issue(second, Code::DateOrder, vec![("other", Param::Field(first))]);
    }
}

/// How much the amount is over the invoice's balance, when both are known and it is.
fn excess(values: &Values, context: &Context) -> Option<(Money, Money)> {
    let balance = context.invoice.as_ref()?.balance?;
    Some((over(values.money(name::AMOUNT)?, balance)?, balance))
}

/// How much an amount is over a limit of the same currency, if it is; at most what 64 bits count.
fn over(amount: Money, limit: Money) -> Option<Money> {
    let is_over = amount.currency() == limit.currency() && amount.minor() > limit.minor();
    is_over.then(|| Money::from_minor(amount.minor().saturating_sub(limit.minor()), amount.currency()))
}

/// More than the balance is allowed, and told.
pub(crate) fn overpayment_told(values: &Values, context: &Context, found: &mut Findings) {
    if let Some((excess, balance)) = excess(values, context) {
        let params = [("excess", Param::Money(excess)), ("balance", Param::Money(balance))];
        found.notice(name::AMOUNT, NoticeCode::OverBalance, params);
    }
}

/// What is left of something: never less than nothing, or a sentence would say that only -5 is left.
fn left(money: Money) -> Param {
    Param::Money(Money::from_minor(money.minor().max(0), money.currency()))
}

/// More than the balance is refused.
pub(crate) fn overpayment_refused(values: &Values, context: &Context, found: &mut Findings) {
    if let Some((_, balance)) = excess(values, context) {
        found.issue(name::AMOUNT, Code::OverOutstanding, vec![("outstanding", left(balance))]);
    }
}

/// A fee that the amount includes is told when it is more than the whole of it. What the provider then does is not
/// documented.
pub(crate) fn fee_within(values: &Values, fee: &'static str, found: &mut Findings) {
    let (Some(amount), Some(part)) = (values.money(name::AMOUNT), values.money(fee)) else { return };
    if over(part, amount).is_some() {
        found.notice(fee, NoticeCode::FeeOverAmount, [("amount", Param::Money(amount))]);
    }
}

/// The amount is at most what is left on the bank transaction, which is money that came in, in the same currency.
///
/// Where what is left is not known, it is at most the transaction itself. A transaction that is not among the known
/// ones is passed over without a word: the caller may have asked for the first page of many, and there is nothing that
/// a person could do about it. Nothing is risked: the provider refuses what is no transaction of the business.
pub(crate) fn allocation(values: &Values, context: &Context, found: &mut Findings) {
    let Some(id) = values.text(name::TRANSACTION) else { return };
    let its = |transaction: &&BankTransaction| transaction.id.eq_ignore_ascii_case(&id);
    let Some(BankTransaction { amount, unallocated, .. }) = context.transactions.iter().find(its) else {
        return;
    };
    if amount.is_some_and(|amount| amount.minor() <= 0) {
        found.issue(name::TRANSACTION, Code::TransactionNotIncome, Vec::new());
        return;
    }
    let Some(limit) = unallocated.or(*amount) else { return };
    if let Some(expected) = values.text(name::CURRENCY).filter(|code| code != limit.currency().code()) {
        // The currency follows the invoice: what has to change is the transaction.
        found.issue(name::TRANSACTION, Code::CurrencyMismatch, vec![("expected", Param::Text(expected))]);
    }
    if values.money(name::AMOUNT).is_some_and(|money| over(money, limit).is_some()) {
        found.issue(name::AMOUNT, Code::OverUnallocated, vec![("unallocated", left(limit))]);
    }
}
