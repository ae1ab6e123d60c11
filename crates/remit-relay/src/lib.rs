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
mod relay;
mod request;
mod secret;
mod serve;

pub use config::{Config, ConfigError};
pub use connection::ConnectionError;
pub use forward::ClientError;
pub use relay::Relay;
pub use secret::SecretError;
pub use serve::serve;
