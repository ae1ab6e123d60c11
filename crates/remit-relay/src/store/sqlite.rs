//! SQLite: the store of a single relay, in a file.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, TransactionBehavior, params_from_iter};
use tokio::sync::oneshot;

use super::database::{Database, MIGRATIONS};
use super::error::StoreError;
use super::row::{Row, Value};

/// SQLite's application identifier of a relay's store: `RemR` in ASCII.
const APPLICATION: i64 = 0x5265_6d52;
/// The rates, which need not survive the relay: a table that is never written to the disk.
const BUCKETS: &str =
    "CREATE TEMP TABLE buckets (name TEXT PRIMARY KEY NOT NULL, full_at INTEGER NOT NULL) STRICT";
/// How long to wait while another process holds the file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// How many statements share a commit, and so one wait for the disk.
const GROUP: usize = 64;

/// A statement to run, and the place of its result.
struct Job {
    sql: String,
    parameters: Vec<Value>,
    reply: oneshot::Sender<Result<Vec<Row>, StoreError>>,
}

/// A file, and the one thread that writes it.
pub(crate) struct Sqlite {
    jobs: Sender<Job>,
}

impl Sqlite {
    /// Opens or creates a file, or makes a database in memory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let place = || path.map_or_else(|| ":memory:".to_owned(), |path| path.display().to_string());
        let failed = |source: rusqlite::Error| StoreError::Open { place: place(), source: source.into() };
        let connection = match path {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        };
        let mut connection = connection.map_err(failed)?;
        migrate(&mut connection, &place()).map_err(|error| match error {
            Migration::Failed(source) => failed(source),
            Migration::Refused(error) => error,
        })?;
        let (jobs, received) = channel();
        let writer = thread::Builder::new().name("store".to_owned());
        let spawned = writer.spawn(move || write(&mut connection, &received));
        spawned.map_err(|source| StoreError::Open { place: place(), source: source.into() })?;
        Ok(Self { jobs })
    }
}

#[async_trait]
impl Database for Sqlite {
    fn now(&self) -> &'static str {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    }

    /// A single thread writes, so every two statements run one after the other.
    async fn run(&self, _: Option<&str>, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let (reply, result) = oneshot::channel();
        let job = Job { sql: sql.to_owned(), parameters, reply };
        let ended = || StoreError::Failed("the thread that writes the store has ended".into());
        self.jobs.send(job).map_err(|_| ended())?;
        result.await.map_err(|_| ended())?
    }
}

/// Runs the statements that are waiting in one transaction, again and again. A reply is sent only after the commit.
fn write(connection: &mut Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<_> = std::iter::once(first).chain(jobs.try_iter().take(GROUP)).collect();
        let (statements, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|job| ((job.sql, job.parameters), job.reply)).unzip();
        let results = commit(connection, &statements).unwrap_or_else(|error| {
            let text = error.to_string();
            statements.iter().map(|_| Err(StoreError::Failed(text.clone().into()))).collect()
        });
        for (reply, result) in replies.into_iter().zip(results) {
            // The caller may have gone.
            let _ = reply.send(result);
        }
    }
}

type Results = Vec<Result<Vec<Row>, StoreError>>;

fn commit(connection: &mut Connection, statements: &[(String, Vec<Value>)]) -> rusqlite::Result<Results> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut results = Vec::new();
    for (sql, parameters) in statements {
        // A statement that fails undoes only itself.
        let savepoint = transaction.savepoint()?;
        let result = statement(&savepoint, sql, parameters);
        if result.is_ok() {
            savepoint.commit()?;
        } else {
            savepoint.finish()?;
        }
        results.push(result.map_err(error));
    }
    transaction.commit()?;
    Ok(results)
}

fn statement(connection: &Connection, sql: &str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    // A statement need not use every parameter; SQLite wants exactly those up to the last used one.
    let used = parameters.iter().take(statement.parameter_count());
    let columns = statement.column_count();
    let rows = statement.query_map(params_from_iter(used), |row| {
        let value = |at| {
            Ok(match row.get_ref(at)? {
                ValueRef::Integer(number) => Value::Integer(Some(number)),
                ValueRef::Text(text) => Value::Text(Some(String::from_utf8_lossy(text).into_owned())),
                _ => Value::Text(None),
            })
        };
        (0..columns).map(value).collect::<rusqlite::Result<_>>().map(Row)
    })?;
    rows.collect()
}

fn error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error() {
        Some(code) if code.code == ErrorCode::ConstraintViolation => StoreError::Taken,
        _ => StoreError::Failed(error.into()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Text(text) => text.to_sql(),
            Self::Integer(number) => number.to_sql(),
        }
    }
}

enum Migration {
    Failed(rusqlite::Error),
    Refused(StoreError),
}

impl From<rusqlite::Error> for Migration {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

/// Brings the schema up to date, in one transaction.
fn migrate(connection: &mut Connection, place: &str) -> Result<(), Migration> {
    let number = |c: &Connection, query| c.query_row(query, [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(LOCK_TIMEOUT)?;
    let is_foreign = |c: &Connection| -> rusqlite::Result<bool> {
        let tables = number(c, "SELECT count(*) FROM sqlite_schema")?;
        Ok(tables > 0 && number(c, "PRAGMA application_id")? != APPLICATION)
    };
    if is_foreign(connection)? {
        return Err(Migration::Refused(StoreError::Foreign(place.to_owned())));
    }
    // SQLite returns the mode that it chose, which is not WAL for a database in memory. Ignore it.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    // FULL: a commit has reached the disk, not only the operating system, before the first byte is sent.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = number(&transaction, "PRAGMA user_version")?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Migration::Refused(StoreError::Newer { place: place.to_owned(), found, known }));
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        // In a strict table, SQLite rejects values of another type, and knows no other name for whole numbers.
        transaction.execute_batch(&migration.replace("BIGINT", "INTEGER").replace("{strict}", "STRICT"))?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    connection.execute_batch(BUCKETS)?;
    Ok(())
}
