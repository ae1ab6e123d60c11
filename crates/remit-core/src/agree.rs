//! Rules across fields and what the caller knows. A provider's page picks the ones that its provider has.

use crate::check::Values;
use crate::finding::{Code, Findings, NoticeCode, Param};
use crate::known::{Known, Transaction};
use crate::money::Money;
use crate::payment::name;

/// The payment is in the invoice's currency, and against the invoice that was given. True of every provider.
pub(crate) fn currency(values: &Values, known: &Known, found: &mut Findings) {
    let Some(invoice) = &known.invoice else { return };
    for (field, value) in values.iter() {
        let Some(value) = value else { continue };
        let (code, expected) = match field.name {
            name::CURRENCY => (Code::CurrencyMismatch, invoice.currency.code()),
            name::INVOICE => (Code::InvoiceMismatch, invoice.id.as_str()),
            _ => continue,
        };
        if value.text() != expected {
            found.issue(field.name, code, vec![("expected", Param::Text(expected.to_owned()))]);
        }
    }
}

/// A date later than today is told: a payment that was received lies in the past.
pub(crate) fn date(values: &Values, known: &Known, found: &mut Findings) {
    if let (Some(paid_at), Some(now)) = (values.instant(name::PAID_AT), known.now)
        && paid_at.is_after_today(now)
    {
        found.notice(name::PAID_AT, NoticeCode::InFuture, vec![("value", Param::Instant(paid_at))]);
    }
}

/// How much the amount is over the invoice's balance, when both are known and it is.
fn excess(values: &Values, known: &Known) -> Option<(Money, Money)> {
    let balance = known.invoice.as_ref()?.balance?;
    let excess = values.money(name::AMOUNT)?.checked_sub(balance)?;
    (excess.minor() > 0).then_some((excess, balance))
}

/// More than the balance is allowed, and told.
pub(crate) fn overpayment_told(values: &Values, known: &Known, found: &mut Findings) {
    if let Some((excess, balance)) = excess(values, known) {
        let params = vec![("excess", Param::Money(excess)), ("balance", Param::Money(balance))];
        found.notice(name::AMOUNT, NoticeCode::OverBalance, params);
    }
}

/// More than the balance is refused.
pub(crate) fn overpayment_refused(values: &Values, known: &Known, found: &mut Findings) {
    if let Some((_, balance)) = excess(values, known) {
        found.issue(name::AMOUNT, Code::OverOutstanding, vec![("outstanding", Param::Money(balance))]);
    }
}

/// The amount is at most what is left on the bank transaction, and the transaction is money that came in.
pub(crate) fn allocation(values: &Values, known: &Known, found: &mut Findings) {
    let Some(id) = values.text(name::TRANSACTION) else { return };
    let Some(Transaction { amount, unallocated, .. }) = known.transactions.iter().find(|t| t.id == id) else {
        return;
    };
    if amount.is_some_and(|amount| amount.minor() <= 0) {
        found.issue(name::TRANSACTION, Code::TransactionNotIncome, Vec::new());
        return;
    }
    let over = |left: &Money| values.money(name::AMOUNT)?.checked_sub(*left).filter(|over| over.minor() > 0);
    if let Some(left) = unallocated.filter(|left| over(left).is_some()) {
        found.issue(name::AMOUNT, Code::OverUnallocated, vec![("unallocated", Param::Money(left))]);
    }
    if let (Some(left), Some(money)) = (unallocated, values.money(name::AMOUNT))
        && left.currency() != money.currency()
    {
        let expected = Param::Text(left.currency().code().to_owned());
        found.issue(name::CURRENCY, Code::CurrencyMismatch, vec![("expected", expected)]);
    }
}
