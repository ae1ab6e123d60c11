//! The servers that may ask for sessions: those of the hosts.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// A host's server.
pub(crate) struct Server {
    /// The host's name. Idempotency keys of different hosts are different keys.
    pub(crate) name: String,
    /// The key with which it asks.
    pub(crate) key: SecretString,
    /// The connections for which it may ask; all if it names none.
    pub(crate) connections: Option<Vec<String>>,
}

impl Server {
    pub(crate) fn may_use(&self, connection: &str) -> bool {
        self.connections.as_ref().is_none_or(|all| all.iter().any(|name| name == connection))
    }
}

/// The server with this key. Digests are compared, so that the time it takes says nothing about the key.
pub(crate) fn find<'a>(servers: &'a [Server], key: &str) -> Option<&'a Server> {
    let digest = Sha256::digest(key.as_bytes());
    servers.iter().find(|server| Sha256::digest(server.key.expose_secret().as_bytes()) == digest)
}
