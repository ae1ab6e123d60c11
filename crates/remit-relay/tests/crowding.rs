//! Many connections at once: none keeps the others out.

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

use remit_core::Provider;
use remit_relay::{Limits, raise_open_files_limit};
use support::program::Program;
use support::raw::{assert_not_sent, assert_readable_from, begun_payment, connect, exchange, response};
use support::{Behaviour, Upstream, payment, relay_with, says, toml};

const PROBE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: local";

fn begin(address: &str, start: &[u8]) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(start).unwrap();
    stream
}

/// The highest number of files that this process may open.
fn open_files() -> usize {
    raise_open_files_limit();
    let output = Command::new("sh").args(["-c", "ulimit -n"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap_or(usize::MAX)
}

#[test]
fn serves_others_while_half_requests_use_up_the_open_files() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let (limit, held) = if open_files() < 1500 { (256, 252) } else { (1024, 1020) };
    let ulimit = format!("ulimit -n {limit}");
    let program = Program::start_after(&ulimit, &toml(upstream.address), "crowd", "info");
    let held: Vec<_> = (0..held).map(|_| begin(program.address(), HALF)).collect();
    let started = Instant::now();
    for _ in 0..3 {
        assert_eq!(exchange(&program.url, PROBE).status, 204);
    }
    let provider = Provider::ALL[0];
    let request = begun_payment(provider, "", &payment(provider).body);
    assert_eq!(exchange(&program.url, request).status, 201);
    assert!(started.elapsed() < Duration::from_secs(2));
    drop(held);
}

#[cfg(target_os = "linux")]
#[test]
fn raises_the_soft_limit_of_open_files() {
    let upstream = Upstream::start(Behaviour::Closes);
    let program = Program::start_after("ulimit -S -n 64", &toml(upstream.address), "files", "info");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let [soft, hard] = [3, 4].map(|at| line.split_whitespace().nth(at).unwrap());
    assert_eq!(soft, hard);
    assert_ne!(soft, "64");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_connection_takes_the_place_of_the_one_that_has_waited_longest() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let limits = Limits { connections: 4, ..Limits::default() };
    let (relay, _) = relay_with(&toml(upstream.address), limits, std::future::pending()).await;
    let provider = Provider::ALL[0];
    let pause = || std::thread::sleep(Duration::from_millis(50));
    // An incomplete body waits like incomplete headers.
    let body = begun_payment(provider, "Origin: https://shop.example\r\n", "");
    let mut slow: Vec<_> = [body.as_bytes(), HALF, HALF, HALF].map(|start| begin(&relay, start)).into();
    pause();
    let started = Instant::now();
    assert_eq!(exchange(&relay, PROBE).status, 204);
    let evicted = response(&mut slow[0]);
    assert_not_sent(&evicted, 503);
    assert_readable_from(&evicted, "https://shop.example");
    slow.push(begin(&relay, HALF));
    pause();
    slow.push(begin(&relay, HALF));
    let evicted = response(&mut slow[1]);
    assert_not_sent(&evicted, 503);
    assert_readable_from(&evicted, "*");
    // No time limit was involved.
    assert!(started.elapsed() < Duration::from_secs(5));
    // The last one is complete now, and gets its response.
    let last = slow.last_mut().unwrap();
    last.write_all(b"host\r\n\r\n").unwrap();
    assert_eq!(response(last).status, 204);
    assert!(upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_an_address_with_too_many_connections_and_serves_another() {
    let upstream = Upstream::start(Behaviour::KeepsSilent);
    let limits = Limits { connections_per_loopback_address: 2, ..Limits::default() };
    let toml = toml(upstream.address).replace("timeout_seconds = 2\n", "timeout_seconds = 4\n");
    let (relay, _) = relay_with(&toml, limits, std::future::pending()).await;
    let provider = Provider::ALL[0];
    let request = begun_payment(provider, "", &payment(provider).body);
    // Payments of different invoices: those of one are sent one after the other.
    let mut forwarded = ["4393", "4394"]
        .map(|invoice| begin(&relay, request.replace("4393", invoice).replace("key-", invoice).as_bytes()));
    // The upstream receives one request at a time.
    while upstream.requests().len() < 2 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let refused = exchange(&relay, PROBE);
    assert_not_sent(&refused, 503);
    assert_readable_from(&refused, "*");
    let address: std::net::SocketAddr = relay.trim_start_matches("http://").parse().unwrap();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(address).await.unwrap().into_std().unwrap();
    other.set_nonblocking(false).unwrap();
    other.write_all(PROBE.as_bytes()).unwrap();
    assert_eq!(response(&mut other).status, 204);
    for stream in &mut forwarded {
        assert_eq!(response(stream).status, 504);
    }
    assert_eq!(exchange(&relay, PROBE).status, 204);
}
