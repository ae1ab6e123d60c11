//! What became of a payment, found out by looking at the payments that the provider has.
//!
//! No provider documents an idempotency key, and one is known to record a payment twice that is sent twice. So a payment
//! whose answer was lost is looked for: the invoice's payments are listed before it is sent and again afterwards, and
//! what is new is held against what was sent. [CK-LEDGER does so to find a payment's identifier]

use alloc::borrow::Cow;
use alloc::string::String;

use crate::ledger::recorded_payment::RecordedPayment;
use crate::payment::Payment;
use crate::text::digits;
use crate::text::newlines;

/// What looking has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The payment is there, under this identifier.
    Recorded(String),
    /// Nothing is there that could be it. A provider that is slow may still record it.
    NotRecorded,
    /// Something is there that could be it or another payment.
    Unclear,
}

/// Whether a payment that was sent is among the payments of its invoice.
///
/// `before` are all of them from before it was sent, where they are known, and `after` all of them now.
///
/// It is recorded when exactly one payment is new that agrees in everything that both sides say. It is not when none is
/// new that could be it. Without `before`, a payment that looks like it may have been there for years: that is unclear.
#[must_use]
pub fn compare(sent: &Payment, before: Option<&[RecordedPayment]>, after: &[RecordedPayment]) -> Match {
    let was_there =
        |payment: &RecordedPayment| before.is_some_and(|all| all.iter().any(|old| old.id == payment.id));
    let new = after.iter().filter(|payment| !was_there(payment));
    let mut alike =
        new.map(|payment| (likeness(sent, payment), payment)).filter(|(like, _)| *like != Likeness::Other);
    match (alike.next(), before) {
        (None, _) => Match::NotRecorded,
        (Some(first), Some(_)) => {
            let mut same = core::iter::once(first).chain(alike).filter(|(like, _)| *like == Likeness::Same);
            match (same.next(), same.next()) {
                (Some((_, payment)), None) => Match::Recorded(payment.id.clone()),
                _ => Match::Unclear,
            }
        }
        (Some(_), None) => Match::Unclear,
    }
}

/// How much a recorded payment looks like one that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// In everything that both sides say.
    Same,
    /// It may have been changed on the way.
    Unsure,
    /// It is another one.
    Other,
}

/// Another payment is one of another amount that nothing else ties to what was sent. What merely differs may have been
/// changed on the way: a receipt number that is kept as a number, a fee that is added, a day in another time zone, a
/// currency that the wire does not have. Taking it for another one would open the way to paying twice.
fn likeness(sent: &Payment, there: &RecordedPayment) -> Likeness {
    let agree = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(number(one).eq_ignore_ascii_case(number(other))),
        _ => None,
    };
    let comparable = there.amount.filter(|amount| amount.currency() == sent.amount.currency());
    let amount = comparable.map(|amount| amount == sent.amount);
    let transaction = agree(&sent.transaction_id, &there.transaction_id);
    let receipt = agree(&sent.receipt_number, &there.receipt_number);
    if amount == Some(false) && transaction != Some(true) && receipt != Some(true) {
        return Likeness::Other;
    }
    let apart = match (sent.paid_at, there.paid_at) {
        (Some(one), Some(other)) => one.unix().abs_diff(other.unix()),
        _ => 0,
    };
    let same_note = plain(sent.note.as_deref()) == plain(there.note.as_deref());
    let same = amount == Some(true) && transaction != Some(false) && receipt != Some(false);
    if same && apart < DAY && same_note { Likeness::Same } else { Likeness::Unsure }
}

/// A note's lines, where it has any.
fn plain(note: Option<&str>) -> Option<Cow<'_, str>> {
    note.map(|note| newlines::normalize_newlines(note.trim())).filter(|note| !note.is_empty())
}

