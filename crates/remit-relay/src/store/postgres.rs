//! PostgreSQL: the store of several relays behind a load balancer.

use std::net::IpAddr;

use async_trait::async_trait;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::database::{Database, MIGRATIONS};
use super::error::StoreError;
use super::row::{Row, Value};

/// The rates, which need not survive a crash of the database.
const BUCKETS: &str =
    "CREATE UNLOGGED TABLE IF NOT EXISTS buckets (name TEXT NOT NULL PRIMARY KEY, full_at BIGINT NOT NULL)";
/// The number of the lock that a relay holds while it changes the schema: `RemR` in ASCII.
const MIGRATION_LOCK: i64 = 0x5265_6d52;
/// The maximum number of connections of a relay to the database.
const CONNECTIONS: usize = 16;

/// A pool of connections to a database.
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// Connects to a database, and brings its schema up to date.
    pub(crate) async fn connect(url: &str, password: Option<&SecretString>) -> Result<Self, StoreError> {
        let invalid = |source: tokio_postgres::Error| StoreError::Open {
            place: "the PostgreSQL database".to_owned(),
            source: source.into(),
        };
        let mut config: Config = url.parse().map_err(invalid)?;
        if let Some(password) = password {
            config.password(password.expose_secret());
        }
        config.application_name("remit-relay");
        // A database or a role may have switched this off; then a crash would lose what counts as written.
        config.options("-c synchronous_commit=on -c statement_timeout=10000 -c lock_timeout=5000");
        // Without this, the driver would accept a connection without TLS from a server that offers none.
        let is_local = |host: &Host| match host {
            Host::Tcp(name) => is_loopback(name),
            Host::Unix(_) => true,
        };
        if config.get_ssl_mode() == SslMode::Prefer && !config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Require);
        }
        let place =
            format!("the PostgreSQL database {}", config.get_dbname().unwrap_or("of the user's name"));
        let tls = ClientConfig::with_platform_verifier()
            .map_err(|source| StoreError::Open { place: place.clone(), source: source.into() })?;
        let manager = Manager::from_config(
            config,
            MakeRustlsConnect::new(tls),
            ManagerConfig { recycling_method: RecyclingMethod::Verified },
        );
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
        let pool = pool.map_err(|source| StoreError::Open { place: place.clone(), source: source.into() })?;
        migrate(&pool, &place).await?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl Database for Postgres {
    fn now(&self) -> &'static str {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    }

    async fn run(
        &self,
        lock: Option<&str>,
        sql: &str,
        parameters: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut client = self.pool.get().await.map_err(|source| StoreError::Failed(source.into()))?;
        let sql = sql.replace('?', "$");
        let statement = client.prepare_cached(&sql).await.map_err(error)?;
        let used = statement.params().len();
        let parameters: Vec<_> = parameters.iter().take(used).map(parameter).collect();
        let rows = match lock {
            None => client.query(&statement, &parameters).await.map_err(error)?,
            Some(lock) => {
                let transaction = client.transaction().await.map_err(error)?;
                // The next statement gets a snapshot of its own, which includes what the previous holder has written.
                let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
                transaction.query(sql, &[&lock]).await.map_err(error)?;
                let rows = transaction.query(&statement, &parameters).await.map_err(error)?;
                transaction.commit().await.map_err(error)?;
                rows
            }
        };
        rows.iter().map(row).collect()
    }

    /// Readers do not wait for writers.
    async fn read(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.run(None, sql, parameters).await
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn parameter(value: &Value) -> &(dyn ToSql + Sync) {
    match value {
        Value::Text(text) => text,
        Value::Integer(number) => number,
    }
}

fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let value = |(at, column): (usize, &tokio_postgres::Column)| {
        Ok(if *column.type_() == Type::INT8 {
            Value::Integer(row.try_get(at).map_err(error)?)
        } else {
            Value::Text(row.try_get(at).map_err(error)?)
        })
    };
    row.columns().iter().enumerate().map(value).collect::<Result<_, _>>().map(Row)
}

fn error(error: tokio_postgres::Error) -> StoreError {
    match error.code() {
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => StoreError::Taken,
        _ => StoreError::Failed(error.into()),
    }
}

/// Brings the schema up to date, in one transaction. Another relay that starts at the same time waits.
async fn migrate(pool: &Pool, place: &str) -> Result<(), StoreError> {
    let open = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Open {
        place: place.to_owned(),
        source,
    };
    let mut client = pool.get().await.map_err(|source| open(source.into()))?;
    let transaction = client.transaction().await.map_err(|source| open(source.into()))?;
    let failed = |source: tokio_postgres::Error| open(source.into());
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await.map_err(failed)?;
    let table = "CREATE TABLE IF NOT EXISTS remit_schema (version BIGINT NOT NULL)";
    transaction.batch_execute(table).await.map_err(failed)?;
    let row = transaction.query_opt("SELECT max(version) FROM remit_schema", &[]).await.map_err(failed)?;
    let found = row.map(|row| row.try_get::<_, Option<i64>>(0)).transpose().map_err(failed)?;
    let found = found.flatten().unwrap_or(0);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { place: place.to_owned(), found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        transaction.batch_execute(&migration.replace("{strict}", "")).await.map_err(failed)?;
    }
    transaction.batch_execute(BUCKETS).await.map_err(failed)?;
    if found < known {
        let sql = "INSERT INTO remit_schema (version) VALUES ($1)";
        transaction.execute(sql, &[&known]).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}
