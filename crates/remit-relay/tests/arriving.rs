//! Requests that hyper rejects, or that do not arrive completely. Each one gets a response that states that nothing was sent.

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
use std::time::Duration;

use remit_core::Provider;
use remit_relay::{Limits, serve_with};
use support::raw::{
    assert_not_sent, assert_readable_from, begun_payment, connect, exchange, exchange_and_close, response,
};
use support::{Upstream, parse, payment, relay, relay_with, says, toml};

/// Time limits that a test can wait for.
fn short() -> Limits {
    let limit = Duration::from_millis(400);
    Limits { head_time: limit, body_time: limit, response_time: limit, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_a_request_that_is_not_http_with_a_refusal_that_every_page_can_read() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    let field = |name: &str, length: usize| format!("{name}: {}\r\n", "a".repeat(length));
    let many: String = (0..101).map(|at| format!("a{at}: b\r\n")).collect();
    let head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    let tls = "\u{16}\u{3}\u{1}\0\u{5}\u{1}\0\0\u{1}\u{3}\u{3}";
    for (request, status) in [
        ("not HTTP at all\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n".to_owned(), 400),
        ("G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), 400),
        ("GET /\u{1} HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), 400),
        (tls.to_owned(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400),
        (format!("{head}no colon\r\n\r\n"), 400),
        (format!("{head}a: b\u{0}\r\n\r\n"), 400),
        (format!("{head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400),
        (format!("{head}Content-Length: x\r\n\r\n"), 400),
        (format!("{head}Transfer-Encoding: gzip\r\n\r\n"), 400),
        (format!("{head}{many}\r\n"), 431),
        (format!("{head}{}\r\n", field("a", 16 * 1024)), 431),
        (format!("{head}{}{}\r\n", field("a", 9_000), field("b", 9_000)), 431),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(70_000)), 431),
        // The client still sends when the relay refuses.
        (format!("{head}{}\r\n", field("a", 390_000)), 431),
    ] {
        let refused = exchange(&relay, &request);
        let start: String = request.chars().take(80).collect();
        assert_eq!(refused.status, status, "{start:?}");
        assert_not_sent(&refused, status);
        assert_readable_from(&refused, "*");
    }
    // Within the limits.
    let accepted = exchange(&relay, format!("{head}{}\r\n", field("a", 16_000)));
    assert_eq!(accepted.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_a_request_that_breaks_off() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    let head = exchange_and_close(&relay, "POST / HTTP/1.1\r\nHost: local");
    assert_not_sent(&head, 400);
    assert_readable_from(&head, "*");
    let origin = "Origin: https://shop.example\r\n";
    for provider in Provider::ALL {
        let begun = begun_payment(provider, origin, "{");
        let length = format!("Content-Length: {}\r\n", payment(provider).body.len());
        let chunked = begun.replace(&length, "Transfer-Encoding: chunked\r\n");
        let chunked = chunked.strip_suffix('{').unwrap();
        for request in [begun.clone(), format!("{chunked}5\r\n{{"), format!("{chunked}1\r\n{{\r\n")] {
            let refused = exchange_and_close(&relay, request);
            assert_not_sent(&refused, 400);
            assert_readable_from(&refused, "https://shop.example");
        }
        for broken in ["x\r\n", "5\r\n{}{}{}{}", "-1\r\n", "fffffffffffffffffff\r\n"] {
            let refused = exchange(&relay, format!("{chunked}{broken}"));
            assert_not_sent(&refused, 400);
            assert_readable_from(&refused, "https://shop.example");
        }
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_headers_and_bodies_that_do_not_arrive_in_time() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let (relay, _) = relay_with(&toml(upstream.address), short(), std::future::pending()).await;
    let provider = Provider::ALL[0];
    let drip = |request: &str| {
        let mut stream = connect(&relay);
        stream.write_all(request.as_bytes()).unwrap();
        for _ in 0..4 {
            sleep(Duration::from_millis(50));
            // Each byte arrives in time, but the whole does not.
            stream.write_all(b" ").unwrap();
        }
        response(&mut stream)
    };
    let head = drip("POST / HTTP/1.1\r\nHost: localhost\r\nA: ");
    assert_not_sent(&head, 408);
    assert_readable_from(&head, "*");
    let body = drip(&begun_payment(provider, "Origin: https://shop.example\r\n", ""));
    assert_not_sent(&body, 408);
    assert_readable_from(&body, "https://shop.example");
    // A browser that has opened a connection in advance must not take a response for that of its next request.
    let mut unused = connect(&relay);
    assert_eq!(unused.read(&mut [0]).unwrap(), 0);
    assert!(upstream.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_a_client_that_has_closed_its_sending_side() {
    let upstream = Upstream::start(says("201 Created", &[], ""));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let request = begun_payment(provider, "", &payment(provider).body);
        let answered = exchange_and_close(&relay, request);
        assert_eq!(answered.status, 201, "{answered:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drops_a_client_that_does_not_take_its_response() {
    let upstream = Upstream::start(says("200 OK", &[], &format!("{{\"a\":\"{}\"}}", "x".repeat(1_000_000))));
    let limits = Limits { connections: 1, ..short() };
    // Otherwise the system's buffers hold the whole response.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(4096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(8).unwrap();
    let relay = listener.local_addr().unwrap().to_string();
    let served = support::open(parse(&toml(upstream.address)).unwrap()).await;
    tokio::spawn(serve_with(listener, served, limits, std::future::pending()));
    let provider = Provider::ALL[0];
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stalled = socket.connect(relay.parse().unwrap()).await.unwrap();
    let mut stalled = stalled.into_std().unwrap();
    stalled.set_nonblocking(false).unwrap();
    stalled.write_all(begun_payment(provider, "", &payment(provider).body).as_bytes()).unwrap();
    while upstream.requests().is_empty() {
        sleep(Duration::from_millis(10));
    }
    // The only place becomes free.
    assert_eq!(exchange(&relay, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 204);
    let mut received = Vec::new();
    let _ = stalled.read_to_end(&mut received);
    assert!(received.len() < 1_000_000, "{}", received.len());
}
