//! The relay: adds the credentials that a browser must never hold, and forwards only what a provider's table of
//! operations lists.
//!
//! What goes out is never what came in. A request is read and checked as the provider would read it, and written anew
//! from what was checked; so a member, a header or a path that the provider's page does not declare cannot pass. What
//! comes back is passed on as it is. The relay's own answers carry the header `remit-outcome`, which says whether a
//! payment was not sent, or was sent and its outcome is unknown. Nothing is ever sent twice.
//!
//! Nothing here names a provider.

mod answer;
mod config;
mod connection;
mod forward;
mod http;
mod request;
mod secret;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

pub use config::{Config, ConfigError};
use connection::Connection;
pub use connection::ConnectionError;
pub use forward::ClientError;
pub use secret::SecretError;

/// How long a request may take to arrive, or its answer to leave, once the relay is to stop.
const GRACE: Duration = Duration::from_secs(1);

/// A relay, ready to serve. Clones are the same relay.
#[derive(Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    connections: BTreeMap<String, Arc<Connection>>,
    origins: Vec<axum::http::HeaderValue>,
    /// Names that it goes by beside those of this machine.
    hosts: Arc<[String]>,
    client: reqwest::Client,
    /// Every request that was sent and not answered holds a receiver.
    open: watch::Sender<()>,
}

impl Relay {
    /// A relay with these connections.
    ///
    /// # Errors
    /// [`ClientError`] when this machine cannot make secure connections, as when it trusts no certificates.
    pub fn new(config: Config) -> Result<Self, ClientError> {
        let client = forward::client(&config)?;
        let connections =
            config.connections.into_iter().map(|connection| (connection.name.clone(), Arc::new(connection)));
        let shared = Shared {
            connections: connections.collect(),
            origins: config.origins,
            hosts: config.hosts.into(),
            client,
            open: watch::Sender::new(()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

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
