//! The relays' store, read as rows: in which state each key is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::{Client, NoTls};

/// Where the relays of a run keep their intents.
#[derive(Clone)]
pub(crate) enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database at this address, and a connection to it.
    Database(String, Arc<Client>),
}

/// An intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) key: String,
    pub(crate) state: String,
    pub(crate) payment: Option<String>,
    /// Whether the change was looked for and was missing.
    pub(crate) was_missing: bool,
}

const SQL: &str = "SELECT key, state, payment, missing_since FROM intents ORDER BY created";

/// How often a file is read that cannot be read.
const READS: u32 = 20;

fn in_file(path: &Path) -> Result<Vec<Intent>> {
    let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let Ok(connection) = opened else { return Ok(Vec::new()) };
    connection.busy_timeout(Duration::from_secs(5))?;
    // Losing power may leave nothing of a store that was never synced.
    let Ok(mut statement) = connection.prepare(SQL) else { return Ok(Vec::new()) };
    let rows = statement.query_map([], |row| {
        Ok(Intent {
            key: row.get(0)?,
            state: row.get(1)?,
            payment: row.get(2)?,
            was_missing: row.get::<_, Option<i64>>(3)?.is_some(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Place {
    /// The address for a relay.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Database(url, _) => url.clone(),
        }
    }

    /// Every intent.
    pub(crate) async fn intents(&self) -> Result<Vec<Intent>> {
        match self {
            Self::File(path) => {
                // The power may be lost, and with it a part of the file, while the file is read.
                for _ in 0..READS {
                    if let Ok(intents) = in_file(path) {
                        return Ok(intents);
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                in_file(path)
            }
            Self::Database(_, client) => {
                let rows = client.query(SQL, &[]).await?;
                let intent = |row: &tokio_postgres::Row| {
                    Ok(Intent {
                        key: row.try_get(0)?,
                        state: row.try_get(1)?,
                        payment: row.try_get(2)?,
                        was_missing: row.try_get::<_, Option<i64>>(3)?.is_some(),
                    })
                };
                rows.iter().map(intent).collect()
            }
        }
    }
}

/// A PostgreSQL server, with a database for each worker.
pub(crate) struct Server {
    url: String,
    admin: Client,
    databases: Vec<String>,
}

impl Server {
    /// Connects to the server at this address, as in `postgres://user@127.0.0.1:5432/postgres`.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        Ok(Self { url: url.to_owned(), admin: client(url).await?, databases: Vec::new() })
    }

    /// Makes an empty database. One for each run would be too slow.
    pub(crate) async fn database(&mut self) -> Result<Place> {
        let name = format!("remit_campaign_{}_{}", std::process::id(), self.databases.len());
        self.admin.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        self.databases.push(name.clone());
        let (server, _) = self.url.rsplit_once('/').context("the address has no database")?;
        let url = format!("{server}/{name}");
        let client = Arc::new(client(&url).await?);
        Ok(Place::Database(url, client))
    }

    /// Removes the databases.
    pub(crate) async fn end(self) -> Result<()> {
        for name in self.databases {
            self.admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

async fn client(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with the client, or reports the error to the next query.
    tokio::spawn(connection);
    Ok(client)
}

impl Place {
    /// Keeps every relay from writing for so long.
    pub(crate) async fn stall(&self, lasts: Duration) -> Result<()> {
        match self {
            Self::File(path) => {
                let path = path.clone();
                let stall = move || -> Result<()> {
                    let connection = Connection::open(path)?;
                    connection.busy_timeout(Duration::from_secs(5))?;
                    connection.execute_batch("BEGIN IMMEDIATE")?;
                    std::thread::sleep(lasts);
                    Ok(connection.execute_batch("ROLLBACK")?)
                };
                tokio::task::spawn_blocking(stall).await?
            }
            Self::Database(url, _) => {
                let client = client(url).await?;
                client.batch_execute("BEGIN; LOCK TABLE intents IN EXCLUSIVE MODE").await?;
                tokio::time::sleep(lasts).await;
                Ok(client.batch_execute("ROLLBACK").await?)
            }
        }
    }

    /// Forgets the intents of earlier runs.
    pub(crate) async fn clear(&self) -> Result<()> {
        if let Self::Database(_, client) = self
            && !client.query("SELECT 1 FROM pg_tables WHERE tablename = 'intents'", &[]).await?.is_empty()
        {
            client.batch_execute("TRUNCATE intents, buckets").await?;
        }
        Ok(())
    }
}
