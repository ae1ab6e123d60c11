//! The program: its output, its log and its exit.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use remit_core::{Outcome, Provider};
use support::program::{PROGRAM, Program};
use support::{Behaviour, Upstream, canary, outcome, payment, says, send, toml};

#[tokio::test]
async fn neither_the_log_nor_a_response_contains_a_secret_or_a_payment() {
    let quoted: Vec<_> = Provider::ALL
        .iter()
        .flat_map(|provider| provider.auth[0].secrets().into_iter().map(|secret| canary(provider, secret)))
        .collect();
    let quoted = quoted.join(" ");
    let upstream = Upstream::start(says(
        "201 Created",
        &["Content-Type: application/json", &format!("Hint: answer-of-upstream {quoted}")],
        &format!("{{\"id\":\"answer-of-upstream\",\"echo\":\"{quoted}\",\"{quoted}\":1}}"),
    ));
    // Creating a relay installs a cryptography provider for this test's own client. The program installs its own.
    drop(support::relay(&toml(upstream.address)).await);
    let program = Program::start(&toml(upstream.address), "log", "trace");
    let mut responses = String::new();
    for provider in Provider::ALL {
        let good = payment(provider);
        let mut bad = good.clone();
        bad.body = "{\"amount\": \"body-of-page\"}".to_owned();
        for request in [good, bad] {
            let reply = send(&program.url, provider, &request).await;
            responses.push_str(&format!(
                "{} {:?} {}\n",
                reply.status,
                reply.headers.iter().collect::<Vec<_>>(),
                reply.body
            ));
        }
    }
    program.terminate();
    let log = program.wait();
    for provider in Provider::ALL {
        for secret in provider.auth[0].secrets() {
            assert!(!log.contains(&canary(provider, secret)), "{log}");
            assert!(!responses.contains(&canary(provider, secret)), "{responses}");
        }
        let sent = upstream.requests();
        for credentials in sent.iter().filter_map(|request| support::field(request, "authorization")) {
            let (_, credentials) = credentials.split_once(' ').unwrap();
            assert!(!log.contains(credentials) && !responses.contains(credentials));
        }
        assert!(!log.contains(&payment(provider).body), "{log}");
        assert!(
            log.contains(&format!("connection=\"{}\" operation=\"record_payment\"", provider.id)),
            "{log}"
        );
    }
    assert!(!log.contains("answer-of-upstream") && !log.contains("body-of-page"), "{log}");
}

#[tokio::test]
async fn the_program_waits_for_a_pending_payment_before_it_exits() {
    let silent = Upstream::start(Behaviour::KeepsSilent);
    drop(support::relay(&toml(silent.address)).await);
    let provider = Provider::ALL[0];
    let program = Program::start(&toml(silent.address), "end", "info");
    let url = program.url.clone();
    let sending = tokio::spawn(async move { send(&url, provider, &payment(provider)).await });
    let started = Instant::now();
    while silent.requests().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.terminate();
    let reply = sending.await.unwrap();
    assert!(matches!(outcome(provider, &reply), Outcome::Unknown(_)), "{reply:?}");
    let log = program.wait();
    assert!(log.contains("outcome=\"unknown\""), "{log}");
}

#[test]
fn the_program_exits_although_a_caller_stalls() {
    let upstream = Upstream::start(Behaviour::Closes);
    let program = Program::start(&toml(upstream.address), "stall", "info");
    let mut caller = TcpStream::connect(program.url.trim_start_matches("http://")).unwrap();
    caller.write_all(b"POST /x/y HTTP/1.1\r\nHost: relay\r\nContent-Length: 9\r\n\r\n1").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let terminated = Instant::now();
    program.terminate();
    program.wait();
    assert!(terminated.elapsed() < Duration::from_secs(5));
    assert!(upstream.requests().is_empty());
}

#[test]
fn the_program_reports_a_wrong_configuration_and_exits() {
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wrong-{}.toml", std::process::id()));
    std::fs::write(&path, "[connections.x]\nprovider = \"nobody\"\nbase_url = \"https://a.example\"\n")
        .unwrap();
    let output = Command::new(PROGRAM).arg("--config").arg(&path).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(stderr.contains(":2:12: connections.x.provider: unknown provider; use one of: "), "{stderr}");
    let output = Command::new(PROGRAM).args(["--config", "/no/such/remit.toml"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && stderr.contains("cannot read /no/such/remit.toml"), "{stderr}");
}
