//! Responses: the provider's, forwarded, and the relay's own.

use axum::body::{Body, Bytes};
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use remit_core::{Cause, Outcome, Reason};

/// The header in which a provider explains a refusal.
const HINT: HeaderName = HeaderName::from_static("hint");

/// The header in which a provider reports whether a page of a list is the last.
const LAST_PAGE: HeaderName = HeaderName::from_static("last-page");

/// The headers of a provider's response that the relay forwards. It drops all others.
pub(crate) const FORWARDED_HEADERS: [HeaderName; 5] = [CONTENT_TYPE, LOCATION, RETRY_AFTER, HINT, LAST_PAGE];

/// The shortest secret that is redacted, in bytes. A shorter value occurs in unrelated text by chance.
const SHORTEST_REDACTED_SECRET: usize = 8;

/// The relay's own response to a request that it does not forward.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    detail: String,
    allow: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), allow: None }
    }

    /// Adds an `Allow` header that lists these methods.
    pub(crate) fn allowing(self, methods: String) -> Self {
        Self { allow: Some(methods), ..self }
    }

    pub(crate) fn response(self) -> Response {
        let outcome = Outcome::NotSent(Reason::new(Cause::Relay, self.detail));
        let mut response = relay_response(self.status, &outcome);
        if let Some(Ok(allow)) = self.allow.map(HeaderValue::try_from) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// The result of forwarding a request.
#[derive(Debug)]
pub(crate) enum Forwarding {
    /// The provider responded.
    Answered { status: StatusCode, headers: HeaderMap, body: Bytes },
    /// The request was not sent: nothing was recorded.
    NotSent(Reason),
    /// The provider may have received the request, and the relay has no response to forward.
    Unknown(StatusCode, Reason),
}

impl Forwarding {
    /// The relay itself failed while it was forwarding.
    pub(crate) fn failed() -> Self {
        let reason = Reason::new(Cause::Lost, "The relay failed while it was forwarding the request.");
        Self::Unknown(StatusCode::INTERNAL_SERVER_ERROR, reason)
    }

    /// The result's name in the log.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::NotSent(_) => "not sent",
            Self::Unknown(..) => "unknown",
        }
    }

    /// The response to the caller, with each of these secrets redacted: a provider, or a proxy in front of it, may quote
    /// the request.
    pub(crate) fn response<'a>(self, secrets: impl Iterator<Item = &'a str>) -> Response {
        match self {
            Self::NotSent(reason) => {
                relay_response(StatusCode::BAD_GATEWAY.as_u16(), &Outcome::NotSent(reason))
            }
            Self::Unknown(status, reason) => relay_response(status.as_u16(), &Outcome::Unknown(reason)),
            Self::Answered { status, headers, body } => {
                let secrets: Vec<_> =
                    secrets.filter(|secret| secret.len() >= SHORTEST_REDACTED_SECRET).collect();
                let redact = |bytes: &[u8]| {
                    secrets.iter().fold(bytes.to_vec(), |bytes, secret| redacted(&bytes, secret))
                };
                let mut response = Response::new(Body::from(redact(&body)));
                *response.status_mut() = status;
                for name in FORWARDED_HEADERS {
                    if let Some(Ok(value)) =
                        headers.get(&name).map(|v| HeaderValue::try_from(redact(v.as_bytes())))
                    {
                        response.headers_mut().insert(name, value);
                    }
                }
                response
            }
        }
    }
}

/// A response of the relay itself, with the outcome in its header and its body.
fn relay_response(status: u16, outcome: &Outcome) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(reply) = outcome.relay_reply(status) {
        for (name, value) in reply.headers.iter() {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        *response.body_mut() = Body::from(reply.body);
    }
    response
}

/// The bytes with every occurrence of `secret` replaced by asterisks.
fn redacted(bytes: &[u8], secret: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        match rest.strip_prefix(secret.as_bytes()) {
            Some(after) if !secret.is_empty() => {
                out.extend_from_slice(b"***");
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}
