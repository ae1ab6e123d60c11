//! What is really recorded: the sandbox's books, read as rows, without any code of the relay or the core.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags};

/// A recorded payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) invoice: String,
    pub(crate) minor: i64,
    pub(crate) paid_at: String,
}

/// The books of one provider.
#[derive(Debug, Clone)]
pub(crate) struct Books {
    file: PathBuf,
    provider: &'static str,
}

/// An invoice or a bank transaction that the sandbox was seeded with.
#[derive(Debug, Clone)]
pub(crate) struct Seeded {
    pub(crate) id: String,
    pub(crate) currency: String,
}

impl Books {
    pub(crate) fn new(file: &Path, provider: &'static str) -> Self {
        Self { file: file.to_owned(), provider }
    }

    fn open(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .with_context(|| format!("cannot open {}", self.file.display()))?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(connection)
    }

    /// Every payment, in the order in which they were recorded.
    pub(crate) fn payments(&self) -> Result<Vec<Row>> {
        let connection = self.open()?;
        let sql =
            "SELECT id, invoice_id, amount_minor, paid_at FROM payments WHERE provider = ? ORDER BY rowid";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([self.provider], |row| {
            Ok(Row { id: row.get(0)?, invoice: row.get(1)?, minor: row.get(2)?, paid_at: row.get(3)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The identifiers of the invoices with this number.
    pub(crate) fn invoices(&self, number: &str) -> Result<Vec<String>> {
        let connection = self.open()?;
        let sql = "SELECT id FROM invoices WHERE provider = ? AND number = ?";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([self.provider, number], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The unpaid invoices.
    pub(crate) fn unpaid(&self) -> Result<Vec<Seeded>> {
        self.seeded("SELECT id, currency FROM invoices WHERE provider = ? AND state = 'open' ORDER BY id")
    }

    /// The bank transactions that a payment can be allocated from.
    pub(crate) fn transactions(&self) -> Result<Vec<Seeded>> {
        self.seeded(
            "SELECT id, currency FROM allocations WHERE provider = ? AND unallocated_minor > 10000 ORDER BY id",
        )
    }

    fn seeded(&self, sql: &str) -> Result<Vec<Seeded>> {
        let connection = self.open()?;
        let mut statement = connection.prepare(sql)?;
        let rows = statement
            .query_map([self.provider], |row| Ok(Seeded { id: row.get(0)?, currency: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
