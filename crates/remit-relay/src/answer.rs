//! Answers: the provider's, passed on, and the relay's own.

use axum::body::{Body, Bytes};
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use remit_core::{Cause, Outcome, Reason};

/// In which a provider says why it refuses.
const HINT: HeaderName = HeaderName::from_static("hint");

/// In which a provider says whether a page of a list is the last.
const LAST_PAGE: HeaderName = HeaderName::from_static("last-page");

/// The header fields of a provider's answer that are passed on. All others stay here.
pub(crate) const FORWARDED_HEADERS: [HeaderName; 5] = [CONTENT_TYPE, LOCATION, RETRY_AFTER, HINT, LAST_PAGE];

/// Shorter values are found in any text by chance.
const SHORTEST_SECRET: usize = 8;

/// The relay's own answer to what it does not forward.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    words: String,
    allow: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, words: impl Into<String>) -> Self {
        Self { status, words: words.into(), allow: None }
    }

    /// With the methods that are taken here.
    pub(crate) fn allowing(self, methods: String) -> Self {
        Self { allow: Some(methods), ..self }
    }

    pub(crate) fn response(self) -> Response {
        let mut response = own(self.status, &Outcome::NotSent(Reason::new(Cause::Relay, self.words)));
        if let Some(Ok(allow)) = self.allow.map(HeaderValue::try_from) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// What became of a request that was to be forwarded.
#[derive(Debug)]
pub(crate) enum Forwarding {
    /// The provider has answered.
    Answered { status: StatusCode, headers: HeaderMap, body: Bytes },
    /// It was not sent: nothing was recorded.
    NotSent(Reason),
    /// It may have arrived, and no answer can be shown.
    Unknown(StatusCode, Reason),
}

impl Forwarding {
    /// The relay itself failed in the midst of it.
    pub(crate) fn failed() -> Self {
        Self::Unknown(StatusCode::INTERNAL_SERVER_ERROR, Reason::new(Cause::Lost, "The relay failed."))
    }

    /// For the log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::NotSent(_) => "not sent",
            Self::Unknown(..) => "unknown",
        }
    }

    /// The answer, with each of these secrets redacted out: a provider, or what stands before it, may quote the request.
    pub(crate) fn response<'a>(self, secrets: impl Iterator<Item = &'a str>) -> Response {
        match self {
            Self::NotSent(reason) => own(StatusCode::BAD_GATEWAY.as_u16(), &Outcome::NotSent(reason)),
            Self::Unknown(status, reason) => own(status.as_u16(), &Outcome::Unknown(reason)),
            Self::Answered { status, headers, body } => {
                let secrets: Vec<_> = secrets.filter(|secret| secret.len() >= SHORTEST_SECRET).collect();
                let strike = |bytes: &[u8]| {
                    secrets.iter().fold(bytes.to_vec(), |bytes, secret| redacted(&bytes, secret))
                };
                let mut response = Response::new(Body::from(strike(&body)));
                *response.status_mut() = status;
                for name in FORWARDED_HEADERS {
                    if let Some(Ok(value)) =
                        headers.get(&name).map(|v| HeaderValue::try_from(strike(v.as_bytes())))
                    {
                        response.headers_mut().insert(name, value);
                    }
                }
                response
            }
        }
    }
}

fn own(status: u16, outcome: &Outcome) -> Response {
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
