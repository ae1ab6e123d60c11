//! Serves one connection of a client.

use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::arrival::CROWDED;
use crate::early;
use crate::exchange::{Exchange, Phase};
use crate::gate::STOPPING;
use crate::http;
use crate::limits::Limits;
use crate::relay::Relay;
use crate::wire::{Stream, Wire};

/// The smallest buffer that hyper accepts, in bytes.
const MIN_BUFFER: usize = 8192;
/// The most input that is discarded after a response, in bytes.
const MAX_DISCARDED_BYTES: u64 = 1024 * 1024;

/// What every connection needs.
pub(crate) struct Clients {
    pub(crate) relay: Relay,
    pub(crate) limits: Limits,
    router: Router,
    /// Absent if the relay serves plain HTTP.
    tls: Option<TlsAcceptor>,
    protocol: http1::Builder,
}

/// The reason why the relay ended a connection itself.
enum Cut {
    /// The request is refused with this status, and for this reason.
    Refused(u16, String),
    /// The client does not take the response.
    Stalled,
}

impl Clients {
    pub(crate) fn new(relay: Relay, limits: Limits) -> Self {
        let mut protocol = http1::Builder::new();
        // The time limits are those of `cut`: hyper's own ends a connection without a response.
        let head_bytes = limits.head_bytes.max(MIN_BUFFER);
        protocol.keep_alive(false).max_buf_size(head_bytes).max_header_size(head_bytes);
        // A client that has sent its request may close its side. Without this, hyper drops the response then.
        protocol.half_close(true);
        let router = http::router(relay.clone(), &limits);
        let tls = relay.shared.tls.clone().map(TlsAcceptor::from);
        Self { relay, limits, router, tls, protocol }
    }

    /// Begins the TLS session, if the relay serves HTTPS. `None` if the client does not complete it in time: without it, no
    /// response can reach the client.
    pub(crate) async fn secure(&self, stream: TcpStream, exchange: &Exchange) -> Option<Box<dyn Stream>> {
        let Some(acceptor) = &self.tls else { return Some(Box::new(stream)) };
        let handshake = async {
            tokio::select! {
                ended = timeout(self.limits.head_time, acceptor.accept(stream)) => ended.ok()?.ok(),
                () = exchange.slot.evicted() => None,
                () = self.relay.shared.stopping.stopped() => None,
            }
        };
        let session = handshake.await;
        if session.is_none() {
            tracing::debug!(client = %exchange.client, "no TLS session");
        }
        session.map(|session| -> Box<dyn Stream> { Box::new(session) })
    }

    /// Serves a connection until its response has been sent.
    pub(crate) async fn serve(&self, stream: Box<dyn Stream>, exchange: Arc<Exchange>) {
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            exchange.enter(Phase::Body);
            request.extensions_mut().insert(exchange.clone());
            let response = TowerToHyperService::new(self.router.clone()).call(request);
            let exchange = exchange.clone();
            Box::pin(async move {
                let response = response.await;
                exchange.enter(Phase::Response);
                response
            })
        });
        let wire = Wire::new(stream, exchange.clone());
        let mut connection = self.protocol.serve_connection(TokioIo::new(wire), service);
        let mut cut = None;
        tokio::select! {
            biased;
            ended = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)) => {
                if let Err(error) = ended {
                    tracing::debug!(client = %exchange.client, %error, "a connection ended early");
                }
            }
            reason = self.cut(&exchange) => cut = Some(reason),
        }
        if matches!(cut, Some(Cut::Stalled)) {
            tracing::warn!(client = %exchange.client, "the client did not take the response");
            return;
        }
        let mut wire = connection.into_parts().io.into_inner();
        if exchange.phase() == Phase::Head {
            // A connection without a request needs no response.
            if !exchange.has_begun() {
                return;
            }
            let (status, detail) = match cut {
                Some(Cut::Refused(status, detail)) => (status, detail),
                _ => self.malformed(wire.withheld_status()),
            };
            if self.refuse(&mut wire.stream, &exchange, status, &detail).await.is_err() {
                return;
            }
        }
        exchange.slot.release();
        self.linger(&mut wire.stream, &exchange).await;
    }

    /// Refuses a connection whose request has not been read.
    pub(crate) async fn turn_away(&self, mut stream: Box<dyn Stream>, exchange: Arc<Exchange>) {
        let detail = "The relay has too many connections from this address.";
        if self.refuse(&mut stream, &exchange, 503, detail).await.is_ok() {
            self.linger(&mut stream, &exchange).await;
        }
    }

    /// Ready when a time limit is over, or the connection must end for another reason. Never while the request is in the
    /// hands of the router: that refuses it by itself, or forwards it.
    async fn cut(&self, exchange: &Exchange) -> Cut {
        let Limits { head_time, stop_time, response_time, .. } = self.limits;
        let stopped = async {
            self.relay.shared.stopping.stopped().await;
            // For requests that the client had sent before.
            sleep(stop_time).await;
        };
        tokio::select! {
            biased;
            () = exchange.reached(Phase::Body) => {}
            () = exchange.slot.evicted() => return Cut::Refused(503, CROWDED.to_owned()),
            () = stopped => return Cut::Refused(503, STOPPING.to_owned()),
            () = sleep(head_time) => {
                let seconds = head_time.as_secs();
                let detail = format!("The request's headers did not arrive within {seconds} seconds.");
                return Cut::Refused(408, detail);
            }
        }
        exchange.reached(Phase::Response).await;
        sleep(response_time).await;
        Cut::Stalled
    }

    /// The status and the reason for a request that hyper did not accept.
    fn malformed(&self, status: Option<u16>) -> (u16, String) {
        match status {
            Some(431) => {
                let bytes = self.limits.head_bytes;
                (431, format!("The request has more than {bytes} bytes of headers, or too many of them."))
            }
            Some(414) => (414, "The request's URL is too long.".to_owned()),
            _ => (400, "The request is not valid HTTP/1.1.".to_owned()),
        }
    }

    async fn refuse(
        &self,
        stream: &mut Box<dyn Stream>,
        exchange: &Exchange,
        status: u16,
        detail: &str,
    ) -> io::Result<()> {
        tracing::info!(client = %exchange.client, status, detail, "refused: no complete headers");
        let response = early::refusal(status, detail, self.relay.shared.timeouts.total.as_secs());
        // The response fits into the socket's empty buffer, so this does not wait.
        timeout(self.limits.linger_time, stream.write_all(&response)).await?
    }

    /// Closes the connection without losing its response: a socket that is closed with unread input resets the
    /// connection, and the client's system may then discard the response.
    async fn linger(&self, stream: &mut Box<dyn Stream>, exchange: &Exchange) {
        let discard = async {
            stream.shutdown().await?;
            let mut rest = Pin::new(stream).take(MAX_DISCARDED_BYTES);
            tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
        };
        tokio::select! {
            // How the client ends the connection does not matter any more.
            _ = timeout(self.limits.linger_time, discard) => {}
            () = exchange.slot.evicted() => {}
        }
    }
}
