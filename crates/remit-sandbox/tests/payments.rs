//! Payments that are sent over a socket, compared with the database.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeSet;

use remit_core::InvoiceState;
use remit_core::emulate::Refusal;
use remit_core::wire::Request;
use remit_core::{Context, Invoice, Money, Outcome, ProblemCode, Provider};
use serde_json::Value;
use support::drafts::{About, choices, full};
use support::{Running, id, is_recorded, is_refused, outcome, payment, shared, totals, usd};

#[test]
fn stores_a_confirmed_payment_with_every_field() {
    let running = Running::start();
    for provider in Provider::ALL {
        for nth in 0..choices(provider) {
            let (invoice, transaction) = (id(provider, 1001), id(provider, 2004));
            let about =
                About { invoice: &invoice, currency: "USD", amount: "1.25", transaction: &transaction };
            let draft = full(provider, shared(provider), about, nth);
            let checked = provider.check(&draft, &Context::default()).unwrap();
            let before = running.rows(provider);
            let reply = running.send(provider, &checked.request, 0).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {draft:?}: {}", provider.id, reply.body);
            let rows = running.rows(provider);
            assert_eq!(rows.len(), before.len() + 1);
            let row = rows.last().unwrap();
            assert_eq!(
                (row.invoice_id.as_str(), row.amount),
                (invoice.as_str(), Money::from_minor(125, usd()))
            );
            assert_eq!(row.paid_at, "2026-11-19T10:00:00Z");
            assert_eq!(row.note, checked.payment.note);
            assert_eq!(row.transaction_id, checked.payment.transaction_id);
            assert_eq!(row.body, checked.request.body);
            let sent: serde_json::Map<String, Value> = remit_core::Draft::from(&checked.values)
                .iter()
                .map(|(name, text)| (name.to_owned(), text.into()))
                .collect();
            assert_eq!(row.fields, Value::Object(sent), "{}", provider.id);
        }
    }
}

#[test]
fn a_receipt_agrees_with_the_books() {
    let running = Running::start();
    for provider in Provider::ALL {
        let reply = running.send(provider, &payment(provider, 1001, "10"), 0).unwrap();
        let Outcome::Recorded(receipt) = outcome(provider, &reply) else { panic!("{reply:?}") };
        let row = running.rows(provider).pop().unwrap();
        assert!(receipt.payment_id.is_none_or(|id| id == row.id), "{}", provider.id);
        assert!(receipt.paid.is_none_or(|paid| paid.to_decimal_string() == "10.00"), "{}", provider.id);
        assert!(
            receipt.balance.is_none_or(|balance| balance.to_decimal_string() == "1240.00"),
            "{}",
            provider.id
        );
    }
}

#[test]
fn accepts_every_authentication_scheme_and_refuses_wrong_credentials() {
    let running = Running::start();
    for provider in Provider::ALL {
        let request = payment(provider, 1001, "1");
        for scheme in 0..provider.auth.len() {
            let reply = running.send(provider, &request, scheme).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
        }
        let before = running.rows(provider);
        let mut unauthenticated = vec![request.clone()];
        let mut all = request.clone();
        for (scheme, accepted) in provider.auth.iter().zip(provider.emulation.credentials) {
            let sign = |request: &mut Request, change: &dyn Fn(&str) -> String| {
                let secrets = accepted.iter().map(|(name, value)| (*name, change(value))).collect();
                remit_core::operation::auth::sign_in(leak(*scheme), request, &secrets, Some(support::now()))
                    .unwrap();
            };
            let mut wrong = request.clone();
            sign(&mut wrong, &|value| format!("{value}x"));
            unauthenticated.push(wrong);
            sign(&mut all, &str::to_owned);
        }
        if provider.auth.len() > 1 {
            unauthenticated.push(all);
        }
        for request in unauthenticated {
            let reply = support::send_as_is(running.address, provider, &request).unwrap();
            let Outcome::Refused(problem) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(problem.code, ProblemCode::SignIn, "{}", provider.id);
        }
        assert_eq!(running.rows(provider), before);
    }
}

