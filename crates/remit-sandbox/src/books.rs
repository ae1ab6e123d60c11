//! The books: a SQLite database with one connection.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use remit_core::InvoiceState;
use remit_core::emulate::{Entry, Posted};
use remit_core::wire::json::Json;
use remit_core::{BankTransaction, Currency, Instant, Money, Provider, Zone, to_json};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, named_params};

/// SQLite's application identifier of a sandbox's database: `Remi` in ASCII.
const APPLICATION: i64 = 0x5265_6d69;
const VERSION: i64 = 2;
/// How long to wait while another process locks the file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// The reason why the books cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SQLite failed.
    #[error("the sandbox's books: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be opened.
    #[error("cannot open {path}: {source}")]
    Open {
        /// The file.
        path: String,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The file is not a sandbox's database.
    #[error("{path} is not a sandbox's database: name another file with --db")]
    Foreign {
        /// The file.
        path: String,
    },
    /// The file was created by another version.
    #[error(
        "{path} was created by another version of the sandbox: delete it, and the sandbox creates a new one"
    )]
    Version {
        /// The file.
        path: String,
    },
    /// The books contain a value that the sandbox did not write.
    #[error("the sandbox's books contain `{value}`, which is not {expected}: delete the database")]
    Corrupt {
        /// The kind of value that was expected.
        expected: &'static str,
        /// The actual value.
        value: String,
    },
}

/// Whether the changes of a transaction are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Keep,
    Discard,
}

pub(crate) struct Books {
    connection: Mutex<Connection>,
}

impl Books {
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let name = || path.map_or_else(|| "memory".to_owned(), |path| path.display().to_string());
        let connection = match path {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        };
        let mut connection = connection.map_err(|source| Error::Open { path: name(), source })?;
        match prepare(&mut connection) {
            Err(Error::Sqlite(source)) => Err(Error::Open { path: name(), source }),
            Err(error) => Err(error),
            Ok(Condition::Foreign) => Err(Error::Foreign { path: name() }),
            Ok(Condition::OtherVersion) => Err(Error::Version { path: name() }),
            Ok(Condition::Ready) => Ok(Self { connection: Mutex::new(connection) }),
        }
    }

    /// Runs the work in one transaction. It is immediate, so that no other transaction can change a balance that the work
    /// has read.
    pub(crate) fn within<T>(
        &self,
        work: impl FnOnce(&Ledger<'_>) -> Result<(T, End), Error>,
    ) -> Result<T, Error> {
        // A poisoned lock is safe: a panic during a transaction has rolled it back.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let ledger = Ledger { transaction };
        let (value, end) = work(&ledger)?;
        match end {
            End::Keep => ledger.transaction.commit()?,
            End::Discard => ledger.transaction.rollback()?,
        }
        Ok(value)
    }
}

enum Condition {
    Ready,
    Foreign,
    OtherVersion,
}

fn prepare(connection: &mut Connection) -> Result<Condition, Error> {
    connection.busy_timeout(LOCK_TIMEOUT)?;
    let number = |c: &Connection, query| c.query_row(query, [], |row| row.get::<_, i64>(0));
    let application = number(connection, "PRAGMA application_id")?;
    let tables = number(connection, "SELECT count(*) FROM sqlite_schema")?;
    if application != APPLICATION && tables > 0 {
        return Ok(Condition::Foreign);
    }
    // SQLite returns the mode that it chose, which is not WAL for books in memory. Ignore it.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Check again inside the transaction, where no other process can be creating the tables.
    if number(&transaction, "SELECT count(*) FROM sqlite_schema")? == 0 {
        transaction.execute_batch(include_str!("schema.sql"))?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    let version = number(&transaction, "PRAGMA user_version")?;
    transaction.commit()?;
    Ok(if version == VERSION { Condition::Ready } else { Condition::OtherVersion })
}

/// A bank transaction to add.
pub(crate) struct Deposit<'a> {
    pub(crate) id: &'a str,
    pub(crate) amount: Money,
    pub(crate) elsewhere: Money,
    pub(crate) at: Instant,
    pub(crate) description: &'a str,
}

/// The books in an open database transaction.
pub(crate) struct Ledger<'c> {
    transaction: rusqlite::Transaction<'c>,
}

