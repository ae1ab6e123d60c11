//! The rights of a page.

use remit_core::{Currency, Instant, Purpose};

/// The rights of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session {
    /// Identifies the session: its intents have one limit together.
    pub(crate) id: String,
    /// The host whose server asked for it.
    pub(crate) host: String,
    /// The connections that it may use.
    pub(crate) connections: Vec<String>,
    /// The one invoice that it is about, if it is about one.
    pub(crate) invoice: Option<String>,
    /// The operations that it permits, at most those of its connections.
    pub(crate) operations: Vec<Purpose>,
    /// The most that its payments may amount to together, in minor units, and the currency.
    pub(crate) limit: Option<(i64, Currency)>,
    /// The origin of the page.
    pub(crate) origin: Option<String>,
    /// Who uses it, in the host's words.
    pub(crate) by: Option<String>,
    /// When it ends.
    pub(crate) expires: Instant,
}
