//! A stored intent of every provider, with every choice, leads back to the same payment.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Shared with the other crates' tests, which cannot depend on each other.
#[path = "../../../tests/conformance/src/drafts.rs"]
#[allow(dead_code, unreachable_pub, reason = "a library's module")]
mod drafts;
mod support;

use drafts::About;
use remit_core::{Draft, Provider};
use remit_session::{Effect, Event, Now, Options, Phase, Session, StoredIntent};

const INVOICE: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3302";

fn options(provider: &'static Provider) -> Options {
    Options { base_url: "https://relay.example/p".to_owned(), ..Options::new(provider) }
}

/// What is stored when the page takes the payment over.
fn stored(provider: &'static Provider, draft: &Draft) -> (Session, StoredIntent) {
    let mut session = Session::new(options(provider), "s", Now::default());
    session.handle(Event::Replaced(draft.clone()), Now::default());
    session.handle(Event::Submit, Now::default());
    assert!(matches!(session.phase(), Phase::Review(_)), "{}: {:?}", provider.id, session.errors());
    session.handle(Event::Confirm, Now::default());
    session.handle(Event::Claimed { granted: true, stored: Vec::new() }, Now::default());
    let effects = session.handle(Event::TakenOver, Now::default());
    let stored = effects.into_iter().find_map(|effect| match effect {
        Effect::Store(stored) => Some(stored),
        _ => None,
    });
    (session, stored.unwrap())
}

#[test]
fn a_stored_intent_of_every_provider_and_choice_is_shown_again_with_the_same_payment() {
    for provider in Provider::ALL {
        // Some identifiers are numbers, and one provider accepts only UUIDs.
        let about = |invoice| About { invoice, currency: "EUR", amount: "12.50", transaction: INVOICE };
        let accepts = |invoice| {
            let draft = drafts::full(provider, Draft::new(), about(invoice), 0);
            provider.check(&draft, &Default::default()).is_ok()
        };
        let invoice = [INVOICE, "156"].into_iter().find(|invoice| accepts(invoice)).unwrap();
        for nth in 0..drafts::choices(provider) {
            let draft = drafts::full(provider, Draft::new(), about(invoice), nth);
            let (session, stored) = stored(provider, &draft);
            let read = StoredIntent::read(&stored.print()).unwrap();
            assert_eq!(read, stored);
            assert!(!stored.print().contains("Paid at the till"), "{}: a note is stored", provider.id);
            let mut next = Session::new(options(provider), "t", Now::default());
            next.handle(Event::Stored { stored: vec![read], claimed: Vec::new() }, Now::default());
            assert_eq!(next.phase().as_str(), "unknown", "{}, choice {nth}", provider.id);
            let sent = session.phase().intent().unwrap().passed.payment.clone().unwrap();
            let shown = next.phase().intent().unwrap().passed.payment.clone().unwrap();
            assert_eq!(
                (
                    &shown.invoice_id,
                    shown.amount,
                    shown.paid_at,
                    &shown.transaction_id,
                    &shown.receipt_number
                ),
                (&sent.invoice_id, sent.amount, sent.paid_at, &sent.transaction_id, &sent.receipt_number),
            );
        }
    }
}

#[test]
fn what_is_not_a_stored_intent_is_left_alone() {
    for text in ["", "{}", "[]", r#"{"v":2}"#, r#"{"v":1,"id":"a"}"#, "not JSON"] {
        assert_eq!(StoredIntent::read(text), None, "{text}");
    }
}
