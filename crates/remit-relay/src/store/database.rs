//! What a store needs of a database.

use async_trait::async_trait;

use super::error::StoreError;
use super::row::{Row, Value};

/// The schema, a file for each version.
pub(super) const MIGRATIONS: [&str; 1] = [include_str!("0001.sql")];

/// A database that runs statements.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// An SQL expression for the database's own clock, in milliseconds since 1970.
    fn now(&self) -> &'static str;

    /// Runs one statement in a transaction of its own, which is durable when this returns. `?1` is the first parameter.
    /// Statements with the same `lock` run one after the other, also those of other relays.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the statement violates a unique index; nothing was changed then.
    async fn run(
        &self,
        lock: Option<&str>,
        sql: &str,
        parameters: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError>;

    /// Runs one statement that reads, or that writes only buckets, also while another program keeps the database from being
    /// written.
    async fn read(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError>;
}
