//! Simulated faults.

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

use remit_core::wire::Response;
use remit_core::{Outcome, ProblemCode, Provider};
use support::{
    Received, Running, call, exchange_as_is, id, is_recorded, is_refused, outcome, payment, signed, totals,
};

fn set(running: &Running, faults: &str) -> u16 {
    call(running.address, "PUT", "/_faults", &[], faults.as_bytes()).unwrap().status
}

/// Sends a valid payment, and returns the part of the response that was received.
fn pay(running: &Running, provider: &'static Provider) -> Option<Received> {
    let request = signed(provider, &payment(provider, 1001, "1"), 0);
    exchange_as_is(running.address, provider, &request).unwrap()
}

/// Every kind, and whether the payment is recorded.
const ALL: [(&str, bool); 12] = [
    ("drop-before-commit", false),
    ("drop-after-commit", true),
    ("cut", true),
    ("wrong-type", true),
    ("html", false),
    ("html-after-commit", true),
    ("status=429", false),
    ("status=429,retry-after=2", false),
    ("status=500", false),
    ("status=502", false),
    ("status=503", false),
    ("status=503,retry-after=2", false),
];

#[test]
fn a_fault_records_a_payment_as_its_kind_states_and_no_response_contradicts_it() {
    let running = Running::start();
    for provider in Provider::ALL {
        let mut recorded = running.rows(provider);
        let invoice = id(provider, 1001);
        for (fault, commits) in ALL {
            let case = format!("{fault} at {}", provider.id);
            assert_eq!(set(&running, &format!(r#"["{fault}@{}*1"]"#, provider.id)), 204);
            let received = pay(&running, provider);
            let rows = running.rows(provider);
            assert_eq!(rows.len(), recorded.len() + usize::from(commits), "{case}");
            assert!(rows.starts_with(&recorded), "{case}");
            let (paid, sum, _) = totals(running.file.path(), provider, &invoice);
            assert_eq!(paid, sum, "{case}");
            // Parsed as by a client that does not detect an incomplete body.
            if let Some(Received { reply, .. }) = received {
                let is_wrong =
                    if commits { is_refused(provider, &reply) } else { is_recorded(provider, &reply) };
                assert!(!is_wrong, "{case}: {reply:?}");
                let sent = !matches!(outcome(provider, &reply), Outcome::NotSent(_));
                assert!(sent, "{case}: {reply:?}");
            }
            // The fault does not affect the next payment.
            assert!(is_recorded(provider, &pay(&running, provider).unwrap().reply), "{case}");
            recorded = running.rows(provider);
            assert_eq!(recorded.len(), rows.len() + 1, "{case}");
        }
    }
}

#[test]
fn a_cut_body_is_detectable_and_never_reads_as_a_refusal() {
    let running = Running::start();
    for provider in Provider::ALL {
        let plain = pay(&running, provider).unwrap();
        assert_eq!(plain.missing, 0);
        running.sandbox.set_faults(vec!["cut*1".parse().unwrap()]);
        let Received { reply: cut, missing } = pay(&running, provider).unwrap();
        assert_eq!(cut.status, plain.reply.status, "{}", provider.id);
        assert_eq!(cut.headers.get("Content-Type"), plain.reply.headers.get("Content-Type"));
        assert!(missing > 0, "{}: {cut:?}", provider.id);
        assert!(cut.body.len() <= missing && missing <= cut.body.len() + 1, "{}: not half", provider.id);
        // A body that is cut at any other position does not read as a refusal either.
        for end in 0..plain.reply.body.len() {
            let body = plain.reply.body.chars().take(end).collect();
            let part = Response { body, ..plain.reply.clone() };
            assert!(!is_refused(provider, &part), "{}: {}", provider.id, part.body);
        }
    }
}

#[test]
fn a_status_fault_has_no_body_and_retry_after_only_if_specified() {
    let running = Running::start();
    for provider in Provider::ALL {
        for status in [429, 500, 502, 503] {
            for (after, header) in [("", None), (",retry-after=2", Some("2"))] {
                let fault = format!("status={status}{after}*1");
                running.sandbox.set_faults(vec![fault.parse().unwrap()]);
                let reply = pay(&running, provider).unwrap().reply;
                assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{}", provider.id);
                assert_eq!(reply.headers.get("Content-Length"), Some("0"));
                assert_eq!(reply.headers.get("Retry-After"), header);
                let outcome = outcome(provider, &reply);
                match (status, &outcome) {
                    (429 | 503, Outcome::Refused(problem)) => {
                        assert_eq!(problem.code, ProblemCode::Throttled);
                        assert_eq!(problem.retry_after, header.map(|_| 2));
                    }
                    (500 | 502 | 503, Outcome::Unknown(_)) => {}
                    _ => panic!("{fault} at {}: {outcome:?}", provider.id),
                }
            }
        }
    }
}

#[test]
fn a_proxy_s_page_leaves_the_outcome_unknown() {
    let running = Running::start();
    for provider in Provider::ALL {
        let pages = ["html*1", "html-after-commit*1"].map(|fault| {
            running.sandbox.set_faults(vec![fault.parse().unwrap()]);
            let reply = pay(&running, provider).unwrap().reply;
            assert_eq!(reply.status, 502);
            assert!(reply.headers.get("Content-Type").unwrap().starts_with("text/html"));
            assert!(reply.body.contains("<h1>502 Bad Gateway</h1>"));
            let outcome = outcome(provider, &reply);
            assert!(matches!(outcome, Outcome::Unknown(_)), "{}: {outcome:?}", provider.id);
            reply.body
        });
        assert_eq!(pages[0], pages[1], "the page must be the same for both");
    }
}

#[test]
fn a_wrong_type_fault_changes_only_the_media_type() {
    let running = Running::start();
    for provider in Provider::ALL {
        let plain = pay(&running, provider).unwrap().reply;
        running.sandbox.set_faults(vec!["wrong-type*1".parse().unwrap()]);
        let reply = pay(&running, provider).unwrap().reply;
        assert!(reply.headers.get("Content-Type").unwrap().starts_with("text/html"), "{}", provider.id);
        assert_eq!(reply.status, plain.status);
        let names =
            |reply: &Response| reply.headers.iter().map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(names(&reply), names(&plain), "{}", provider.id);
        // A receipt names the newest payment.
        let newest = running.rows(provider).pop().unwrap().id;
        if let Outcome::Recorded(receipt) = outcome(provider, &reply) {
            assert!(receipt.payment_id.is_none_or(|id| id == newest), "{}", provider.id);
        }
    }
}

#[test]
fn a_refused_payment_uses_up_no_fault() {
    let running = Running::start();
    let faults = ALL.map(|(fault, _)| format!("{fault}*1").parse().unwrap());
    for provider in Provider::ALL {
        let void = signed(provider, &payment(provider, 1009, "1"), 0);
        running.sandbox.set_faults(faults.to_vec());
        for _ in 0..ALL.len() {
            let received = exchange_as_is(running.address, provider, &void).unwrap().unwrap();
            assert!(received.missing == 0 && is_refused(provider, &received.reply), "{}", provider.id);
        }
        assert!(pay(&running, provider).is_none(), "the first fault was used up at {}", provider.id);
    }
}

#[test]
fn a_list_of_faults_applies_to_one_payment_after_the_other() {
    let running = Running::start();
    for provider in Provider::ALL {
        let script = ["html*1", "drop-after-commit*1", "status=503*2", "cut*1"];
        running.sandbox.set_faults(script.map(|fault| fault.parse().unwrap()).to_vec());
        let before = running.rows(provider).len();
        let received: Vec<_> = (0..6).map(|_| pay(&running, provider)).collect();
        let statuses: Vec<_> =
            received.iter().map(|received| received.as_ref().map(|received| received.reply.status)).collect();
        let success = statuses[5];
        assert_eq!(statuses, [Some(502), None, Some(503), Some(503), success, success], "{}", provider.id);
        let broken =
            received.iter().map(|received| received.as_ref().is_some_and(|received| received.missing > 0));
        assert_eq!(broken.collect::<Vec<_>>(), [false, false, false, false, true, false], "{}", provider.id);
        assert_eq!(running.rows(provider).len(), before + 3, "{}", provider.id);
    }
}

#[test]
fn drop_after_commit_records_exactly_one_payment() {
    let running = Running::start();
    for provider in Provider::ALL {
        let before = running.rows(provider).len();
        assert_eq!(set(&running, &format!(r#"["drop-after-commit@{}*1"]"#, provider.id)), 204);
        assert_eq!(running.send(provider, &payment(provider, 1001, "1"), 0), None);
        assert_eq!(running.rows(provider).len(), before + 1, "{}", provider.id);
        let reply = running.send(provider, &payment(provider, 1001, "1"), 0).unwrap();
        assert!(is_recorded(provider, &reply), "the fault applied more than once");
    }
}

#[test]
fn drop_before_commit_records_nothing() {
    let running = Running::start();
    running.sandbox.set_faults(vec!["drop-before-commit".parse().unwrap()]);
    for provider in Provider::ALL {
        let before = running.rows(provider);
        assert_eq!(running.send(provider, &payment(provider, 1001, "1"), 0), None);
        assert_eq!(running.rows(provider), before, "{}", provider.id);
    }
}

#[test]
fn a_delayed_payment_is_recorded_before_its_response() {
    let running = Running::start();
    let provider = Provider::ALL[0];
    let before = running.rows(provider).len();
    assert_eq!(set(&running, r#"["delay=1"]"#), 204);
    std::thread::scope(|scope| {
        let sent = Instant::now();
        let response = scope.spawn(|| running.send(provider, &payment(provider, 1001, "1"), 0));
        while running.rows(provider).len() == before {
            assert!(sent.elapsed() < Duration::from_millis(900), "not recorded before the response");
        }
        assert!(!response.is_finished());
        assert!(is_recorded(provider, &response.join().unwrap().unwrap()));
        assert!(sent.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn rejects_a_list_with_a_misspelled_fault_and_changes_nothing() {
    let running = Running::start();
    let provider = Provider::ALL[0];
    for wrong in ["", "{}", "[1]", r#"["drop"]"#, r#"["drop-after-commit", "delay"]"#] {
        assert_eq!(set(&running, wrong), 400, "{wrong}");
    }
    assert!(running.send(provider, &payment(provider, 1001, "1"), 0).is_some());
    assert_eq!(set(&running, r#"["drop-after-commit"]"#), 204);
    assert_eq!(running.send(provider, &payment(provider, 1001, "1"), 0), None);
    assert_eq!(set(&running, "[]"), 204);
    assert!(running.send(provider, &payment(provider, 1001, "1"), 0).is_some());
}
