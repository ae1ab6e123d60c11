//! Determining whether a payment was recorded or an invoice added, by comparing lists from before and after.
//!
//! No provider documents an idempotency key, and one is known to record a payment twice if it is sent twice. To find a
//! payment whose response was lost, the caller lists the invoice's payments before sending it and again afterwards.
//! This module compares the new payments with the one that was sent. [CK-LEDGER does so to find a payment's identifier]
//! An added invoice is found in the same way, by its number.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::ledger::invoice::Invoice;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::currency::Currency;
use crate::payment::Payment;
use crate::text::digits;
use crate::text::newlines;

/// The result of looking for a payment or an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The payment or the invoice is recorded, under this identifier.
    Recorded(String),
    /// A payment like this one is listed, under this identifier. No value distinguishes it from a payment of the same amount
    /// and day that someone else has recorded.
    Similar(String),
    /// Nothing listed can be what was sent. A slow provider may still record it.
    NotRecorded,
    /// Something listed could be what was sent, or something else.
    Unclear,
}

/// Determines whether a payment that was sent is among the payments of its invoice.
///
/// `before` has all payments of the invoice before sending, if they are known, and `after` all payments now.
///
/// The payment is recorded if exactly one new payment matches it in every value that both sides have, and one of these values
/// distinguishes it: the transaction, the receipt number or a note. Otherwise that payment is only similar. The payment is not
/// recorded if no new payment could be it. Without `before`, a matching payment may be years old, so the result is unclear.
#[must_use]
pub fn compare(sent: &Payment, before: Option<&[RecordedPayment]>, after: &[RecordedPayment]) -> Match {
    let was_listed =
        |payment: &RecordedPayment| before.is_some_and(|all| all.iter().any(|old| old.id == payment.id));
    let new = after.iter().filter(|payment| !was_listed(payment));
    let mut possible = new
        .map(|payment| (Comparison::of(sent, payment), payment))
        .filter(|(comparison, _)| !comparison.is_different());
    match (possible.next(), before) {
        (None, _) => Match::NotRecorded,
        (Some(first), Some(_)) => {
            let mut same =
                core::iter::once(first).chain(possible).filter(|(comparison, _)| comparison.is_same());
            match (same.next(), same.next()) {
                (Some((comparison, payment)), None) if comparison.is_distinguished() => {
                    Match::Recorded(payment.id.clone())
                }
                (Some((_, payment)), None) => Match::Similar(payment.id.clone()),
                _ => Match::Unclear,
            }
        }
        (Some(_), None) => Match::Unclear,
    }
}

/// Determines whether an invoice that was sent is among the provider's invoices.
///
/// `number` and `currency` are those that were sent. `before` has the identifiers of the invoices that
/// [may be](may_be_invoice) the one that was sent and were listed before sending, if they are known, and `after` all
/// invoices now.
///
/// An invoice number is what people tell invoices apart by. So the invoice is recorded if exactly one new invoice has the
/// number, and if its currency is the same. Without `before`, an invoice with this number may be an older one, so the
/// result is unclear.
#[must_use]
pub fn compare_invoices(
    number: &str,
    currency: Currency,
    before: Option<&[String]>,
    after: &[Invoice],
) -> Match {
    let was_listed = |invoice: &Invoice| before.is_some_and(|all| all.contains(&invoice.id));
    let mut possible = after.iter().filter(|one| may_be_invoice(number, one) && !was_listed(one));
    match (possible.next(), possible.next(), before) {
        (None, ..) => Match::NotRecorded,
        (Some(invoice), None, Some(_)) if invoice.number.is_some() && invoice.currency == currency => {
            Match::Recorded(invoice.id.clone())
        }
        _ => Match::Unclear,
    }
}

/// Whether a listed invoice may be the one that was sent with this number: it has the number, or none.
#[must_use]
pub fn may_be_invoice(number: &str, listed: &Invoice) -> bool {
    listed.number.as_ref().is_none_or(|listed| listed.trim() == number.trim())
}

/// The listed payments that equal a payment that is about to be sent in amount and day, and that differ neither in the
/// transaction nor in the receipt number. The payment may have been recorded already, so a caller should warn before it sends.
pub fn twins<'a>(sent: &Payment, listed: &'a [RecordedPayment]) -> impl Iterator<Item = &'a RecordedPayment> {
    listed.iter().filter(move |payment| Comparison::of(sent, payment).is_twin())
}

