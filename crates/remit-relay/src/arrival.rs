//! Limits how long the body of a request may take to arrive.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::answer::Refusal;
use crate::exchange::{Exchange, Phase};
use crate::gate::STOPPING;
use crate::relay::Relay;

/// The reason for refusing a request whose connection is closed in favour of another one.
pub(crate) const CROWDED: &str = "The relay has too many connections.";

/// Refuses a request if its body does not arrive in time, before the relay is asked to stop, or before other clients need
/// its connection. Nothing has been forwarded then: that takes a complete request.
pub(crate) async fn arrives_in_time(
    State((relay, limit)): State<(Relay, Duration)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(exchange) = request.extensions().get::<Arc<Exchange>>().cloned() else {
        return next.run(request).await;
    };
    let request = request.map(|body| Body::new(Arriving::new(body, exchange.clone())));
    let mut response = std::pin::pin!(next.run(request));
    // The handler comes first: it is the one that notices the end of the body.
    let (status, detail) = tokio::select! {
        biased;
        response = &mut response => return response,
        () = exchange.reached(Phase::Complete) => return response.await,
        () = exchange.slot.evicted() => (503, CROWDED.to_owned()),
        () = relay.shared.stopping.stopped() => (503, STOPPING.to_owned()),
        () = tokio::time::sleep(limit) => {
            (408, format!("The request body did not arrive within {} seconds.", limit.as_secs()))
        }
    };
    tracing::info!(client = %exchange.client, status, detail, "refused: the body is incomplete");
    Refusal::new(status, detail).response()
}

/// A request body that records its end.
struct Arriving {
    body: Body,
    exchange: Arc<Exchange>,
}

impl Arriving {
    fn new(body: Body, exchange: Arc<Exchange>) -> Self {
        if body.is_end_stream() {
            exchange.enter(Phase::Complete);
        }
        Self { body, exchange }
    }
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            self.exchange.enter(Phase::Complete);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
