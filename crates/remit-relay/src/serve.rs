//! Serves requests, and stops without losing a response.

use std::io;

use remit_core::Purpose;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::accept::Acceptor;
use crate::client::Clients;
use crate::limits::Limits;
use crate::open_files::affordable_connections;
use crate::relay::Relay;

/// Serves the relay until `stop` is ready. Then it forwards no more requests, and refuses those that arrive. It waits for
/// the requests that are being forwarded, and delivers their responses.
///
/// # Errors
/// If other machines can reach the listener, and callers need no session, and the configuration does not say `open = true`.
/// A connection that cannot be accepted is only logged.
pub async fn serve(
    listener: TcpListener,
    relay: Relay,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(listener, relay, Limits::default(), stop).await
}

/// Like [`serve`], with other limits.
///
/// # Errors
/// As for [`serve`].
#[doc(hidden)]
pub async fn serve_with(
    listener: TcpListener,
    relay: Relay,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    check_exposure(&listener, &relay)?;
    let settling = tokio::spawn(relay.clone().keep_settling());
    let limits = Limits { connections: limits.connections.min(affordable_connections()), ..limits };
    let (shared, grace) = (relay.shared.clone(), limits.grace);
    let mut acceptor = Acceptor::new(Clients::new(relay, limits));
    acceptor.accept(listener, stop).await;
    // A caller may have disconnected; the provider's response still belongs in the log.
    shared.stopping.empty().await;
    // A caller that stalls delays only its own request.
    if timeout(grace, acceptor.closed()).await.is_err() {
        tracing::warn!("stopped with connections still open");
    }
    settling.abort();
    Ok(())
}

/// Keeps a relay that asks for no sessions from being reachable by mistake.
fn check_exposure(listener: &TcpListener, relay: &Relay) -> io::Result<()> {
    let address = listener.local_addr()?;
    let shared = &relay.shared;
    if shared.sessions.is_some() || address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    if !shared.open {
        let words = format!(
            "other machines can reach {address}, and every program there could record payments: configure [session_keys] \
             and [servers.NAME], or listen on 127.0.0.1, or set open = true if a proxy in front authenticates the callers"
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
    }
    for connection in shared.connections.values() {
        let operations: Vec<_> = connection.operations().map(Purpose::as_str).collect();
        tracing::warn!(
            %address,
            connection = connection.name,
            operations = operations.join(" "),
            "open = true: every program that reaches this address may use this connection"
        );
    }
    Ok(())
}