/// A receipt number without the noughts before it, where it is one: `007` may be kept as 7.
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

    fn there(id: &str) -> RecordedPayment {
        RecordedPayment {
            paid_at: at("2026-11-19T12:00:00Z"),
            note: Some("ACH\r\n8841 ".to_owned()),
            ..RecordedPayment::new(id, Some(money(12_500)))
        }
    }

    #[test]
    fn a_payment_that_is_there_would_be_sent_again() {
        let old = [there("1")];
        assert_eq!(compare(&sent(), Some(&old), &[there("2"), there("1")]), Match::Recorded("2".to_owned()));
        assert_eq!(compare(&sent(), Some(&[]), &[there("1")]), Match::Recorded("1".to_owned()));
        // Another payment that came in meanwhile does not hide it.
        let other = RecordedPayment { amount: Some(money(1)), ..there("3") };
        assert_eq!(compare(&sent(), Some(&old), &[other, there("2")]), Match::Recorded("2".to_owned()));
    }

    #[test]
    fn a_payment_that_is_not_there_would_be_taken_for_recorded() {
        for other in [
            RecordedPayment { amount: Some(money(12_501)), ..there("2") },
            RecordedPayment { amount: Some(money(1)), receipt_number: Some("R-2".to_owned()), ..there("2") },
        ] {
            assert_eq!(
                compare(&sent(), Some(&[]), std::slice::from_ref(&other)),
                Match::NotRecorded,
                "{other:?}"
            );
            assert_eq!(compare(&sent(), None, &[other]), Match::NotRecorded);
        }
        assert_eq!(compare(&sent(), Some(&[there("1")]), &[there("1")]), Match::NotRecorded);
        assert_eq!(compare(&sent(), None, &[]), Match::NotRecorded);
    }

    #[test]
    fn a_payment_that_was_changed_on_its_way_would_be_paid_again() {
        let from = |id: &str| Some(id.to_owned());
        let euros = Money::from_minor(12_500, Currency::parse("EUR").unwrap());
        for changed in [
            RecordedPayment { paid_at: at("2026-11-12T12:00:00Z"), ..there("2") },
            RecordedPayment { receipt_number: from("R-2"), ..there("2") },
            // With the fee on top, and in the invoice's currency where the form had another.
            RecordedPayment { amount: Some(money(13_000)), receipt_number: from("R-1"), ..there("2") },
            RecordedPayment { amount: Some(euros), ..there("2") },
        ] {
            let found = compare(&sent(), Some(&[]), std::slice::from_ref(&changed));
            assert_eq!(found, Match::Unclear, "{changed:?}");
        }
        let paid = Payment { transaction_id: from("a"), receipt_number: from("007"), ..sent() };
        let kept = RecordedPayment { transaction_id: from("A"), receipt_number: from("7"), ..there("2") };
        assert_eq!(compare(&paid, Some(&[]), std::slice::from_ref(&kept)), Match::Recorded("2".to_owned()));
        let elsewhere = RecordedPayment { transaction_id: from("b"), ..kept.clone() };
        assert_eq!(compare(&paid, Some(&[]), &[elsewhere]), Match::Unclear);
        let split = RecordedPayment { amount: Some(money(5)), ..kept };
        assert_eq!(compare(&paid, Some(&[]), &[split]), Match::Unclear);
    }

    #[test]
    fn what_could_be_another_s_payment_is_never_called_ours() {
        // Nobody knows how long it has been there.
        assert_eq!(compare(&sent(), None, &[there("1")]), Match::Unclear);
        // Two of which one may be somebody else's.
        assert_eq!(compare(&sent(), Some(&[]), &[there("1"), there("2")]), Match::Unclear);
        for changed in [
            RecordedPayment { note: Some("other".to_owned()), ..there("2") },
            RecordedPayment { note: None, ..there("2") },
            RecordedPayment { amount: None, ..there("2") },
            RecordedPayment { paid_at: at("2026-11-20T12:00:00Z"), ..there("2") },
        ] {
            assert_eq!(
                compare(&sent(), Some(&[]), std::slice::from_ref(&changed)),
                Match::Unclear,
                "{changed:?}"
            );
            // One that agrees in everything is not made doubtful by it.
            assert_eq!(compare(&sent(), Some(&[]), &[changed, there("3")]), Match::Recorded("3".to_owned()));
        }
    }

    #[test]
    fn a_payment_without_a_note_is_found_and_one_that_keeps_only_its_day_too() {
        let sent = Payment { note: None, ..sent() };
        let there =
            RecordedPayment { note: Some(String::new()), paid_at: at("2026-11-19T00:00:00Z"), ..there("2") };
        assert_eq!(compare(&sent, Some(&[]), std::slice::from_ref(&there)), Match::Recorded("2".to_owned()));
        let undated = RecordedPayment { paid_at: None, ..there };
        assert_eq!(compare(&sent, Some(&[]), &[undated]), Match::Recorded("2".to_owned()));
    }
}
