//! The relay adds the credentials that a browser must never have, and forwards only the operations that a provider
//! declares.
//!
//! The relay parses and checks each request, and builds the outgoing request from the checked values. A member, a header
//! or a path that the provider's table of operations does not declare cannot pass. The provider's status, its body and a
//! few of its headers are forwarded, with confidential secrets redacted. The relay's own responses have the header
//! `remit-outcome`: either the request was not sent, or its outcome is unknown. The relay never sends a request twice.
//!
//! This crate names no provider.

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