/// The comparison of a recorded payment with the one that was sent. `None` if a value cannot be compared.
struct Comparison {
    amount: Option<bool>,
    transaction: Option<bool>,
    receipt: Option<bool>,
    /// `None` if neither side has a note. A note on only one side is a difference.
    note: Option<bool>,
    same_day: bool,
}

impl Comparison {
    fn of(sent: &Payment, recorded: &RecordedPayment) -> Self {
        let equal = |one: &Option<String>, other: &Option<String>| {
            Some(number(one.as_deref())?.eq_ignore_ascii_case(number(other.as_deref())?))
        };
        let comparable = recorded.amount.filter(|amount| amount.currency() == sent.amount.currency());
        let seconds_apart = match (sent.paid_at, recorded.paid_at) {
            (Some(one), Some(other)) => one.unix().abs_diff(other.unix()),
            _ => 0,
        };
        let notes = (normalized(sent.note.as_deref()), normalized(recorded.note.as_deref()));
        Self {
            amount: comparable.map(|amount| amount == sent.amount),
            transaction: equal(&sent.transaction_id, &recorded.transaction_id),
            receipt: equal(&sent.receipt_number, &recorded.receipt_number),
            note: if notes == (None, None) { None } else { Some(notes.0 == notes.1) },
            same_day: seconds_apart < DAY,
        }
    }

    /// Whether the recorded payment is certainly not the one that was sent.
    ///
    /// That is so only if its amount differs and neither the transaction nor the receipt number matches. The provider may
    /// have changed any other value: stored a receipt number as a number, added a fee, moved a day to another time zone, or
    /// omitted the currency. Treating such a payment as different could lead to paying twice.
    fn is_different(&self) -> bool {
        self.amount == Some(false) && self.transaction != Some(true) && self.receipt != Some(true)
    }

    /// Whether both payments have the same amount and day, and no other transaction or receipt number.
    fn is_twin(&self) -> bool {
        self.amount == Some(true)
            && self.transaction != Some(false)
            && self.receipt != Some(false)
            && self.same_day
    }

    /// Whether both payments are equal in every value that can be compared.
    fn is_same(&self) -> bool {
        self.is_twin() && self.note != Some(false)
    }

    /// Whether a value matches that another payment of the same amount and day would hardly have.
    fn is_distinguished(&self) -> bool {
        [self.transaction, self.receipt, self.note].contains(&Some(true))
    }
}

/// A note, trimmed and with normalised line breaks; `None` if it is empty.
fn normalized(note: Option<&str>) -> Option<Cow<'_, str>> {
    note.map(|note| newlines::normalize_newlines(note.trim())).filter(|note| !note.is_empty())
}

/// A receipt number without leading zeros if it is numeric: a provider may store `007` as 7. `None` if it is empty.
fn number(text: Option<&str>) -> Option<&str> {
    let text = text?.trim();
    if text.is_empty() {
        return None;
    }
    Some(if digits::only(text) { text.trim_start_matches('0') } else { text })
}

const DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned;
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::{Currency, Instant, Money};

    fn money(minor: i64) -> Money {
        Money::from_minor(minor, Currency::parse("USD").unwrap())
    }

    fn at(text: &str) -> Option<Instant> {
        Some(Instant::read(text, crate::Zone::Unknown).unwrap().instant)
    }

    fn sent() -> Payment {
        Payment {
            invoice_id: "i".to_owned(),
            amount: money(12_500),
            paid_at: at("2026-11-19T12:00:00Z"),
            note: Some("ACH\n8841".to_owned()),
            transaction_id: None,
            receipt_number: Some("R-1".to_owned()),
        }
    }

    fn recorded(id: &str) -> RecordedPayment {
        RecordedPayment {
            paid_at: at("2026-11-19T12:00:00Z"),
            note: Some("ACH\r\n8841 ".to_owned()),
            ..RecordedPayment::new(id, Some(money(12_500)))
        }
    }

    #[test]
    fn finds_the_one_new_payment_that_matches() {
        let old = [recorded("1")];
        assert_eq!(
            compare(&sent(), Some(&old), &[recorded("2"), recorded("1")]),
            Match::Recorded("2".to_owned())
        );
        assert_eq!(compare(&sent(), Some(&[]), &[recorded("1")]), Match::Recorded("1".to_owned()));
        // A different new payment does not hide it.
        let other = RecordedPayment { amount: Some(money(1)), ..recorded("3") };
        assert_eq!(compare(&sent(), Some(&old), &[other, recorded("2")]), Match::Recorded("2".to_owned()));
    }

    #[test]
    fn an_added_invoice_is_found_only_if_exactly_one_new_invoice_has_its_number_and_currency() {
        let usd = Currency::parse("USD").unwrap();
        let listed = |id: &str, number: Option<&str>| Invoice {
            number: number.map(ToOwned::to_owned),
            ..Invoice::new(id, usd)
        };
        let found = Match::Recorded("2".to_owned());
        let old = ["1".to_owned()];
        for (before, after, expected) in [
            (Some(&[][..]), vec![listed("2", Some("N-1"))], found.clone()),
            (Some(&[]), vec![listed("3", Some("N-2")), listed("2", Some(" N-1 "))], found.clone()),
            (Some(&old), vec![listed("1", Some("N-1")), listed("2", Some("N-1"))], found),
            (Some(&old), vec![listed("1", Some("N-1"))], Match::NotRecorded),
            (Some(&[]), vec![listed("3", Some("N-2"))], Match::NotRecorded),
            (None, vec![], Match::NotRecorded),
            // It may be an older invoice.
            (None, vec![listed("2", Some("N-1"))], Match::Unclear),
            (Some(&[]), vec![listed("1", Some("N-1")), listed("2", Some("N-1"))], Match::Unclear),
            (Some(&[]), vec![listed("2", None)], Match::Unclear),
            (
                Some(&[]),
                vec![Invoice { currency: Currency::parse("EUR").unwrap(), ..listed("2", Some("N-1")) }],
                Match::Unclear,
            ),
        ] {
            assert_eq!(compare_invoices("N-1", usd, before, &after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_payment_of_another_amount_or_one_listed_before_is_not_a_match() {
        for other in [
            RecordedPayment { amount: Some(money(12_501)), ..recorded("2") },
            RecordedPayment {
                amount: Some(money(1)),
                receipt_number: Some("R-2".to_owned()),
                ..recorded("2")
            },
        ] {
            assert_eq!(
                compare(&sent(), Some(&[]), std::slice::from_ref(&other)),
                Match::NotRecorded,
                "{other:?}"
            );
            assert_eq!(compare(&sent(), None, &[other]), Match::NotRecorded);
        }
        assert_eq!(compare(&sent(), Some(&[recorded("1")]), &[recorded("1")]), Match::NotRecorded);
        assert_eq!(compare(&sent(), None, &[]), Match::NotRecorded);
    }

    #[test]
    fn a_new_payment_that_differs_in_some_values_is_unclear() {
        let some = |id: &str| Some(id.to_owned());
        let euros = Money::from_minor(12_500, Currency::parse("EUR").unwrap());
        for changed in [
            RecordedPayment { paid_at: at("2026-11-12T12:00:00Z"), ..recorded("2") },
            RecordedPayment { receipt_number: some("R-2"), ..recorded("2") },
            // With a fee added to the amount, and in another currency.
            RecordedPayment { amount: Some(money(13_000)), receipt_number: some("R-1"), ..recorded("2") },
            RecordedPayment { amount: Some(euros), ..recorded("2") },
        ] {
            let found = compare(&sent(), Some(&[]), std::slice::from_ref(&changed));
            assert_eq!(found, Match::Unclear, "{changed:?}");
        }
        let paid = Payment { transaction_id: some("a"), receipt_number: some("007"), ..sent() };
        let kept = RecordedPayment { transaction_id: some("A"), receipt_number: some("7"), ..recorded("2") };
        assert_eq!(compare(&paid, Some(&[]), std::slice::from_ref(&kept)), Match::Recorded("2".to_owned()));
        let elsewhere = RecordedPayment { transaction_id: some("b"), ..kept.clone() };
        assert_eq!(compare(&paid, Some(&[]), &[elsewhere]), Match::Unclear);
        let split = RecordedPayment { amount: Some(money(5)), ..kept };
        assert_eq!(compare(&paid, Some(&[]), &[split]), Match::Unclear);
    }

    #[test]
    fn a_payment_that_could_be_a_different_one_is_unclear() {
        // Without the list from before, the payment may be old.
        assert_eq!(compare(&sent(), None, &[recorded("1")]), Match::Unclear);
        // Two matching payments: either could be a different one.
        assert_eq!(compare(&sent(), Some(&[]), &[recorded("1"), recorded("2")]), Match::Unclear);
        for changed in [
            RecordedPayment { note: Some("other".to_owned()), ..recorded("2") },
            RecordedPayment { note: None, ..recorded("2") },
            RecordedPayment { amount: None, ..recorded("2") },
            RecordedPayment { paid_at: at("2026-11-20T12:00:00Z"), ..recorded("2") },
        ] {
            assert_eq!(
                compare(&sent(), Some(&[]), std::slice::from_ref(&changed)),
                Match::Unclear,
                "{changed:?}"
            );
            // A payment that matches in every value is still found.
            assert_eq!(
                compare(&sent(), Some(&[]), &[changed, recorded("3")]),
                Match::Recorded("3".to_owned())
            );
        }
    }

    #[test]
    fn a_payment_without_a_distinguishing_value_is_only_similar() {
        let some = |text: &str| Some(text.to_owned());
        let plain = Payment { note: None, receipt_number: None, ..sent() };
        let unmarked = RecordedPayment { note: None, ..recorded("2") };
        let similar = Match::Similar("2".to_owned());
        let found = Match::Recorded("2".to_owned());
        let undated = RecordedPayment { paid_at: None, ..unmarked.clone() };
        let day_only = RecordedPayment {
            note: Some(String::new()),
            paid_at: at("2026-11-19T00:00:00Z"),
            ..unmarked.clone()
        };
        // One side has a number, or the numbers are empty.
        let numbered = RecordedPayment { receipt_number: some("R-9"), ..unmarked.clone() };
        let empty =
            RecordedPayment { receipt_number: some(" "), transaction_id: some(""), ..unmarked.clone() };
        for listed in [&unmarked, &undated, &day_only, &numbered, &empty] {
            assert_eq!(compare(&plain, Some(&[]), std::slice::from_ref(listed)), similar, "{listed:?}");
        }
        let blank = Payment {
            note: some(" \n"),
            receipt_number: some(" "),
            transaction_id: some(""),
            ..plain.clone()
        };
        assert_eq!(compare(&blank, Some(&[]), &[empty]), similar);
        // With one distinguishing value in common, the payment is found.
        for (sent, listed) in [
            (
                Payment { transaction_id: some("a"), ..plain.clone() },
                RecordedPayment { transaction_id: some("a"), ..unmarked.clone() },
            ),
            (
                Payment { receipt_number: some("R-1"), ..plain.clone() },
                RecordedPayment { receipt_number: some("R-1"), ..unmarked.clone() },
            ),
            (
                Payment { note: some("ACH"), ..plain.clone() },
                RecordedPayment { note: some(" ACH"), ..unmarked.clone() },
            ),
        ] {
            assert_eq!(compare(&sent, Some(&[]), std::slice::from_ref(&listed)), found, "{listed:?}");
        }
        // Two similar payments, and a similar one without the earlier list.
        let another = RecordedPayment { note: None, ..recorded("3") };
        assert_eq!(compare(&plain, Some(&[]), &[unmarked.clone(), another]), Match::Unclear);
        assert_eq!(compare(&plain, None, &[unmarked]), Match::Unclear);
    }

    #[test]
    fn twins_are_the_listed_payments_of_the_same_amount_and_day() {
        let some = |text: &str| Some(text.to_owned());
        let euros = Money::from_minor(12_500, Currency::parse("EUR").unwrap());
        let listed = [
            recorded("equal"),
            RecordedPayment { note: some("other"), ..recorded("other-note") },
            RecordedPayment { note: None, paid_at: None, ..recorded("undated") },
            RecordedPayment { paid_at: at("2026-11-20T11:59:59Z"), ..recorded("hours-later") },
            RecordedPayment { receipt_number: some("r-1"), ..recorded("same-receipt") },
            RecordedPayment { receipt_number: some("R-2"), ..recorded("other-receipt") },
            RecordedPayment { transaction_id: some("b"), ..recorded("other-transaction") },
            RecordedPayment { paid_at: at("2026-11-20T12:00:00Z"), ..recorded("a-day-later") },
            RecordedPayment { amount: Some(money(12_501)), ..recorded("other-amount") },
            RecordedPayment { amount: Some(euros), ..recorded("other-currency") },
            RecordedPayment { amount: None, ..recorded("unknown-amount") },
        ];
        let sent = Payment { transaction_id: some("a"), ..sent() };
        let ids: Vec<_> = twins(&sent, &listed).map(|payment| payment.id.as_str()).collect();
        assert_eq!(ids, ["equal", "other-note", "undated", "hours-later", "same-receipt"]);
        assert_eq!(twins(&sent, &[]).count(), 0);
    }
}
