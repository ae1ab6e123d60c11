//! Behaviour of every operation: paths, methods, authentication, throttling and faults.

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
use support::calls::{assert_refusal, call, sample};
use support::{Running, id, is_recorded, is_refused, payment, send_as_is, send_signed, signed, usd};

/// Records a payment, and returns its identifier.
fn paid(running: &Running, provider: &'static Provider) -> String {
    let reply = running.send(provider, &payment(provider, 1001, "1"), 0).unwrap();
    assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
    running.rows(provider).pop().unwrap().id
}

/// Every operation of every provider, with a valid request.
fn all(running: &Running) -> Vec<(&'static Provider, &'static Operation, Request)> {
    let requests = |provider: &'static Provider| {
        let payment = paid(running, provider);
        provider
            .all_operations()
            .map(move |operation| (provider, operation, sample(provider, operation, &payment)))
    };
    Provider::ALL.iter().copied().flat_map(requests).collect()
}

fn bare(path: &str) -> &str {
    path.split_once('?').map_or(path, |(bare, _)| bare)
}

#[test]
fn answers_every_declared_operation() {
    let running = Running::start();
    for (provider, operation, request) in all(&running) {
        // An earlier removal may have removed the request's payment, so use a new one.
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
fn refuses_an_unknown_path() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        let books = Books::of(&running, provider);
        let (path, query) = request.path.split_once('?').map_or((request.path.as_str(), ""), |pair| pair);
        let elsewhere = format!("{path}/no/such/place");
        request.path = if query.is_empty() { elsewhere.clone() } else { format!("{elsewhere}?{query}") };
        let reply = running.send(provider, &request, 0).unwrap();
        assert_refusal(provider, &provider.payment, &reply, &Refusal::NoRoute(elsewhere));
        let read = operation.understand(&reply, usd());
        assert!(matches!(read, Err(Failure::Refused(_))), "{} {}: {read:?}", provider.id, request.path);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn refuses_a_misspelled_query_parameter() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        let books = Books::of(&running, provider);
        let has_query = operation.route.contains('?');
        request.path.push_str(if request.path.contains('?') { "&pagee=2" } else { "?pagee=2" });
        let reply = running.send(provider, &request, 0).unwrap();
        if has_query {
            // The query identifies the operation.
            let nowhere = Refusal::NoRoute(bare(&request.path).to_owned());
            assert_refusal(provider, &provider.payment, &reply, &nowhere);
        } else {
            let (_, query) = request.path.split_once('?').unwrap();
            let value = Param::Text(query.to_owned());
            let rejection = Rejection::of("", Code::MemberUnknown, vec![("value", value)]);
            assert_refusal(provider, operation, &reply, &Refusal::Invalid(rejection));
        }
        let read = operation.understand(&reply, usd());
        assert!(matches!(read, Err(Failure::Refused(_))), "{} {}: {read:?}", provider.id, request.path);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

const METHODS: [&str; 5] = ["PUT", "PATCH", "GET", "POST", "DELETE"];

#[test]
fn refuses_a_wrong_method_and_lists_the_allowed_ones() {
    let running = Running::start();
    let all = all(&running);
    for (provider, operation, request) in &all {
        let books = Books::of(&running, provider);
        // The methods of all operations at this path, with any query.
        let is_same_path = |other: &&(&'static Provider, &Operation, Request)| {
            let at_path = !other.1.route.contains('?') && bare(&other.2.path) == bare(&request.path);
            other.0.id == provider.id && (other.2.path == request.path || at_path)
        };
        let methods: BTreeSet<_> =
            all.iter().filter(is_same_path).map(|(_, other, _)| other.method.name()).collect();
        assert!(methods.contains(operation.method.name()));
        let allowed: Vec<_> = methods.iter().copied().collect();
        let path = format!("{}{}", provider.emulation.base, request.path);
        // A page of a list is at the same path.
        let page = operation.wire_name(name::PAGE_SIZE).map(|size| format!("{path}?{size}=2"));
        for (path, method) in page.iter().chain([&path]).flat_map(|path| METHODS.map(|method| (path, method)))
        {
            if methods.contains(method) {
                continue;
            }
            let headers: Vec<_> = request.headers.iter().collect();
            let reply =
                support::call(running.address, method, path, &headers, request.body.as_bytes()).unwrap();
            let refusal = Refusal::Method { given: method.to_owned(), allowed: allowed.join(", ") };
            assert_refusal(provider, &provider.payment, &reply, &refusal);
            assert!(is_refused(provider, &reply), "{} {method} {path}", provider.id);
        }
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn refuses_every_operation_without_valid_credentials() {
    let running = Running::start();
    for (provider, operation, request) in all(&running) {
        let books = Books::of(&running, provider);
        let mut unauthenticated = vec![request.clone()];
        for (at, accepted) in provider.emulation.credentials.iter().enumerate() {
            let mut wrong = request.clone();
            let secrets = accepted.iter().map(|(name, value)| (*name, format!("{value}x"))).collect();
            sign_in(&provider.auth[at..=at], &mut wrong, &secrets, Some(support::now())).unwrap();
            unauthenticated.push(wrong);
        }
        for request in unauthenticated {
            let reply = send_as_is(running.address, provider, &request).unwrap();
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
fn refuses_every_operation_in_another_workspace() {
    let running = Running::start();
    let mut tested = 0;
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
            tested += 1;
        }
    }
    assert!(tested > 0);
}

/// Sends one request more than the limit. If the machine needs longer than the window, the test starts again.
#[test]
fn throttles_a_client_that_exceeds_the_limit() {
    let mut throttled = 0;
    for provider in Provider::ALL.iter().copied() {
        let Some(throttle) = provider.throttle else { continue };
        throttled += 1;
        let (scheme, window) = (throttle.only.unwrap_or(0), Duration::from_secs(throttle.seconds.into()));
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
                let reply = running.send(provider, &request, scheme).unwrap();
                match operation.understand(&reply, usd()) {
                    Err(Failure::Refused(problem)) if problem.code == ProblemCode::Throttled => {
                        assert_refusal(provider, operation, &reply, &Refusal::Throttled(throttle.seconds));
                        assert!(problem.retry_after.is_none_or(|seconds| seconds == throttle.seconds));
                        true
                    }
                    _ => false,
                }
            });
            let early = codes.by_ref().take(throttle.calls).filter(|throttled| *throttled).count();
            assert_eq!(early, 0, "{}: throttled below the limit", provider.id);
            let last = codes.next().unwrap();
            drop(codes);
            if start.elapsed() < window {
                assert!(last, "{}: not throttled above the limit", provider.id);
                break running;
            }
        };
        // A payment is throttled too, and not recorded.
        let before = running.rows(provider);
        let pay = payment(provider, 1001, "1");
        let start = Instant::now();
        let reply = send_signed(running.address, provider, &pay, scheme).unwrap();
        if start.elapsed() < window / 2 && throttle.seconds > 2 {
            assert!(is_refused(provider, &reply), "{}: {}", provider.id, reply.body);
            assert_eq!(running.rows(provider), before, "{}", provider.id);
        }
        if throttle.seconds <= 2 {
            std::thread::sleep(window);
            let reply = send_signed(running.address, provider, &pay, scheme).unwrap();
            assert!(is_recorded(provider, &reply), "{}: throttled after the wait", provider.id);
        }
        // Other authentication schemes are not throttled.
        if let Some(only) = throttle.only {
            let other = (0..provider.auth.len()).find(|scheme| *scheme != only).unwrap();
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
fn a_fault_affects_every_changing_operation_and_no_reading_one() {
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
fn refuses_a_body_of_an_operation_without_one() {
    let running = Running::start();
    for (provider, operation, mut request) in all(&running) {
        if !operation.body.is_empty() {
            continue;
        }
        let books = Books::of(&running, provider);
        request.body = "{\"amount\":1}".to_owned();
        let reply = running.send(provider, &request, 0).unwrap();
        assert_refusal(provider, operation, &reply, &Refusal::Unreadable);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
    }
}

#[test]
fn refuses_a_signature_of_another_request() {
    let running = Running::start();
    let mut tested = 0;
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
        tested += 1;
    }
    assert!(tested > 0);
}

/// The texts are the providers' documented ones.
#[test]
fn a_refusal_contains_the_documented_details() {
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
        // [sources.md 4.5]
        (
            with("\"invoiceId\":1001", "\"invoiceId\":\"wrong\""),
            "\"additionalMessages\":[\"Value must be a whole number\"]",
        ),
    ] {
        let reply = running.send(ivvy, &request, 0).unwrap();
        assert!(reply.body.contains(expected), "{}: {}", request.body, reply.body);
    }
    // "404 also for wrong business context". [sources.md 2.2]
    let dayzero = Provider::find("dayzero").unwrap();
    let list = dayzero.operation(Purpose::ListInvoices).unwrap();
    let mut elsewhere = call(dayzero, list, &[]);
    let secrets = dayzero.emulation.credentials[0].iter().copied().collect();
    sign_in(&dayzero.auth[..1], &mut elsewhere, &secrets, None).unwrap();
    elsewhere.headers.set("x-business-id", "00000000-0000-4000-8000-000000000000");
    let reply = send_as_is(running.address, dayzero, &elsewhere).unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (404, "{\"detail\":\"Resource not found\"}"));
}
