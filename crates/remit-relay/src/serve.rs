//! Serves requests, and stops without losing a response.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::http;
use crate::relay::Relay;

/// How long a request may take to arrive, and then its response to be sent, after the relay was asked to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Serves the relay until `stop` is ready. Then it accepts no more requests, and waits for the pending responses.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    relay: Relay,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Relay { shared } = relay.clone();
    let loopback = listener.local_addr()?.ip().is_loopback();
    let stop_requested = Arc::new(Notify::new());
    let stopping = {
        let stop_requested = stop_requested.clone();
        async move {
            stop.await;
            stop_requested.notify_one();
        }
    };
    let served = async {
        axum::serve(listener, http::router(relay, loopback)).with_graceful_shutdown(stopping).await?;
        // The caller may have disconnected; the provider's response still belongs in the log.
        shared.pending.closed().await;
        Ok(())
    };
    // A caller that stalls delays only its own request.
    let grace_over = async {
        stop_requested.notified().await;
        tokio::time::sleep(GRACE).await;
        shared.pending.closed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = served => result,
        () = grace_over => {
            tracing::warn!("stopped with connections still open");
            Ok(())
        }
    }
}
