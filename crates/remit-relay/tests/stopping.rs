//! The end of the program: nothing is forwarded after the signal, and every request gets its response.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use remit_core::{Outcome, Provider};
use remit_relay::Limits;
use support::program::Program;
use support::raw::{assert_not_sent, assert_readable_from, begun_payment, connect, response};
use support::{Behaviour, Upstream, outcome, payment, relay_with, says, toml};

/// Long enough for the relay to read what was sent.
const MOMENT: Duration = Duration::from_millis(200);

#[test]
fn does_not_forward_a_payment_whose_body_arrives_after_the_signal() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let program = Program::start(&toml(upstream.address), "late", "info");
    let provider = Provider::ALL[0];
    let body = payment(provider).body;
    let (first, rest) = body.split_at(5);
    let mut caller = connect(&program.url);
    caller.write_all(begun_payment(provider, "Origin: https://shop.example\r\n", first).as_bytes()).unwrap();
    sleep(MOMENT);
    program.terminate();
    sleep(Duration::from_secs(1));
    // The relay may have ended the connection already.
    let _ = caller.write_all(rest.as_bytes());
    let refused = response(&mut caller);
    assert_not_sent(&refused, 503);
    assert_readable_from(&refused, "https://shop.example");
    let log = program.wait();
    assert!(log.contains("refused") && log.contains("status=503"), "{log}");
    assert!(upstream.requests().is_empty());
}

#[test]
fn answers_a_request_whose_headers_are_incomplete_at_the_signal_and_closes_idle_connections() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let program = Program::start(&toml(upstream.address), "head", "info");
    let (mut caller, mut idle) = (connect(&program.url), connect(&program.url));
    caller.write_all(b"POST / HTTP/1.1\r\nHost: local").unwrap();
    sleep(MOMENT);
    let terminated = Instant::now();
    program.terminate();
    let refused = response(&mut caller);
    assert_not_sent(&refused, 503);
    assert_readable_from(&refused, "*");
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    drop((caller, idle));
    let log = program.wait();
    assert!(log.contains("status=503"), "{log}");
    assert!(terminated.elapsed() < Duration::from_secs(4));
}

#[test]
fn finishes_a_forwarded_payment_and_refuses_a_begun_one() {
    let silent = Upstream::start(Behaviour::KeepsSilent);
    let toml = toml(silent.address).replace("timeout_seconds = 2\n", "timeout_seconds = 3\n");
    let program = Program::start(&toml, "both", "info");
    let provider = Provider::ALL[0];
    let (mut forwarded, mut begun) = (connect(&program.url), connect(&program.url));
    forwarded.write_all(begun_payment(provider, "", &payment(provider).body).as_bytes()).unwrap();
    begun.write_all(begun_payment(provider, "", "").as_bytes()).unwrap();
    while silent.requests().is_empty() {
        sleep(Duration::from_millis(10));
    }
    program.terminate();
    let refused = response(&mut begun);
    assert_not_sent(&refused, 503);
    let finished = response(&mut forwarded);
    assert!(matches!(outcome(provider, &finished), Outcome::Unknown(_)), "{finished:?}");
    assert_eq!(silent.requests().len(), 1);
    let ended = Instant::now();
    drop((forwarded, begun));
    program.wait();
    assert!(ended.elapsed() < Duration::from_secs(4));
}

/// A connection may wait in the listener's queue when the relay stops.
#[tokio::test(flavor = "multi_thread")]
async fn answers_a_request_that_was_queued_when_the_relay_stops() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    // This relay never accepts a connection before it stops.
    let stopped = std::future::ready(());
    for provider in Provider::ALL {
        let relay = support::open(support::parse(&toml(upstream.address)).unwrap()).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut caller = connect(&listener.local_addr().unwrap().to_string());
        caller.write_all(begun_payment(provider, "", &payment(provider).body).as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let serving = tokio::spawn(remit_relay::serve(listener, relay, stopped.clone()));
        assert_not_sent(&response(&mut caller), 503);
        drop(caller);
        serving.await.unwrap().unwrap();
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn exits_although_a_client_does_not_close_its_connection() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let limits = Limits {
        linger_time: Duration::from_secs(60),
        grace: Duration::from_millis(300),
        ..Limits::default()
    };
    let (relay, serving) = relay_with(&toml(upstream.address), limits, async {
        let _ = stopped.await;
    })
    .await;
    let mut caller = connect(&relay);
    caller.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(response(&mut caller).status, 204);
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap().unwrap();
    drop(caller);
}