/// A table that contains only this scheme.
fn leak(scheme: remit_core::operation::auth::Scheme) -> &'static [remit_core::operation::auth::Scheme] {
    Box::leak(Box::new([scheme]))
}

#[test]
fn refuses_a_signature_of_another_body_or_an_old_one() {
    let running = Running::start();
    let signs = |provider: &&&'static Provider| provider.auth.iter().any(|scheme| !scheme.in_browser());
    assert!(Provider::ALL.iter().any(|provider| signs(&provider)));
    for provider in Provider::ALL.iter().filter(signs) {
        let mut request = payment(provider, 1001, "1");
        let secrets = provider.emulation.credentials[0].iter().copied().collect();
        remit_core::operation::auth::sign_in(provider.auth, &mut request, &secrets, Some(support::now()))
            .unwrap();
        let other = payment(provider, 1001, "2").body;
        assert_ne!(other, request.body);
        request.body = other;
        let reply = support::send_as_is(running.address, provider, &request).unwrap();
        assert!(is_refused(provider, &reply), "{}", reply.body);
        let old = remit_core::Instant::from_unix(support::now().unix() - 600);
        let mut stale = payment(provider, 1001, "1");
        remit_core::operation::auth::sign_in(provider.auth, &mut stale, &secrets, old).unwrap();
        let reply = support::send_as_is(running.address, provider, &stale).unwrap();
        assert!(is_refused(provider, &reply), "{}", reply.body);
        assert_eq!(running.rows(provider).len(), SEEDED);
    }
}

/// The number of payments in new books.
const SEEDED: usize = 2;

#[test]
fn refuses_a_payment_of_an_invoice_whose_state_does_not_permit_it() {
    let running = Running::start();
    let seeded = [
        (1001, InvoiceState::Open),
        (1006, InvoiceState::Partial),
        (1007, InvoiceState::Paid),
        (1008, InvoiceState::Draft),
        (1009, InvoiceState::Void),
    ];
    for provider in Provider::ALL {
        assert!(!provider.emulation.payable.contains(&InvoiceState::Void), "{}", provider.id);
        for (number, state) in seeded {
            if provider.emulation.payable.contains(&state) {
                continue;
            }
            let totals = || totals(running.file.path(), provider, &id(provider, number));
            let before = totals();
            assert_eq!(before.2, state.as_str(), "{}", provider.id);
            let reply = running.send(provider, &payment(provider, number, "1"), 0).unwrap();
            assert!(is_refused(provider, &reply), "{} {state:?}: {}", provider.id, reply.body);
            assert_eq!(totals(), before, "{}", provider.id);
        }
    }
}

#[test]
fn refuses_a_payment_with_an_unknown_invoice_transaction_or_workspace() {
    let running = Running::start();
    for provider in Provider::ALL {
        let reply = running.send(provider, &payment(provider, 999, "1"), 0).unwrap();
        assert!(is_refused(provider, &reply), "{}: {}", provider.id, reply.body);
        if payment(provider, 1001, "1").body.contains(&id(provider, 2004)) {
            let mut request = payment(provider, 1001, "1");
            request.body = request.body.replace(&id(provider, 2004), &id(provider, 2999));
            let reply = running.send(provider, &request, 0).unwrap();
            let Outcome::Refused(problem) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(problem.code, ProblemCode::NotFound, "{}: {}", provider.id, reply.body);
            let missing = (provider.emulation.refuse)(&Refusal::NoTransaction, &provider.payment);
            assert_eq!((reply.status, reply.body), (missing.status, missing.body), "in the provider's words");
        }
        // A workspace other than the invoice's.
        for (name, value) in provider.emulation.ids {
            let mut request = payment(provider, 1001, "1");
            let other = value.replace('6', "7");
            assert_ne!(other, *value, "{name}");
            request.path = request.path.replace(value, &other);
            let headers: Vec<_> =
                request.headers.iter().map(|(n, v)| (n.to_owned(), v.replace(value, &other))).collect();
            request.headers = headers.into_iter().collect();
            let reply = running.send(provider, &request, 0).unwrap();
            assert!(is_refused(provider, &reply), "{}: {}", provider.id, reply.body);
        }
        assert_eq!(running.rows(provider).len(), SEEDED, "{}", provider.id);
    }
}

