//! What every operation shares: its path and its method, who is let in, how often, and what happens on a bad day.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use remit_core::emulate::Refusal;
use remit_core::operation::auth::sign_in;
use remit_core::wire::Request;
use remit_core::{Code, Failure, Operation, Param, ProblemCode, Provider, Purpose, Rejection, name};
use support::books::Books;
use support::calls::{call, is_as, sample};
use support::{Running, id, is_recorded, is_refused, payment, send_as_is, send_signed, signed, usd};

/// A payment to show and to remove; its identifier.
fn paid(running: &Running, provider: &'static Provider) -> String {
    let reply = running.send(provider, &payment(provider, 1001, "1"), 0).unwrap();
    assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
    running.rows(provider).pop().unwrap().id
}

/// Every operation of every provider, with a request for it.
fn all(running: &Running) -> Vec<(&'static Provider, &'static Operation, Request)> {
    let of = |provider: &'static Provider| {
        let payment = paid(running, provider);
        provider
            .all_operations()
            .map(move |operation| (provider, operation, sample(provider, operation, &payment)))
    };
    Provider::ALL.iter().copied().flat_map(of).collect()
}

fn bare(path: &str) -> &str {
    path.split_once('?').map_or(path, |(bare, _)| bare)
}

#[test]
fn an_operation_would_be_declared_that_nobody_answers() {
    let running = Running::start();
    for (provider, operation, request) in all(&running) {
        // What one has removed, another cannot show.
        let payment = paid(&running, provider);
        let request = match operation.purpose {
            Purpose::DeletePayment => sample(provider, operation, &payment),
            _ => request,
        };
        let reply = running.send(provider, &request, 0).unwrap();
        let read = operation.understand(&reply, usd());
        assert!(read.is_ok(), "{} {:?}: {read:?}", provider.id, operation.purpose);
    }
}

#[test]
fn whoever_mistakes_a_path_would_not_learn_of_it() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        let books = Books::of(&running, provider);
        let (path, query) = request.path.split_once('?').map_or((request.path.as_str(), ""), |pair| pair);
        let elsewhere = format!("{path}/no/such/place");
        request.path = if query.is_empty() { elsewhere.clone() } else { format!("{elsewhere}?{query}") };
        let reply = running.send(provider, &request, 0).unwrap();
        is_as(provider, &provider.payment, &reply, &Refusal::NoRoute(elsewhere));
        let read = operation.understand(&reply, usd());
        assert!(matches!(read, Err(Failure::Refused(_))), "{} {}: {read:?}", provider.id, request.path);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn a_parameter_that_is_misspelled_would_be_passed_over() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        let books = Books::of(&running, provider);
        let named = operation.route.contains('?');
        request.path.push_str(if request.path.contains('?') { "&pagee=2" } else { "?pagee=2" });
        let reply = running.send(provider, &request, 0).unwrap();
        if named {
            // The query is what names the operation.
            let nowhere = Refusal::NoRoute(bare(&request.path).to_owned());
            is_as(provider, &provider.payment, &reply, &nowhere);
        } else {
            let (_, query) = request.path.split_once('?').unwrap();
            let value = Param::Text(query.to_owned());
            let rejection = Rejection::of("", Code::MemberUnknown, vec![("value", value)]);
            is_as(provider, operation, &reply, &Refusal::Invalid(rejection));
        }
        let read = operation.understand(&reply, usd());
        assert!(matches!(read, Err(Failure::Refused(_))), "{} {}: {read:?}", provider.id, request.path);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

const METHODS: [&str; 5] = ["PUT", "PATCH", "GET", "POST", "DELETE"];

