//! Responses to requests that never become complete enough for the router.

use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS};
use remit_core::{Cause, Outcome, Reason};

use crate::http::{DEADLINE, RESPONSE_HEADERS, exposed_headers};

/// The bytes of a response that refuses a request before its headers have been parsed.
///
/// The relay cannot know the page's origin, and permits every page to read this response. Otherwise a page could not
/// distinguish it from a lost response, and would have to report the outcome of its payment as unknown. The response reveals
/// nothing: its text does not depend on the configuration or on earlier requests.
pub(crate) fn refusal(status: u16, detail: &str, deadline: u64) -> Vec<u8> {
    let Some(reply) = Outcome::NotSent(Reason::new(Cause::Relay, detail.to_owned())).relay_reply(status)
    else {
        return Vec::new();
    };
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or_default());
    let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
    for (name, value) in reply.headers.iter() {
        add(name, value);
    }
    for (name, value) in &RESPONSE_HEADERS {
        add(name.as_str(), value.to_str().unwrap_or_default());
    }
    add(DEADLINE.as_str(), &deadline.to_string());
    add(ACCESS_CONTROL_ALLOW_ORIGIN.as_str(), "*");
    let exposed: Vec<_> = exposed_headers().map(|name| name.to_string()).collect();
    add(ACCESS_CONTROL_EXPOSE_HEADERS.as_str(), &exposed.join(","));
    add("content-length", &reply.body.len().to_string());
    head.push_str("\r\n");
    head.push_str(&reply.body);
    head.into_bytes()
}