#[test]
fn refuses_or_records_an_overpayment_as_the_provider_does() {
    let running = Running::start();
    let mut refused = 0;
    for provider in Provider::ALL {
        // INV-1003 has a total of USD 75.25.
        let (invoice, number) = (id(provider, 1003), 1003);
        let request = payment(provider, number, "75.26");
        let balance = Some(Money::from_minor(7525, usd()));
        let context = Invoice { balance, ..Invoice::new(&invoice, usd()) };
        let accepted =
            provider.read(&request, &Context { invoice: Some(context), ..Context::default() }).is_ok();
        let reply = running.send(provider, &request, 0).unwrap();
        let expected = if accepted { (7526, 7526, "paid".to_owned()) } else { (0, 0, "open".to_owned()) };
        assert_eq!(is_recorded(provider, &reply), accepted, "{}: {}", provider.id, reply.body);
        assert_eq!(totals(running.file.path(), provider, &invoice), expected, "{}", provider.id);
        refused += usize::from(!accepted);
    }
    assert!(refused > 0);
}

#[test]
fn the_books_are_exact_after_twenty_concurrent_payments() {
    let running = Running::start();
    for provider in Provider::ALL {
        // The invoice's balance is 1250.00, and 2000.00 of the transaction is not allocated.
        let request = payment(provider, 1001, "110");
        let send = || running.send(provider, &request, 0).unwrap();
        let replies: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let recorded = replies.iter().filter(|reply| is_recorded(provider, reply)).count();
        assert!(replies.iter().all(|reply| is_recorded(provider, reply) || is_refused(provider, reply)));
        let rows = running.rows(provider);
        assert_eq!(rows.len(), SEEDED + recorded, "{}", provider.id);
        let identifiers: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(identifiers.len(), rows.len(), "{}: an identifier was reused", provider.id);
        let (paid, sum, _) = totals(running.file.path(), provider, &id(provider, 1001));
        assert_eq!((paid, sum), (11_000 * i64::try_from(recorded).unwrap(), paid), "{}", provider.id);
        let most = if accepts_overpayment(provider) { 20 } else { 11 };
        let from_bank = rows.iter().any(|row| row.transaction_id.is_some());
        assert_eq!(recorded, if from_bank { 18.min(most) } else { most }, "{}", provider.id);
    }
}

fn accepts_overpayment(provider: &'static Provider) -> bool {
    let balance = Some(Money::from_minor(1, usd()));
    let invoice = Invoice { balance, ..Invoice::new(id(provider, 1001), usd()) };
    let context = Context { invoice: Some(invoice), ..Context::default() };
    provider.read(&payment(provider, 1001, "110"), &context).is_ok()
}

#[test]
fn refuses_a_body_that_is_not_a_payment_and_ignores_parameters_of_the_media_type() {
    let running = Running::start();
    for provider in Provider::ALL {
        let good = payment(provider, 1001, "1");
        let with_body = |body: &str| Request { body: body.to_owned(), ..good.clone() };
        let with_type = |media_type: &str| {
            let mut request = good.clone();
            request.headers.set("Content-Type", media_type);
            request
        };
        for request in [
            with_body(""),
            with_body("{}"),
            with_body("{\"amount\":"),
            with_body("<x/>"),
            with_type("text/plain"),
        ] {
            let reply = running.send(provider, &request, 0).unwrap();
            assert!(is_refused(provider, &reply), "{}: {} {}", provider.id, reply.status, reply.body);
        }
        let media_type = good.headers.get("Content-Type").unwrap();
        let reply = running.send(provider, &with_type(&format!("{media_type}; charset=utf-8")), 0).unwrap();
        assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
        assert_eq!(running.rows(provider).len(), SEEDED + 1, "{}", provider.id);
    }
}
