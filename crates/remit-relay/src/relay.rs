//! The relay: its connections and its HTTP client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::connection::Connection;
use crate::forward::{self, ClientError};
use crate::gate::Gate;
use crate::pace::Pace;
use crate::pacing::Pacing;
use crate::points::{Points, Stop};
use crate::rate::{Allowance, Rates};
use crate::session::Sessions;
use crate::settings;
use crate::store::{Postgres, Store, StoreError};
use crate::timeouts::Timeouts;

/// A relay, ready to serve. Clones share one relay.
#[derive(Clone)]
pub struct Relay {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) connections: BTreeMap<String, Arc<Connection>>,
    pub(crate) pacings: BTreeMap<String, Pacing>,
    pub(crate) store: Store,
    pub(crate) pace: Pace,
    pub(crate) retention: Duration,
    pub(crate) points: Points,
    /// What callers need to be permitted anything; absent if the relay asks for no session.
    pub(crate) sessions: Option<Sessions>,
    /// Whether the relay may be reachable from elsewhere without asking for sessions.
    pub(crate) open: bool,
    pub(crate) origins: Vec<axum::http::HeaderValue>,
    /// Host names under which the relay answers, in addition to this machine's.
    pub(crate) hosts: Arc<[String]>,
    pub(crate) client: reqwest::Client,
    pub(crate) timeouts: Timeouts,
    /// Every request passes it right before it is forwarded.
    pub(crate) stopping: Gate,
    /// The certificate and the key, if the relay serves HTTPS itself.
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    /// How often clients may call.
    pub(crate) rates: Rates,
}

/// What a test changes in a relay.
#[doc(hidden)]
#[derive(Default)]
pub struct Rig {
    /// The pace of looking for unknown changes.
    pub pace: Pace,
    /// Where the relay stops as if it had crashed.
    pub stop: Option<Stop>,
}

/// Why a relay cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// This machine cannot make secure connections.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Relay {
    /// Creates a relay with the configured connections and store.
    ///
    /// # Errors
    /// [`OpenError`] if the store cannot be opened, or if this machine cannot make secure connections, for example because
    /// it trusts no certificates.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        Self::open_with(config, Rig::default()).await
    }

    /// Creates a relay that a test controls.
    #[doc(hidden)]
    pub async fn open_with(config: Config, rig: Rig) -> Result<Self, OpenError> {
        let client = forward::client(&config)?;
        let store = match &config.settings.store {
            settings::Store::Memory => Store::memory()?,
            settings::Store::File(path) => Store::file(path)?,
            settings::Store::Postgres { url, password } => {
                Store::over(Postgres::connect(url, password.as_ref()).await?)
            }
        };
        let connections: BTreeMap<_, _> = config
            .connections
            .into_iter()
            .map(|connection| (connection.name.clone(), Arc::new(connection)))
            .collect();
        let shared = Shared {
            pacings: connections
                .values()
                .map(|one| (one.name.clone(), Pacing::new(one.max_concurrent, rig.pace.pause)))
                .collect(),
            connections,
            store,
            pace: rig.pace,
            retention: Duration::from_secs(config.settings.retention_days.saturating_mul(24 * 60 * 60)),
            points: rig.stop.map(Points::new).unwrap_or_default(),
            sessions: config.sessions,
            open: config.settings.open,
            origins: config.origins,
            hosts: config.hosts.into(),
            client,
            timeouts: config.timeouts,
            stopping: Gate::new(),
            tls: config.tls,
            rates: Rates::new(Allowance::default(), config.settings.trusted_proxies),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}
