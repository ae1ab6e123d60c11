//! Payments, over a socket and into the database.

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
use support::{Running, id, is_recorded, is_refused, outcome, payment, shared, standing, usd};

#[test]
fn a_payment_that_was_confirmed_is_in_the_books_with_every_field() {
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
fn an_answer_names_the_payment_that_is_in_the_books() {
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
fn every_way_to_sign_in_is_taken_and_a_stranger_records_nothing() {
    let running = Running::start();
    for provider in Provider::ALL {
        let request = payment(provider, 1001, "1");
        for scheme in 0..provider.auth.len() {
            let reply = running.send(provider, &request, scheme).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
        }
        let before = running.rows(provider);
        let mut strangers = vec![request.clone()];
        let mut all = request.clone();
        for (scheme, accepted) in provider.auth.iter().zip(provider.emulation.credentials) {
            let sign = |request: &mut Request, change: &dyn Fn(&str) -> String| {
                let secrets = accepted.iter().map(|(name, value)| (*name, change(value))).collect();
                remit_core::operation::auth::sign_in(leak(*scheme), request, &secrets, Some(support::now()))
                    .unwrap();
            };
            let mut wrong = request.clone();
            sign(&mut wrong, &|value| format!("{value}x"));
            strangers.push(wrong);
            sign(&mut all, &str::to_owned);
        }
        if provider.auth.len() > 1 {
            strangers.push(all);
        }
        for stranger in strangers {
            let reply = support::send_as_is(running.address, provider, &stranger).unwrap();
            let Outcome::Refused(problem) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(problem.code, ProblemCode::SignIn, "{}", provider.id);
        }
        assert_eq!(running.rows(provider), before);
    }
}

/// A scheme alone, as a table of schemes.
fn leak(scheme: remit_core::operation::auth::Scheme) -> &'static [remit_core::operation::auth::Scheme] {
    Box::leak(Box::new([scheme]))
}

#[test]
fn a_signature_over_another_body_moves_no_money() {
    let running = Running::start();
    for provider in
        Provider::ALL.iter().filter(|provider| provider.auth.iter().any(|scheme| !scheme.in_browser()))
    {
        let mut request = payment(provider, 1001, "1");
        let secrets = provider.emulation.credentials[0].iter().copied().collect();
        remit_core::operation::auth::sign_in(provider.auth, &mut request, &secrets, Some(support::now()))
            .unwrap();
        let dearer = payment(provider, 1001, "2").body;
        assert_ne!(dearer, request.body);
        request.body = dearer;
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

/// Payments that the books begin with.
const SEEDED: usize = 2;

#[test]
fn a_void_invoice_is_not_paid_nor_any_other_that_takes_no_payment() {
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
            let standing = || standing(running.file.path(), provider, &id(provider, number));
            let before = standing();
            assert_eq!(before.2, state.as_str(), "{}", provider.id);
            let reply = running.send(provider, &payment(provider, number, "1"), 0).unwrap();
            assert!(is_refused(provider, &reply), "{} {state:?}: {}", provider.id, reply.body);
            assert_eq!(standing(), before, "{}", provider.id);
        }
    }
}

#[test]
fn a_payment_to_nobody_s_invoice_or_from_nobody_s_account_goes_nowhere() {
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
            assert_eq!((reply.status, reply.body), (missing.status, missing.body), "in its own words");
        }
        // Another workspace than the one that the invoice is in.
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
fn an_overpayment_is_refused_where_the_provider_refuses_it_and_counted_where_it_does_not() {
    let running = Running::start();
    let mut refusing = 0;
    for provider in Provider::ALL {
        // INV-1003 is of USD 75.25.
        let (invoice, number) = (id(provider, 1003), 1003);
        let request = payment(provider, number, "75.26");
        let balance = Some(Money::from_minor(7525, usd()));
        let known = Invoice { balance, ..Invoice::new(&invoice, usd()) };
        let taken = provider.read(&request, &Context { invoice: Some(known), ..Context::default() }).is_ok();
        let reply = running.send(provider, &request, 0).unwrap();
        let expected = if taken { (7526, 7526, "paid".to_owned()) } else { (0, 0, "open".to_owned()) };
        assert_eq!(is_recorded(provider, &reply), taken, "{}: {}", provider.id, reply.body);
        assert_eq!(standing(running.file.path(), provider, &invoice), expected, "{}", provider.id);
        refusing += usize::from(!taken);
    }
    assert!(refusing > 0);
}

#[test]
fn twenty_payments_at_once_keep_the_books_exact() {
    let running = Running::start();
    for provider in Provider::ALL {
        // Of 1250.00 on the invoice and 2000.00 left on the transaction.
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
        assert_eq!(identifiers.len(), rows.len(), "{}: an identifier was given out twice", provider.id);
        let (paid, sum, _) = standing(running.file.path(), provider, &id(provider, 1001));
        assert_eq!((paid, sum), (11_000 * i64::try_from(recorded).unwrap(), paid), "{}", provider.id);
        let most = if takes_too_much(provider) { 20 } else { 11 };
        let from_bank = rows.iter().any(|row| row.transaction_id.is_some());
        assert_eq!(recorded, if from_bank { 18.min(most) } else { most }, "{}", provider.id);
    }
}

fn takes_too_much(provider: &'static Provider) -> bool {
    let balance = Some(Money::from_minor(1, usd()));
    let invoice = Invoice { balance, ..Invoice::new(id(provider, 1001), usd()) };
    let known = Context { invoice: Some(invoice), ..Context::default() };
    provider.read(&payment(provider, 1001, "110"), &known).is_ok()
}

#[test]
fn a_body_that_is_no_payment_is_refused_in_the_provider_s_words() {
    let running = Running::start();
    for provider in Provider::ALL {
        let good = payment(provider, 1001, "1");
        let change = |body: &str| Request { body: body.to_owned(), ..good.clone() };
        let typed = |media_type: &str| {
            let mut request = good.clone();
            request.headers.set("Content-Type", media_type);
            request
        };
        for request in [change(""), change("{}"), change("{\"amount\":"), change("<x/>"), typed("text/plain")]
        {
            let reply = running.send(provider, &request, 0).unwrap();
            assert!(is_refused(provider, &reply), "{}: {} {}", provider.id, reply.status, reply.body);
        }
        let media_type = good.headers.get("Content-Type").unwrap();
        let reply = running.send(provider, &typed(&format!("{media_type}; charset=utf-8")), 0).unwrap();
        assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
        assert_eq!(running.rows(provider).len(), SEEDED + 1, "{}", provider.id);
    }
}
