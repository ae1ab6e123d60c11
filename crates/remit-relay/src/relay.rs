//! The relay: its connections and its HTTP client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::config::Config;
use crate::connection::Connection;
use crate::forward::{self, ClientError};

/// A relay, ready to serve. Clones share one relay.
#[derive(Clone)]
pub struct Relay {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) connections: BTreeMap<String, Arc<Connection>>,
    pub(crate) origins: Vec<axum::http::HeaderValue>,
    /// Host names under which the relay answers, in addition to this machine's.
    pub(crate) hosts: Arc<[String]>,
    pub(crate) client: reqwest::Client,
    /// How long the client waits for a provider: for the connection, the response and its body together.
    pub(crate) timeout: Duration,
    /// Each request that is being forwarded holds a receiver.
    pub(crate) pending: watch::Sender<()>,
}

impl Relay {
    /// Creates a relay with the configured connections.
    ///
    /// # Errors
    /// [`ClientError`] if this machine cannot make secure connections, for example because it trusts no certificates.
    pub fn new(config: Config) -> Result<Self, ClientError> {
        let client = forward::client(&config)?;
        let connections =
            config.connections.into_iter().map(|connection| (connection.name.clone(), Arc::new(connection)));
        let shared = Shared {
            connections: connections.collect(),
            origins: config.origins,
            hosts: config.hosts.into(),
            client,
            timeout: config.timeout,
            pending: watch::Sender::new(()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}
