//! Sends a response as it is, or as a fault changes it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use hyper::body::Frame;
use remit_core::wire::{self, Headers};

use crate::fault::FaultKind;

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unanswered;

const PAGE_TYPE: &str = "text/html; charset=utf-8";

/// The page of a proxy that received no response.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n\
    <body><h1>502 Bad Gateway</h1><p>The server did not answer.</p></body></html>\n";

/// The provider's response, changed by the fault.
pub(crate) fn answer(mut reply: wire::Response, fault: Option<FaultKind>) -> Response {
    match fault {
        None | Some(FaultKind::Delay(_)) => whole(reply),
        Some(FaultKind::DropBeforeCommit | FaultKind::DropAfterCommit) => {
            let mut response = Response::default();
            response.extensions_mut().insert(Unanswered);
            response
        }
        Some(FaultKind::Cut) => half(reply),
        Some(FaultKind::WrongType) => {
            reply.headers.set("Content-Type", PAGE_TYPE);
            whole(reply)
        }
        Some(FaultKind::Html | FaultKind::HtmlAfterCommit) => {
            let headers = [("Content-Type", PAGE_TYPE)].into_iter().collect();
            whole(wire::Response::new(502, headers, PAGE))
        }
        Some(FaultKind::Status { status, retry_after }) => {
            let headers: Headers =
                retry_after.into_iter().map(|seconds| ("Retry-After", seconds.to_string())).collect();
            whole(wire::Response::new(status, headers, ""))
        }
    }
}

fn whole(reply: wire::Response) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers.iter() {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Announces the length of the entire body, and sends half of it. For an empty body it announces one byte, so that the
/// client can detect that it is missing.
fn half(reply: wire::Response) -> Response {
    let body = Bytes::from(reply.body.clone());
    let mut response = whole(reply);
    response.headers_mut().insert(CONTENT_LENGTH, body.len().max(1).into());
    *response.body_mut() = Body::new(Half::Whole(body));
    response
}

/// A body that ends in the middle.
enum Half {
    Whole(Bytes),
    /// hyper has the first half, but may not have written it yet.
    Sent,
    Broken,
}

/// The error that ends the body.
#[derive(Debug, thiserror::Error)]
#[error("the response was cut by a fault")]
struct Cut;

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match &mut *self {
            Self::Whole(body) => {
                let half = body.split_to(body.len() / 2);
                *self = Self::Sent;
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Self::Sent => {
                // hyper closes the connection as soon as the body returns an error. It writes the first half only while
                // it waits for more, so return pending once.
                *self = Self::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Broken => Poll::Ready(Some(Err(Cut))),
        }
    }
}
