//! Requests as bytes on a socket, to do what no HTTP client does.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use remit_core::wire::json::Json;
use remit_core::wire::{Headers, Response};
use remit_core::{Cause, Outcome, Provider};

use super::{KEY, new_key, outcome, payment};

/// The longest time that a test waits for a socket.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a request, and returns the response.
pub(crate) fn exchange(address: &str, request: impl AsRef<[u8]>) -> Response {
    let mut stream = connect(address);
    stream.write_all(request.as_ref()).unwrap();
    response(&mut stream)
}

/// Sends the beginning of a request, closes the sending side, and returns the response.
pub(crate) fn exchange_and_close(address: &str, request: impl AsRef<[u8]>) -> Response {
    let mut stream = connect(address);
    stream.write_all(request.as_ref()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    response(&mut stream)
}

/// Reads a response up to the end of the connection.
pub(crate) fn response(stream: &mut TcpStream) -> Response {
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").expect("a response");
    let (line, fields) = head.split_once("\r\n").unwrap();
    let headers: Headers = fields
        .lines()
        .map(|field| field.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Response::new(line.split(' ').nth(1).unwrap().parse().unwrap(), headers, body.to_owned())
}

/// The beginning of a payment: its headers, and `body` of its body.
pub(crate) fn begun_payment(provider: &Provider, headers: &str, body: &str) -> String {
    let request = payment(provider);
    let declared: String =
        request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "POST /{}{} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{KEY}: {}\r\n{declared}{headers}\r\n{body}",
        provider.id,
        request.path,
        request.body.len(),
        new_key(),
    )
}

/// Asserts that the relay states, in a form that clients read, that nothing was sent.
#[track_caller]
pub(crate) fn assert_not_sent(response: &Response, status: u16) {
    assert_eq!(response.status, status, "{response:?}");
    let Outcome::NotSent(reason) = outcome(Provider::ALL[0], response) else { panic!("{response:?}") };
    assert_eq!(reason.cause, Cause::Relay);
    let body = Json::parse(&response.body).unwrap();
    assert_eq!(body.get("message").and_then(Json::as_text), reason.words.as_deref(), "{response:?}");
    let header = |name| response.headers.get(name).unwrap_or_default();
    assert_eq!(header("Content-Type"), "application/problem+json");
    assert_eq!(header("Connection"), "close");
    assert_eq!(header("Cache-Control"), "no-store");
    assert_eq!(header("X-Content-Type-Options"), "nosniff");
    assert!(header("Remit-Deadline").parse::<u64>().is_ok(), "{response:?}");
}

/// Asserts that a page of the given origin, or `*` for any, can read the response.
#[track_caller]
pub(crate) fn assert_readable_from(response: &Response, origin: &str) {
    assert_eq!(response.headers.get("Access-Control-Allow-Origin"), Some(origin), "{response:?}");
    let exposed = response.headers.get("Access-Control-Expose-Headers").unwrap().to_ascii_lowercase();
    for name in ["remit-outcome", "remit-deadline", "content-type"] {
        assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{name}: {exposed}");
    }
}
