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

/// A file, the one thread that writes it, and one that reads it.
pub(crate) struct Sqlite {
    writer: Sender<Job>,
    /// For a database in memory, which has one connection, this is the writer.
    reader: Sender<Job>,
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
        let spawned = |source: std::io::Error| StoreError::Open { place: place(), source: source.into() };
        let Some(path) = path else {
            connection.execute_batch(BUCKETS).map_err(failed)?;
            let writer = spawn("store", move |jobs| write(&mut connection, jobs)).map_err(spawned)?;
            return Ok(Self { reader: writer.clone(), writer });
        };
        // In WAL mode a reader does not wait for a writer, not even for another program that holds the lock.
        let reading = Connection::open(path).and_then(|reading| {
            reading.busy_timeout(LOCK_TIMEOUT)?;
            reading.execute_batch("PRAGMA temp_store = MEMORY;")?;
            reading.execute_batch(BUCKETS)?;
            Ok(reading)
        });
        let reading = reading.map_err(failed)?;
        Ok(Self {
            writer: spawn("store", move |jobs| write(&mut connection, jobs)).map_err(spawned)?,
            reader: spawn("store reader", move |jobs| read(&reading, jobs)).map_err(spawned)?,
        })
    }
}

/// Starts a thread that works on jobs until their sender is dropped.
fn spawn(name: &str, work: impl FnOnce(&Receiver<Job>) + Send + 'static) -> std::io::Result<Sender<Job>> {
    let (jobs, received) = channel();
    thread::Builder::new().name(name.to_owned()).spawn(move || work(&received))?;
    Ok(jobs)
}

/// Sends a job to a thread and waits for its result.
async fn order(jobs: &Sender<Job>, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError> {
    let (reply, result) = oneshot::channel();
    let ended = || StoreError::Failed("the thread of the store has ended".into());
    jobs.send(Job { sql: sql.to_owned(), parameters, reply }).map_err(|_| ended())?;
    result.await.map_err(|_| ended())?
}

#[async_trait]
impl Database for Sqlite {
    fn now(&self) -> &'static str {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    }

    /// A single thread writes, so every two statements run one after the other.
    async fn run(&self, _: Option<&str>, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        order(&self.writer, sql, parameters).await
    }

    async fn read(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        order(&self.reader, sql, parameters).await
    }
}

/// Runs statements one by one, each by itself.
fn read(connection: &Connection, jobs: &Receiver<Job>) {
    for Job { sql, parameters, reply } in jobs {
        // The caller may have gone.
        let _ = reply.send(statement(connection, &sql, &parameters).map_err(error));
    }
}

/// Runs the statements that are waiting in one transaction, again and again. A reply is sent only after the commit.
fn write(connection: &mut Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<_> = std::iter::once(first).chain(jobs.try_iter().take(GROUP)).collect();
        let results = commit(connection, &group).unwrap_or_else(|error| {
            let text = error.to_string();
            group.iter().map(|_| Err(StoreError::Failed(text.clone().into()))).collect()
        });
        for (job, result) in group.into_iter().zip(results) {
            // The caller may have gone.
            let _ = job.reply.send(result);
        }
    }
}

type Results = Vec<Result<Vec<Row>, StoreError>>;

fn commit(connection: &mut Connection, jobs: &[Job]) -> rusqlite::Result<Results> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut results = Vec::new();
    for Job { sql, parameters, reply } in jobs {
        // Another program may have held the lock for so long that the caller has given up.
        if reply.is_closed() {
            results.push(Ok(Vec::new()));
            continue;
        }
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
    Ok(transaction.commit()?)
}
