//! Responses: the provider's, forwarded, and the relay's own.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use remit_core::wire::{self, Headers};
use remit_core::{Cause, Currency, Failure, Operation, Outcome, Reason};

use crate::connection::Connection;
use crate::screen::{Screened, screen};

/// The header in which a provider explains a refusal.
const HINT: HeaderName = HeaderName::from_static("hint");

/// The header in which a provider reports whether a page of a list is the last.
const LAST_PAGE: HeaderName = HeaderName::from_static("last-page");

/// The headers of a provider's response that the relay forwards. It drops all others, and sets `Content-Type` itself.
pub(crate) const FORWARDED_HEADERS: [HeaderName; 5] = [CONTENT_TYPE, LOCATION, RETRY_AFTER, HINT, LAST_PAGE];

/// The relay's own response to a request.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    outcome: Box<Outcome>,
    allow: Option<String>,
}

impl Refusal {
    /// The request is not forwarded, for this reason.
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self::of(status, Outcome::NotSent(Reason::new(Cause::Relay, detail)))
    }

    /// The outcome, as far as the relay knows it.
    pub(crate) fn of(status: u16, outcome: Outcome) -> Self {
        Self { status, outcome: Box::new(outcome), allow: None }
    }

    /// Adds an `Allow` header that lists these methods.
    pub(crate) fn allowing(self, methods: String) -> Self {
        Self { allow: Some(methods), ..self }
    }

    pub(crate) fn response(self) -> Response {
        let mut response = relay_response(own(self.status, &self.outcome));
        if let Some(Ok(allow)) = self.allow.map(HeaderValue::try_from) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// The response of a relay that failed while it was forwarding.
pub(crate) fn failed() -> Refusal {
    Refusal::of(500, Outcome::Unknown(failure()))
}

fn failure() -> Reason {
    Reason::new(Cause::Lost, "The relay failed while it was forwarding the request.")
}

/// The relay's own response, with the outcome in its header and its body.
pub(crate) fn own(status: u16, outcome: &Outcome) -> wire::Response {
    outcome.relay_reply(status).unwrap_or_else(|| wire::Response::new(status, Headers::default(), ""))
}

/// The result of forwarding a request.
#[derive(Debug)]
pub(crate) enum Forwarding {
    /// The provider responded.
    Answered(wire::Response),
    /// The request was not sent: nothing was recorded.
    NotSent {
        reason: Reason,
        /// How long to wait before a retry, if that is known.
        retry_after: Option<Duration>,
    },
    /// The provider may have received the request, and the relay has no response to forward.
    Unknown(StatusCode, Reason),
}

impl Forwarding {
    pub(crate) fn not_sent(reason: Reason) -> Self {
        Self::NotSent { reason, retry_after: None }
    }

    /// The relay itself failed while it was forwarding.
    pub(crate) fn failed() -> Self {
        Self::Unknown(StatusCode::INTERNAL_SERVER_ERROR, failure())
    }

    /// The outcome of a change.
    pub(crate) fn outcome(&self, operation: &Operation, currency: Currency) -> Outcome {
        match self {
            Self::Answered(response) => operation.outcome(response, currency),
            Self::NotSent { reason, .. } => Outcome::NotSent(reason.clone()),
            Self::Unknown(_, reason) => Outcome::Unknown(reason.clone()),
        }
    }

    /// The provider's response, as it arrived; or why there is none.
    pub(crate) fn into_reply(self) -> Result<wire::Response, Failure> {
        match self {
            Self::Answered(response) => Ok(response),
            Self::NotSent { reason, .. } => Err(Failure::NotSent(reason)),
            Self::Unknown(_, reason) => Err(Failure::Unknown(reason)),
        }
    }

    /// The response to the caller. A provider, or a proxy in front of it, may quote the request, so its response is
    /// [screened](screen).
    pub(crate) fn response(self, operation: &Operation, connection: &Connection) -> wire::Response {
        match self {
            Self::NotSent { reason, retry_after: None } => own(502, &Outcome::NotSent(reason)),
            Self::NotSent { reason, retry_after: Some(wait) } => {
                let mut response = own(503, &Outcome::NotSent(reason));
                response.headers.set("Retry-After", wait.as_secs().saturating_add(1).to_string());
                response
            }
            Self::Unknown(status, reason) => own(status.as_u16(), &Outcome::Unknown(reason)),
            Self::Answered(received) => {
                let Screened { result, withheld, is_unparsed } = screen(&received, operation, connection);
                if withheld > 0 || is_unparsed {
                    let (connection, operation) = (connection.name.as_str(), operation.purpose.as_str());
                    let status = received.status;
                    // Without the provider's texts: each of them may contain the secret.
                    tracing::warn!(
                        connection,
                        operation,
                        status,
                        withheld,
                        is_unparsed,
                        "withheld a part of the response"
                    );
                }
                result.unwrap_or_else(|outcome| {
                    let is_recorded = matches!(outcome, Outcome::Recorded(_));
                    let status = if is_recorded { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
                    own(status.as_u16(), &outcome)
                })
            }
        }
    }
}

/// A response for the HTTP server.
pub(crate) fn relay_response(reply: wire::Response) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers.iter() {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_bytes()))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
