//! Serving, and stopping without losing an answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::http;
use crate::relay::Relay;

/// How long a request may take to arrive, or its answer to leave, once the relay is to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Serves the relay until `stop` is ready; then takes no more requests, and waits for the answers that are due.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    relay: Relay,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Relay { shared } = relay.clone();
    let loopback = listener.local_addr()?.ip().is_loopback();
    let begun = Arc::new(Notify::new());
    let stopping = {
        let begun = begun.clone();
        async move {
            stop.await;
            begun.notify_one();
        }
    };
    let served = async {
        axum::serve(listener, http::router(relay, loopback)).with_graceful_shutdown(stopping).await?;
        // The caller may be gone; the provider's answer still belongs in the log.
        shared.open.closed().await;
        Ok(())
    };
    // A caller that stalls holds nothing up but its own request.
    let late = async {
        begun.notified().await;
        tokio::time::sleep(GRACE).await;
        shared.open.closed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = served => result,
        () = late => {
            tracing::warn!("stopped with connections still open");
            Ok(())
        }
    }
}
