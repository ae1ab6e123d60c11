//! Sessions: what a page may do, and for how long.
//!
//! The host's server asks for a session with its own key ([`request`]), and gives the token to its page. The token is
//! encrypted, so nothing of it can be read or changed outside the relay [PASETO v4.local]. The relay keeps no record of it;
//! the sum of its payments is that of its intents in the store.

mod permit;
mod request;
mod rights;
mod servers;
pub(crate) mod settings;
mod token;

pub(crate) use permit::{Denied, Permit, bearer};
pub(crate) use request::Asked;
use servers::Server;
pub(crate) use servers::find as find_server;
pub(crate) use token::Keys;

/// What a relay needs to give out sessions and to accept them.
pub(crate) struct Sessions {
    pub(crate) keys: Keys,
    /// The servers that may ask for sessions.
    pub(crate) servers: Vec<Server>,
}
