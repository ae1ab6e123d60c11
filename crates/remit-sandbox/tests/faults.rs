//! What happens on a bad day, on demand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::time::{Duration, Instant};

use remit_core::Provider;
use support::{Running, call, is_recorded, payment};

fn set(running: &Running, faults: &str) -> u16 {
    call(running.address, "PUT", "/_faults", &[], faults.as_bytes()).unwrap().status
}

#[test]
fn a_connection_that_is_dropped_after_the_commit_leaves_exactly_one_payment() {
    let running = Running::start();
    for provider in Provider::ALL {
        let before = running.rows(provider).len();
        assert_eq!(set(&running, &format!(r#"["drop-after-commit@{}*1"]"#, provider.id)), 204);
        assert_eq!(running.send(provider, &payment(provider, 1001, "1"), 0), None);
        assert_eq!(running.rows(provider).len(), before + 1, "{}", provider.id);
        let reply = running.send(provider, &payment(provider, 1001, "1"), 0).unwrap();
        assert!(is_recorded(provider, &reply), "the fault was to strike once");
    }
}

#[test]
fn a_connection_that_is_dropped_before_the_commit_leaves_none() {
    let running = Running::start();
    running.sandbox.set_faults(vec!["drop-before-commit".parse().unwrap()]);
    for provider in Provider::ALL {
        let before = running.rows(provider);
        assert_eq!(running.send(provider, &payment(provider, 1001, "1"), 0), None);
        assert_eq!(running.rows(provider), before, "{}", provider.id);
    }
}

#[test]
fn an_answer_that_is_late_is_of_a_payment_that_is_already_there() {
    let running = Running::start();
    let provider = Provider::ALL[0];
    let before = running.rows(provider).len();
    assert_eq!(set(&running, r#"["delay=1"]"#), 204);
    std::thread::scope(|scope| {
        let sent = Instant::now();
        let answered = scope.spawn(|| running.send(provider, &payment(provider, 1001, "1"), 0));
        while running.rows(provider).len() == before {
            assert!(sent.elapsed() < Duration::from_millis(900), "recorded only with the answer");
        }
        assert!(!answered.is_finished());
        assert!(is_recorded(provider, &answered.join().unwrap().unwrap()));
        assert!(sent.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn a_fault_that_is_misspelled_changes_nothing_and_is_told() {
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
