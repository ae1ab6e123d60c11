//! What can go wrong with the store.

/// Why the store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("store: cannot open {place}: {source}")]
    Open {
        /// The file, or the address without its password.
        place: String,
        /// The database's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database belongs to another program.
    #[error("store: {0} is not a relay's store; name another file or database")]
    Foreign(String),
    /// A newer relay has changed the schema.
    #[error(
        "store: {place} has schema {found}, and this relay knows schemas up to {known}; run the newer relay again, or restore the backup from before the upgrade"
    )]
    Newer {
        /// The file, or the address without its password.
        place: String,
        /// The schema's version.
        found: i64,
        /// The newest version that this relay knows.
        known: i64,
    },
    /// A statement failed.
    #[error("store: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
    /// A value that this relay did not write.
    #[error("store: the column {0} has a value that no relay writes")]
    Corrupt(&'static str),
    /// A row with the same unique value exists.
    #[error("store: a value that must be unique exists already")]
    Taken,
}
