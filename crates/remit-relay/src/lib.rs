//! The relay adds the credentials that a browser must never have, and forwards only the operations that a provider
//! declares.
//!
//! The relay parses and checks each request, and builds the outgoing request from the checked values. A member, a header
//! or a path that the provider's table of operations does not declare cannot pass. A response consists only of what
//! `remit-core` parsed, without texts that contain a secret. The relay's own responses have the header `remit-outcome`:
//! the request was not sent, its outcome is unknown, or it was found recorded.
//!
//! A change is sent at most once for each idempotency key, even if the relay crashes. [`Relay`] keeps the keys in a store,
//! and looks for the changes whose outcome is unknown.
//!
//! This crate names no provider.

mod accept;
mod address;
mod answer;
mod arrival;
mod base_url;
mod client;
mod clock;
mod config;
mod connection;
mod document;
mod early;
mod exchange;
mod forward;
mod gate;
mod guard;
mod http;
mod intent;
mod key;
mod leak;
mod limits;
mod listing;
mod mistake;
mod once;
mod open_files;
mod pace;
mod pacing;
mod path;
mod points;
mod protected_file;
mod rate;
mod relay;
mod request;
mod resolver;
mod screen;
mod secret;
mod send;
mod serve;
mod session;
mod session_endpoint;
mod settings;
mod settle;
mod slots;
mod store;
mod timeouts;
mod tls;
mod unescape;
mod wire;

pub use config::Config;
pub use forward::ClientError;
#[doc(hidden)]
pub use limits::Limits;
pub use mistake::{ConfigError, Mistake};
pub use open_files::raise_open_files_limit;
#[doc(hidden)]
pub use pace::Pace;
#[doc(hidden)]
pub use points::{POINTS, Stop};
#[doc(hidden)]
pub use relay::Rig;
pub use relay::{OpenError, Relay};
pub use serve::serve;
#[doc(hidden)]
pub use serve::serve_with;
pub use store::StoreError;
