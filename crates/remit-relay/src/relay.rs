//! A relay: its connections and its client.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::config::Config;
use crate::connection::Connection;
use crate::forward::{self, ClientError};

/// A relay, ready to serve. Clones are the same relay.
#[derive(Clone)]
pub struct Relay {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) connections: BTreeMap<String, Arc<Connection>>,
    pub(crate) origins: Vec<axum::http::HeaderValue>,
    /// Names that it goes by beside those of this machine.
    pub(crate) hosts: Arc<[String]>,
    pub(crate) client: reqwest::Client,
    /// Every request that was sent and not answered holds a receiver.
    pub(crate) open: watch::Sender<()>,
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
