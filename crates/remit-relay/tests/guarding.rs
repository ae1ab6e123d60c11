//! Requests that are refused for their host name, their origin or their ambiguous headers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::net::TcpListener;

use remit_core::{Outcome, Provider, Purpose};
use support::program::Program;
use support::raw::{assert_not_sent, assert_readable_from, begun_payment, exchange};
use support::{Behaviour, Upstream, any_request, outcome, payment, relay, relay_on, says, toml};

#[tokio::test(flavor = "multi_thread")]
async fn refuses_a_rebound_host_name_on_every_listener() {
    let upstream = Upstream::with_lists(says("200 OK", &[], "[]"));
    let provider = Provider::find("harvest-v2").unwrap();
    let path = any_request(provider, provider.operation(Purpose::ListPayments).unwrap()).path;
    for listen in ["127.0.0.1:0", "[::ffff:127.0.0.1]:0", "0.0.0.0:0", "[::]:0", "[::1]:0"] {
        // A machine may have no IPv6.
        let Ok(listener) = TcpListener::bind(listen) else { continue };
        let address = listener.local_addr().unwrap();
        let target = match listen {
            "[::]:0" | "[::1]:0" => format!("[::1]:{}", address.port()),
            _ => format!("127.0.0.1:{}", address.port()),
        };
        relay_on(listener, &format!("open = true\n{}", toml(upstream.address))).await;
        let get = |target_form: &str, host: &str| {
            let request = format!(
                "GET {target_form}/{}{path} HTTP/1.1\r\n{host}Sec-Fetch-Site: same-origin\r\n\r\n",
                provider.id
            );
            exchange(&target, request)
        };
        for host in ["evil.example", "evil.example.", "0.0.0.0", "192.0.2.1", "localhost.evil.example", ""] {
            let refused = get("", &format!("Host: {host}\r\n"));
            assert_not_sent(&refused, 421);
        }
        assert_not_sent(&get("http://evil.example", "Host: localhost\r\n"), 421);
        assert_not_sent(&get("http://localhost", "Host: evil.example\r\n"), 421);
        assert_not_sent(&get("", ""), 400);
        assert_not_sent(&get("http://localhost", ""), 400);
        assert!(upstream.requests().is_empty(), "{listen}");
        let known = ["localhost", "LOCALHOST.", "127.0.0.1:1", "[::1]", target.as_str()];
        for host in known {
            assert_eq!(get("", &format!("Host: {host}\r\n")).status, 200, "{listen} {host}");
        }
        assert_eq!(get("http://localhost:9100", "Host: localhost:9100\r\n").status, 200);
        assert_eq!(upstream.requests().len(), known.len() + 1);
        upstream.forget();
    }
}

/// The address of this machine in a network, if it has any. No packet is sent.
fn network_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_under_the_address_to_which_the_client_has_connected() {
    let upstream = Upstream::start(Behaviour::Closes);
    let Some(address) = network_address() else { return };
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    relay_on(listener, &format!("open = true\n{}", toml(upstream.address))).await;
    let under = |host: &str| {
        exchange(&format!("{address}:{port}"), format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).status
    };
    assert_eq!(under(&address.to_string()), 204);
    assert_eq!(under(&format!("{address}:{port}")), 204);
    assert_eq!(under("198.51.100.1"), 421);
    assert_eq!(under("evil.example"), 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_repeated_headers_and_names_them() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let body = payment(provider).body;
        let media_type = provider.payment.body.media_type();
        let shop = "Origin: https://shop.example\r\n";
        for (header, lines) in [
            ("host", "Host: localhost\r\n".to_owned()),
            ("origin", format!("{shop}{shop}")),
            ("origin", format!("{shop}Origin: https://evil.example\r\n")),
            ("origin", "Origin: https://shop.example, https://shop.example\r\n".to_owned()),
            ("content-type", format!("Content-Type: {media_type}\r\n")),
            ("content-type", "Content-Type: text/plain\r\n".to_owned()),
            ("sec-fetch-site", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n".to_owned()),
            ("idempotency-key", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n".to_owned()),
            ("authorization", "Authorization: Bearer a\r\nAuthorization: Bearer a\r\n".to_owned()),
        ] {
            let refused = exchange(&relay, begun_payment(provider, &lines, &body));
            assert_not_sent(&refused, 400);
            let Outcome::NotSent(reason) = outcome(provider, &refused) else { panic!("{refused:?}") };
            assert!(reason.words.unwrap().contains(header), "{header}: {refused:?}");
        }
        let lines = format!("{shop}Content-Type: {media_type}\r\n");
        let refused = exchange(&relay, begun_payment(provider, &lines, &body));
        assert_not_sent(&refused, 400);
        assert_readable_from(&refused, "https://shop.example");
        let length = format!("Content-Length: {}\r\n", body.len() + 1);
        assert_not_sent(&exchange(&relay, begun_payment(provider, &length, &body)), 400);
        assert_not_sent(&exchange(&relay, begun_payment(provider, "Origin: null\r\n", &body)), 403);
    }
    assert!(upstream.requests().is_empty());
}

#[test]
fn logs_a_refused_request_in_one_bounded_line() {
    let upstream = Upstream::start(Behaviour::Closes);
    let program = Program::start(&toml(upstream.address), "line", "info");
    let long = "a".repeat(15_000);
    let get =
        |fields: &[u8]| exchange(&program.url, [b"GET /x/y HTTP/1.1\r\n", fields, b"\r\n"].concat()).status;
    assert_eq!(get(format!("Host: {long}\r\n").as_bytes()), 421);
    assert_eq!(get(b"Host: a\tb\xff\r\n"), 421);
    assert_eq!(get(format!("Host: localhost\r\nOrigin: {long}\r\n").as_bytes()), 403);
    assert_eq!(get(b"Host: localhost\r\nOrigin: \t\x9b31m\r\n"), 403);
    assert_eq!(get(format!("Host: localhost\r\nSec-Fetch-Site: {long}\r\n").as_bytes()), 403);
    let target = format!("GET http://{long}/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(exchange(&program.url, target).status, 421);
    program.terminate();
    let log = program.wait();
    assert_eq!(log.lines().filter(|line| line.contains("refused")).count(), 6, "{log}");
    assert!(log.lines().all(|line| line.len() < 600), "{log}");
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "{log}");
}
