//! In every currency, each amount that the form shows has the digits of the amount that is sent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use remit_core::{Currency, Draft, Invoice, Money, Provider, RecordedPayment};
use remit_session::{Event, Now, Options, Session};
use support::instant;

/// An amount with a different digit in every place, so that a rounded one differs.
fn amount(currency: Currency) -> Money {
    Money::from_minor(12_345, currency)
}

#[test]
fn every_amount_that_is_shown_has_the_digits_that_are_sent_in_every_currency() {
    let provider = Provider::find("harvest-v2").unwrap();
    let mut count = 0;
    for currency in Currency::all() {
        let (sent, balance) = (amount(currency), Money::from_minor(67_891, currency));
        let (text, shown) = (sent.to_decimal_string(), sent.to_string());
        let mut options = Options::new(provider);
        options.base_url = "https://relay.example/p".to_owned();
        let mut session = Session::new(
            options.with_invoice(Invoice { balance: Some(balance), ..Invoice::new("7", currency) }),
            "s",
            Now::default(),
        );
        let draft = Draft::new().with("amount", &text).with("paidAt", "2026-11-19");
        session.handle(Event::Replaced(draft), Now::default());

        // The field and its suggestion.
        let field = session.field("amount").unwrap();
        assert_eq!(session.text(field), text, "{currency}: the field");
        assert_eq!(session.suggestion(field).unwrap().value, balance.to_decimal_string(), "{currency}");
        // The lead and the list of payments write amounts with the same function.
        assert_eq!(session.money(balance), balance.to_string(), "{currency}: the lead");
        let payment = RecordedPayment {
            paid_at: Some(instant("2026-11-19T12:00:00Z")),
            ..RecordedPayment::new("1", Some(sent))
        };
        assert!(session.details(&payment).starts_with(&shown), "{currency}: a listed payment");

        // The review: its sentence and its row.
        session.handle(Event::Submit, Now::default());
        let review = session.said().unwrap();
        assert!(review.sentences.iter().any(|sentence| sentence.contains(&shown)), "{currency}: {review:?}");
        assert!(review.rows.iter().any(|(_, value)| *value == shown), "{currency}: {review:?}");

        // The request.
        let body = session.phase().intent().unwrap().passed.request.body.clone();
        assert!(body.contains(&format!("\"amount\":{text}")), "{currency}: {body}");

        // The outcome names the same amount.
        session.handle(Event::Confirm, Now::default());
        session.handle(Event::Claimed { granted: true, stored: Vec::new() }, Now::default());
        session.handle(Event::Settled(None), Now::default());
        let outcome = session.said().unwrap();
        assert!(
            outcome.sentences.iter().any(|sentence| sentence.contains(&shown)),
            "{currency}: {outcome:?}"
        );
        count += 1;
    }
    assert!(count > 100, "{count} currencies");
}
