//! Accepts connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::client::Clients;
use crate::exchange::Exchange;
use crate::slots::{Admission, Slots};

/// The shortest time between two log lines about connections that could not be accepted.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The listener, and the connections that it has accepted.
pub(crate) struct Acceptor {
    clients: Arc<Clients>,
    slots: Arc<Slots>,
    /// Each open connection holds a receiver.
    open: watch::Sender<()>,
    failures: Failures,
}

impl Acceptor {
    pub(crate) fn new(clients: Clients) -> Self {
        let slots = Slots::new(clients.limits.clone());
        let failures = Failures { logged: None, omitted: 0 };
        Self { clients: Arc::new(clients), slots, open: watch::Sender::new(()), failures }
    }

    /// Accepts connections until `stop` is ready, then closes the listener.
    pub(crate) async fn accept(&mut self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = self.accept_next(&listener) => {}
            }
        }
        self.clients.relay.shared.stopping.stop();
        // The system has completed these connections, so their clients may have sent requests. Each gets a response.
        loop {
            tokio::select! {
                biased;
                () = self.accept_next(&listener) => {}
                () = std::future::ready(()) => break,
            }
        }
    }

    /// Ready once all connections are closed.
    pub(crate) async fn closed(&self) {
        self.open.closed().await;
    }

    async fn accept_next(&mut self, listener: &TcpListener) {
        match listener.accept().await {
            Ok((stream, client)) => self.admit(stream, client).await,
            // Only this connection is affected.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                self.failures.log(&error);
                // Most likely there are too many open files.
                self.slots.evict();
                sleep(self.clients.limits.accept_pause).await;
            }
        }
    }

    /// Serves a connection. While all connections have complete requests, this waits until one ends.
    async fn admit(&self, stream: TcpStream, client: SocketAddr) {
        let Ok(local) = stream.local_addr() else { return };
        let (slot, is_accepted) = loop {
            match self.slots.admit(client.ip()) {
                Admission::Accepted(slot) => break (slot, true),
                Admission::Refused(slot) => break (slot, false),
                Admission::Full => self.slots.freed().await,
            }
        };
        let exchange = Arc::new(Exchange::new(local.ip(), client, slot));
        let (clients, open) = (self.clients.clone(), self.open.subscribe());
        tokio::spawn(async move {
            let Some(stream) = clients.secure(stream, &exchange).await else { return };
            if is_accepted {
                clients.serve(stream, exchange).await;
            } else {
                clients.turn_away(stream, exchange).await;
            }
            drop(open);
        });
    }
}

/// Connections that could not be accepted. They are logged sparingly: there may be thousands a second.
struct Failures {
    logged: Option<Instant>,
    omitted: u64,
}

impl Failures {
    fn log(&mut self, error: &io::Error) {
        if self.logged.is_some_and(|logged| logged.elapsed() < LOG_INTERVAL) {
            self.omitted += 1;
            return;
        }
        tracing::warn!(%error, omitted = self.omitted, "cannot accept a connection");
        *self = Self { logged: Some(Instant::now()), omitted: 0 };
    }
}