impl Ledger<'_> {
    pub(crate) fn invoice(&self, provider: &Provider, id: &str) -> Result<Option<Entry>, Error> {
        let sql = "SELECT * FROM invoices WHERE provider = ? AND id = ?";
        let found = self.transaction.query_row(sql, [provider.id, id], |row| Ok(entry(row)));
        found.optional()?.transpose()
    }

    pub(crate) fn invoices(&self, provider: &Provider) -> Result<Vec<Entry>, Error> {
        let sql = "SELECT * FROM invoices WHERE provider = ? ORDER BY rowid";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map([provider.id], |row| Ok(entry(row)))?;
        rows.map(|row| row?).collect()
    }

    pub(crate) fn transactions(&self, provider: &Provider) -> Result<Vec<BankTransaction>, Error> {
        let sql = "SELECT * FROM allocations WHERE provider = ? ORDER BY at, id";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map([provider.id], |row| Ok(transaction(row)))?;
        rows.map(|row| row?).collect()
    }

    /// A number for [`Emulation::identifier`](remit_core::emulate::Emulation) that was never used before; `None` if the
    /// provider has no books yet.
    pub(crate) fn next_number(&self, provider: &Provider) -> Result<Option<u64>, Error> {
        let sql = "UPDATE identifiers SET next = next + 1 WHERE provider = ? RETURNING next - 1";
        let number = self.transaction.query_row(sql, [provider.id], |row| row.get::<_, i64>(0)).optional()?;
        let unsigned =
            |number: i64| u64::try_from(number).map_err(|_| corrupt("an identifier", number.to_string()));
        number.map(unsigned).transpose()
    }

    /// Creates a provider's books. Returns whether they existed before.
    pub(crate) fn begin(&self, provider: &Provider, first: i64) -> Result<bool, Error> {
        let sql = "INSERT INTO identifiers (provider, next) VALUES (?, ?) ON CONFLICT DO NOTHING";
        Ok(self.transaction.execute(sql, (provider.id, first))? == 0)
    }

    pub(crate) fn issue(&self, provider: &Provider, invoice: &Entry) -> Result<(), Error> {
        self.transaction.execute(
            "INSERT INTO invoices (provider, id, number, currency, amount_minor, paid_minor, state, unpaid, issued,
                 due, client)
             VALUES (:provider, :id, :number, :currency, :amount, :paid, :state, :unpaid, :issued, :due, :client)",
            named_params! {
                ":provider": provider.id,
                ":id": invoice.id,
                ":number": invoice.number,
                ":currency": invoice.amount.currency().code(),
                ":amount": invoice.amount.minor(),
                ":paid": invoice.paid.minor(),
                ":state": invoice.state.as_str(),
                ":unpaid": invoice.unpaid.as_str(),
                ":issued": invoice.issued.rfc3339(),
                ":due": invoice.due.rfc3339(),
                ":client": invoice.client,
            },
        )?;
        Ok(())
    }

    pub(crate) fn deposit(&self, provider: &Provider, deposit: &Deposit<'_>) -> Result<(), Error> {
        self.transaction.execute(
            "INSERT INTO transactions (provider, id, currency, amount_minor, at, description, elsewhere_minor)
             VALUES (:provider, :id, :currency, :amount, :at, :description, :elsewhere)",
            named_params! {
                ":provider": provider.id,
                ":id": deposit.id,
                ":currency": deposit.amount.currency().code(),
                ":amount": deposit.amount.minor(),
                ":at": deposit.at.rfc3339(),
                ":description": deposit.description,
                ":elsewhere": deposit.elsewhere.minor(),
            },
        )?;
        Ok(())
    }

    /// The payments of an invoice, in the order in which they were recorded.
    pub(crate) fn payments(&self, provider: &Provider, invoice: &str) -> Result<Vec<Posted>, Error> {
        let sql = "SELECT * FROM payments WHERE provider = ? AND invoice_id = ? ORDER BY rowid";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map([provider.id, invoice], |row| Ok(posted(row)))?;
        rows.map(|row| row?).collect()
    }

    /// The payments from a bank transaction, in the order in which they were recorded.
    pub(crate) fn allocated(&self, provider: &Provider, transaction: &str) -> Result<Vec<Posted>, Error> {
        let sql = "SELECT * FROM payments WHERE provider = ? AND transaction_id = ? ORDER BY rowid";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map([provider.id, transaction], |row| Ok(posted(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Adds a payment with the request's body, and updates its invoice to `after`.
    pub(crate) fn post(
        &self,
        provider: &Provider,
        after: &Entry,
        posted: &Posted,
        body: &str,
    ) -> Result<(), Error> {
        self.transaction.execute(
            "INSERT INTO payments (provider, id, invoice_id, transaction_id, amount_minor, currency, paid_at, note,
                 fields, body, recorded_at)
             VALUES (:provider, :id, :invoice, :transaction, :amount, :currency, :paid_at, :note,
                 :fields, :body, :recorded_at)",
            named_params! {
                ":provider": provider.id,
                ":id": posted.id,
                ":invoice": posted.invoice_id,
                ":transaction": posted.transaction_id,
                ":amount": posted.amount.minor(),
                ":currency": posted.amount.currency().code(),
                ":paid_at": posted.paid_at.rfc3339(),
                ":note": posted.note,
                ":fields": to_json::draft(&posted.fields).print(),
                ":body": body,
                ":recorded_at": posted.recorded_at.rfc3339(),
            },
        )?;
        self.update(provider, after)
    }

    /// Deletes a payment, and updates its invoice to `after`.
    pub(crate) fn remove(&self, provider: &Provider, after: &Entry, payment: &str) -> Result<(), Error> {
        let sql = "DELETE FROM payments WHERE provider = ? AND id = ?";
        self.transaction.execute(sql, [provider.id, payment])?;
        self.update(provider, after)
    }

    /// Updates the paid amount and the state of an invoice.
    fn update(&self, provider: &Provider, after: &Entry) -> Result<(), Error> {
        self.transaction.execute(
            "UPDATE invoices SET paid_minor = :paid, state = :state WHERE provider = :provider AND id = :id",
            named_params! {
                ":provider": provider.id,
                ":id": after.id,
                ":paid": after.paid.minor(),
                ":state": after.state.as_str(),
            },
        )?;
        Ok(())
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, Error> {
    let currency = currency(row)?;
    Ok(Entry {
        id: row.get("id")?,
        number: row.get("number")?,
        amount: Money::from_minor(row.get("amount_minor")?, currency),
        paid: Money::from_minor(row.get("paid_minor")?, currency),
        state: state(row, "state")?,
        unpaid: state(row, "unpaid")?,
        issued: moment(row, "issued")?,
        due: moment(row, "due")?,
        client: row.get("client")?,
    })
}

fn state(row: &Row<'_>, column: &str) -> Result<InvoiceState, Error> {
    let text: String = row.get(column)?;
    InvoiceState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| corrupt("a state", text))
}

fn posted(row: &Row<'_>) -> Result<Posted, Error> {
    let fields: String = row.get("fields")?;
    let Ok(Json::Object(members)) = Json::parse(&fields) else {
        return Err(corrupt("an object of fields", fields));
    };
    let texts = members.into_iter().filter_map(|(name, value)| Some((name, value.scalar()?.to_owned())));
    Ok(Posted {
        id: row.get("id")?,
        invoice_id: row.get("invoice_id")?,
        transaction_id: row.get("transaction_id")?,
        amount: Money::from_minor(row.get("amount_minor")?, currency(row)?),
        paid_at: moment(row, "paid_at")?,
        note: row.get("note")?,
        fields: texts.collect(),
        recorded_at: moment(row, "recorded_at")?,
    })
}

fn transaction(row: &Row<'_>) -> Result<BankTransaction, Error> {
    let currency = currency(row)?;
    Ok(BankTransaction {
        id: row.get("id")?,
        amount: Some(Money::from_minor(row.get("amount_minor")?, currency)),
        unallocated: Some(Money::from_minor(row.get("unallocated_minor")?, currency)),
        at: Some(moment(row, "at")?),
        description: Some(row.get("description")?),
    })
}

fn currency(row: &Row<'_>) -> Result<Currency, Error> {
    let code: String = row.get("currency")?;
    Currency::parse(&code).map_err(|_| corrupt("a currency", code))
}

fn moment(row: &Row<'_>, column: &str) -> Result<Instant, Error> {
    let text: String = row.get(column)?;
    Instant::read(&text, Zone::Unknown)
        .map(|reading| reading.instant)
        .map_err(|_| corrupt("a date and time", text))
}

fn corrupt(expected: &'static str, value: String) -> Error {
    Error::Corrupt { expected, value }
}
