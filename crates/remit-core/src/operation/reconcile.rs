//! Determining whether a payment was recorded, by comparing lists of the invoice's payments.
//!
//! No provider documents an idempotency key, and one is known to record a payment twice if it is sent twice. To find a
//! payment whose response was lost, the caller lists the invoice's payments before sending it and again afterwards.
//! This module compares the new payments with the one that was sent. [CK-LEDGER does so to find a payment's identifier]

use alloc::borrow::Cow;
use alloc::string::String;

use crate::ledger::recorded_payment::RecordedPayment;
use crate::payment::Payment;
use crate::text::digits;
use crate::text::newlines;

/// The result of looking for a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The payment is recorded, under this identifier.
    Recorded(String),
    /// No listed payment can be the one that was sent. A slow provider may still record it.
    NotRecorded,
    /// A listed payment could be the one that was sent, or a different one.
    Unclear,
}

/// Determines whether a payment that was sent is among the payments of its invoice.
///
/// `before` has all payments of the invoice before sending, if they are known, and `after` all payments now.
///
/// The payment is recorded if exactly one new payment matches it in every value that both sides have. It is not
/// recorded if no new payment could be it. Without `before`, a matching payment may be years old, so the result is
/// unclear.
#[must_use]
pub fn compare(sent: &Payment, before: Option<&[RecordedPayment]>, after: &[RecordedPayment]) -> Match {
    let was_listed =
        |payment: &RecordedPayment| before.is_some_and(|all| all.iter().any(|old| old.id == payment.id));
    let new = after.iter().filter(|payment| !was_listed(payment));
    let mut similar = new
        .map(|payment| (similarity(sent, payment), payment))
        .filter(|(similarity, _)| *similarity != Similarity::Different);
    match (similar.next(), before) {
        (None, _) => Match::NotRecorded,
        (Some(first), Some(_)) => {
            let mut same = core::iter::once(first)
                .chain(similar)
                .filter(|(similarity, _)| *similarity == Similarity::Same);
            match (same.next(), same.next()) {
                (Some((_, payment)), None) => Match::Recorded(payment.id.clone()),
                _ => Match::Unclear,
            }
        }
        (Some(_), None) => Match::Unclear,
    }
}

/// The similarity of a recorded payment to the one that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Similarity {
    /// Equal in every value that both sides have.
    Same,
    /// The provider may have changed a value.
    Unsure,
    /// A different payment.
    Different,
}

/// Compares a recorded payment with the one that was sent.
///
/// A payment is different only if its amount differs and neither the transaction nor the receipt number matches. The
/// provider may have changed any other value: stored a receipt number as a number, added a fee, moved a day to another
/// time zone, or omitted the currency. Treating such a payment as different could lead to paying twice.
fn similarity(sent: &Payment, recorded: &RecordedPayment) -> Similarity {
    let equal = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(number(one).eq_ignore_ascii_case(number(other))),
        _ => None,
    };
    let comparable = recorded.amount.filter(|amount| amount.currency() == sent.amount.currency());
    let amount = comparable.map(|amount| amount == sent.amount);
    let transaction = equal(&sent.transaction_id, &recorded.transaction_id);
    let receipt = equal(&sent.receipt_number, &recorded.receipt_number);
    if amount == Some(false) && transaction != Some(true) && receipt != Some(true) {
        return Similarity::Different;
    }
    let seconds_apart = match (sent.paid_at, recorded.paid_at) {
        (Some(one), Some(other)) => one.unix().abs_diff(other.unix()),
        _ => 0,
    };
    let same_note = normalized(sent.note.as_deref()) == normalized(recorded.note.as_deref());
    let same = amount == Some(true) && transaction != Some(false) && receipt != Some(false);
    if same && seconds_apart < DAY && same_note { Similarity::Same } else { Similarity::Unsure }
}

/// A note, trimmed and with normalised line breaks; `None` if it is empty.
fn normalized(note: Option<&str>) -> Option<Cow<'_, str>> {
    note.map(|note| newlines::normalize_newlines(note.trim())).filter(|note| !note.is_empty())
}

/// A receipt number without leading zeros if it is numeric: a provider may store `007` as 7.
fn number(text: &str) -> &str {
    let text = text.trim();
    if digits::only(text) { text.trim_start_matches('0') } else { text }
}

const DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned;

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
    fn finds_a_payment_with_an_empty_note_and_only_a_day_or_no_date() {
        let sent = Payment { note: None, ..sent() };
        let day_only = RecordedPayment {
            note: Some(String::new()),
            paid_at: at("2026-11-19T00:00:00Z"),
            ..recorded("2")
        };
        assert_eq!(
            compare(&sent, Some(&[]), std::slice::from_ref(&day_only)),
            Match::Recorded("2".to_owned())
        );
        let undated = RecordedPayment { paid_at: None, ..day_only };
        assert_eq!(compare(&sent, Some(&[]), &[undated]), Match::Recorded("2".to_owned()));
    }
}