#[test]
fn whoever_takes_the_wrong_method_would_not_learn_which_are_right() {
    let running = Running::start();
    let all = all(&running);
    for (provider, operation, request) in &all {
        let books = Books::of(&running, provider);
        // Those of all operations at this path, whatever their query.
        let same = |other: &&(&'static Provider, &Operation, Request)| {
            let at_path = !other.1.route.contains('?') && bare(&other.2.path) == bare(&request.path);
            other.0.id == provider.id && (other.2.path == request.path || at_path)
        };
        let methods: BTreeSet<_> = all.iter().filter(same).map(|(_, other, _)| other.method.name()).collect();
        assert!(methods.contains(operation.method.name()));
        let allowed: Vec<_> = methods.iter().copied().collect();
        let path = format!("{}{}", provider.emulation.base, request.path);
        // A part of a list is at the same path.
        let part = operation.wire_name(name::PAGE_SIZE).map(|size| format!("{path}?{size}=2"));
        for (path, given) in part.iter().chain([&path]).flat_map(|path| METHODS.map(|given| (path, given))) {
            if methods.contains(given) {
                continue;
            }
            let headers: Vec<_> = request.headers.iter().collect();
            let reply =
                support::call(running.address, given, path, &headers, request.body.as_bytes()).unwrap();
            let refusal = Refusal::Method { given: given.to_owned(), allowed: allowed.join(", ") };
            is_as(provider, &provider.payment, &reply, &refusal);
            assert!(is_refused(provider, &reply), "{} {given} {path}", provider.id);
        }
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn a_stranger_would_see_or_change_something() {
    let running = Running::start();
    for (provider, operation, request) in all(&running) {
        let books = Books::of(&running, provider);
        let mut strangers = vec![request.clone()];
        for (at, accepted) in provider.emulation.credentials.iter().enumerate() {
            let mut wrong = request.clone();
            let secrets = accepted.iter().map(|(name, value)| (*name, format!("{value}x"))).collect();
            sign_in(&provider.auth[at..=at], &mut wrong, &secrets, Some(support::now())).unwrap();
            strangers.push(wrong);
        }
        for stranger in strangers {
            let reply = send_as_is(running.address, provider, &stranger).unwrap();
            match operation.understand(&reply, usd()) {
                Err(Failure::Refused(problem)) => {
                    assert_eq!(problem.code, ProblemCode::SignIn, "{}: {}", provider.id, reply.body);
                }
                other => panic!("{} {:?}: {other:?}", provider.id, operation.purpose),
            }
        }
        assert_eq!(Books::of(&running, provider), books, "{} {:?}", provider.id, operation.purpose);
    }
}

#[test]
fn another_workspace_s_records_would_be_seen_or_changed() {
    let running = Running::start();
    let mut tried = 0;
    for (provider, operation, request) in all(&running) {
        for (_, value) in provider.emulation.ids {
            let other = value.replace('6', "7");
            let mut elsewhere = request.clone();
            elsewhere.path = elsewhere.path.replace(value, &other);
            let headers =
                request.headers.iter().map(|(name, text)| (name.to_owned(), text.replace(value, &other)));
            elsewhere.headers = headers.collect();
            assert_ne!(elsewhere, request, "{} {:?}", provider.id, operation.purpose);
            let books = Books::of(&running, provider);
            let reply = running.send(provider, &elsewhere, 0).unwrap();
            let read = operation.understand(&reply, usd());
            assert!(matches!(read, Err(Failure::Refused(_))), "{} {read:?}", provider.id);
            assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
            tried += 1;
        }
    }
    assert!(tried > 0);
}

/// Sends until a request is refused, all within a window if the machine is fast enough.
#[test]
fn a_client_that_asks_too_often_would_learn_of_it_only_at_the_provider() {
    let mut throttled = 0;
    for provider in Provider::ALL.iter().copied() {
        let Some(throttle) = provider.emulation.throttle else { continue };
        throttled += 1;
        let (way, window) = (throttle.only.unwrap_or(0), Duration::from_secs(throttle.seconds.into()));
        let reads = |operation: &&Operation| !operation.purpose.changes();
        let operation = provider.all_operations().find(reads).unwrap_or(&provider.payment);
        let mut attempts = 0;
        let running = loop {
            attempts += 1;
            assert!(attempts <= 20, "{}: this machine is too slow", provider.id);
            let running = Running::start();
            let request = sample(provider, operation, &id(provider, 3001));
            let start = Instant::now();
            let mut codes = (0..=throttle.calls).map(|_| {
                let reply = running.send(provider, &request, way).unwrap();
                match operation.understand(&reply, usd()) {
                    Err(Failure::Refused(problem)) if problem.code == ProblemCode::Throttled => {
                        is_as(provider, operation, &reply, &Refusal::Throttled(throttle.seconds));
                        assert!(problem.retry_after.is_none_or(|seconds| seconds == throttle.seconds));
                        true
                    }
                    _ => false,
                }
            });
            let early = codes.by_ref().take(throttle.calls).filter(|throttled| *throttled).count();
            assert_eq!(early, 0, "{}: refused too early", provider.id);
            let last = codes.next().unwrap();
            drop(codes);
            if start.elapsed() < window {
                assert!(last, "{}: one too many was let through", provider.id);
                break running;
            }
        };
        // A payment is not let through either, and not recorded.
        let before = running.rows(provider);
        let pay = payment(provider, 1001, "1");
        let start = Instant::now();
        let reply = send_signed(running.address, provider, &pay, way).unwrap();
        if start.elapsed() < window / 2 && throttle.seconds > 2 {
            assert!(is_refused(provider, &reply), "{}: {}", provider.id, reply.body);
            assert_eq!(running.rows(provider), before, "{}", provider.id);
        }
        if throttle.seconds <= 2 {
            std::thread::sleep(window);
            let reply = send_signed(running.address, provider, &pay, way).unwrap();
            assert!(is_recorded(provider, &reply), "{}: whoever waits is let through", provider.id);
        }
        // Who signs in otherwise is counted otherwise.
        if let Some(only) = throttle.only {
            let other = (0..provider.auth.len()).find(|way| *way != only).unwrap();
            let request = sample(provider, operation, &id(provider, 3001));
            for _ in 0..=throttle.calls {
                let reply = running.send(provider, &request, other).unwrap();
                assert!(operation.understand(&reply, usd()).is_ok(), "{}: {}", provider.id, reply.body);
            }
        }
    }
    assert!(throttled >= 1);
}

#[test]
fn a_fault_would_be_used_up_by_a_look_or_strike_none_but_payments() {
    let running = Running::start();
    for (provider, operation, _) in all(&running) {
        running.sandbox.set_faults(Vec::new());
        let payment = paid(&running, provider);
        let request = sample(provider, operation, &payment);
        let before = Books::of(&running, provider);
        let fault = |text: &str| running.sandbox.set_faults(vec![text.parse().unwrap()]);
        if !operation.purpose.changes() {
            fault("drop-before-commit");
            assert!(running.send(provider, &request, 0).is_some(), "{} {:?}", provider.id, operation.purpose);
            continue;
        }
        fault("status=503*1");
        assert_eq!(running.send(provider, &request, 0).unwrap().status, 503, "{}", provider.id);
        assert_eq!(Books::of(&running, provider), before, "{} {:?}", provider.id, operation.purpose);
        fault("drop-after-commit*1");
        assert_eq!(running.send(provider, &request, 0), None, "{}", provider.id);
        assert_ne!(Books::of(&running, provider), before, "{} {:?}", provider.id, operation.purpose);
    }
}

#[test]
fn a_request_with_a_body_where_none_belongs_would_be_half_read() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        if !operation.body.is_empty() {
            continue;
        }
        let books = Books::of(&running, provider);
        request.body = "{\"amount\":1}".to_owned();
        let reply = running.send(provider, &request, 0).unwrap();
        is_as(provider, operation, &reply, &Refusal::Unreadable);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn a_request_that_is_signed_for_one_path_would_be_taken_at_another() {
    let running = Running::start();
    for provider in Provider::ALL.iter().filter(|provider| !provider.auth[0].in_browser()) {
        let (Some(get), invoice) = (provider.operation(Purpose::GetInvoice), id(provider, 1001)) else {
            continue;
        };
        let mut request = signed(provider, &call(provider, get, &[(name::INVOICE, &invoice)]), 0);
        let other = call(provider, get, &[(name::INVOICE, &id(provider, 1003))]);
        assert_ne!((&other.path, &other.body), (&request.path, &request.body));
        (request.path, request.body) = (other.path, other.body);
        let reply = send_as_is(running.address, provider, &request).unwrap();
        let read = get.understand(&reply, usd());
        assert!(
            matches!(&read, Err(Failure::Refused(problem)) if problem.code == ProblemCode::SignIn),
            "{read:?}"
        );
    }
}

/// What the providers document of a refusal, word for word, where it is more than a status.
#[test]
fn a_refusal_would_not_be_told_as_it_is_documented() {
    let running = Running::start();
    let ivvy = Provider::find("ivvy").unwrap();
    let good = payment(ivvy, 1001, "1.00");
    let with = |from: &str, to: &str| {
        let body = good.body.replacen(from, to, 1);
        assert_ne!(body, good.body);
        Request { body, ..good.clone() }
    };
    for (request, expected) in [
        // [ivvy-add-payment.md, Throws]
        (with("{", "{\"gateway\":\"x\","), "\"specificCode\":24237"),
        (with("{", "{\"paymentId\":5,"), "\"specificCode\":24237"),
        // [providers.md 4.5]
        (
            with("\"invoiceId\":1001", "\"invoiceId\":\"wrong\""),
            "\"additionalMessages\":[\"Value must be a whole number\"]",
        ),
    ] {
        let reply = running.send(ivvy, &request, 0).unwrap();
        assert!(reply.body.contains(expected), "{}: {}", request.body, reply.body);
    }
    // "404 also for wrong business context". [providers.md 2.2]
    let dayzero = Provider::find("dayzero").unwrap();
    let list = dayzero.operation(Purpose::ListInvoices).unwrap();
    let mut elsewhere = call(dayzero, list, &[]);
    let secrets = dayzero.emulation.credentials[0].iter().copied().collect();
    sign_in(&dayzero.auth[..1], &mut elsewhere, &secrets, None).unwrap();
    elsewhere.headers.set("x-business-id", "00000000-0000-4000-8000-000000000000");
    let reply = send_as_is(running.address, dayzero, &elsewhere).unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (404, "{\"detail\":\"Resource not found\"}"));
}
