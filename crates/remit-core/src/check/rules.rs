//! Rules across fields, and between fields and the context. Each provider's page selects the rules that apply to it.

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

/// The rules of an operation across its fields and the context.
pub type Rules = fn(&Values, &Context, &mut Findings);

/// The payment's currency and invoice match the invoice in the context. Applies to every provider.
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

/// Whether two identifiers are equal. The comparison ignores case for UUIDs only. For numbers it ignores leading zeros and the
/// script of the digits.
fn same(field: &Field, one: &str, other: &str) -> bool {
    let number = |text: &str| digits::whole(digits::to_ascii(text).as_deref().unwrap_or(text));
    match field.kind {
        Kind::Uuid | Kind::Transaction => one.eq_ignore_ascii_case(other),
        Kind::Integer { .. } => one == other || number(one).is_some_and(|one| number(other) == Some(one)),
        _ => one == other,
    }
}

/// No rules, for operations that only read.
pub(crate) fn nothing(_: &Values, _: &Context, _: &mut Findings) {}

/// A date after today, or before the invoice's date, gets a notice. A received payment is in the past, and is seldom older than
/// its invoice.
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
        // The provider may store a day as noon UTC, which is the next day in zones far to the east.
        && context.zone.day(paid_at) < Zone::Unknown.day(issued)
    {
        found.notice(name::PAID_AT, NoticeCode::BeforeInvoice, [("issued", Param::Instant(issued))]);
    }
}

/// The invoice accepts payments in its state. An invoice that is a draft or already paid in full gets a notice.
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

/// The second date is not on a day before the first.
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

/// The excess of the amount over the invoice's balance, and the balance, if both are known and there is an excess.
fn excess(values: &Values, context: &Context) -> Option<(Money, Money)> {
    let balance = context.invoice.as_ref()?.balance?;
    Some((over(values.money(name::AMOUNT)?, balance)?, balance))
}

/// The excess of an amount over a limit in the same currency, if any; saturates at 64 bits.
fn over(amount: Money, limit: Money) -> Option<Money> {
    let is_over = amount.currency() == limit.currency() && amount.minor() > limit.minor();
    is_over.then(|| Money::from_minor(amount.minor().saturating_sub(limit.minor()), amount.currency()))
}

/// An amount above the balance is accepted with a notice.
pub(crate) fn overpayment_noticed(values: &Values, context: &Context, found: &mut Findings) {
    if let Some((excess, balance)) = excess(values, context) {
        let params = [("excess", Param::Money(excess)), ("balance", Param::Money(balance))];
        found.notice(name::AMOUNT, NoticeCode::OverBalance, params);
    }
}

/// A remaining amount as a parameter, at least zero, so that no sentence reports a remainder of -5.
fn left(money: Money) -> Param {
    Param::Money(Money::from_minor(money.minor().max(0), money.currency()))
}

/// An amount above the balance is refused.
pub(crate) fn overpayment_refused(values: &Values, context: &Context, found: &mut Findings) {
    if let Some((_, balance)) = excess(values, context) {
        found.issue(name::AMOUNT, Code::OverOutstanding, vec![("outstanding", left(balance))]);
    }
}

/// A fee that the amount includes gets a notice if it exceeds the amount. The provider's behaviour is not documented.
pub(crate) fn fee_within(values: &Values, fee: &'static str, found: &mut Findings) {
    let (Some(amount), Some(part)) = (values.money(name::AMOUNT), values.money(fee)) else { return };
    if over(part, amount).is_some() {
        found.notice(fee, NoticeCode::FeeOverAmount, [("amount", Param::Money(amount))]);
    }
}

/// The bank transaction is incoming and in the same currency, and the amount is at most its unallocated amount.
///
/// If the unallocated amount is not known, the limit is the transaction's amount. A transaction that is not in the
/// context is not reported: the caller may have listed only the first page, and the user could do nothing about it.
/// This is safe: the provider refuses a transaction that does not belong to the business.
pub(crate) fn allocation(values: &Values, context: &Context, found: &mut Findings) {
    let Some(id) = values.text(name::TRANSACTION) else { return };
    let is_named = |transaction: &&BankTransaction| transaction.id.eq_ignore_ascii_case(&id);
    let Some(BankTransaction { amount, unallocated, .. }) = context.transactions.iter().find(is_named) else {
        return;
    };
    if amount.is_some_and(|amount| amount.minor() <= 0) {
        found.issue(name::TRANSACTION, Code::TransactionNotIncome, Vec::new());
        return;
    }
    let Some(limit) = unallocated.or(*amount) else { return };
    if let Some(expected) = values.text(name::CURRENCY).filter(|code| code != limit.currency().code()) {
        // The currency is the invoice's, so the issue is reported at the transaction.
        found.issue(name::TRANSACTION, Code::CurrencyMismatch, vec![("expected", Param::Text(expected))]);
    }
    if values.money(name::AMOUNT).is_some_and(|money| over(money, limit).is_some()) {
        found.issue(name::AMOUNT, Code::OverUnallocated, vec![("unallocated", left(limit))]);
    }
}
