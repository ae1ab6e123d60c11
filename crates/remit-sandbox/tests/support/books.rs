//! The records of a provider, read directly from the database and not through the sandbox.

use remit_core::InvoiceState;
use remit_core::emulate::Entry;
use remit_core::{Currency, Instant, Money, Provider, Zone};
use rusqlite::{Connection, Row};

use super::{PaymentRow, Running};

/// A row of the view `allocations`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Allocation {
    pub(crate) id: String,
    pub(crate) amount: Money,
    pub(crate) unallocated: Money,
    pub(crate) at: String,
    pub(crate) description: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Books {
    pub(crate) invoices: Vec<Entry>,
    pub(crate) payments: Vec<PaymentRow>,
    /// Sorted by identifier.
    pub(crate) allocations: Vec<Allocation>,
}

impl Books {
    pub(crate) fn of(running: &Running, provider: &Provider) -> Self {
        let connection = Connection::open(running.file.path()).unwrap();
        let invoices = "SELECT * FROM invoices WHERE provider = ? ORDER BY id";
        let allocations = "SELECT * FROM allocations WHERE provider = ? ORDER BY id";
        Self {
            invoices: all(&connection, invoices, provider, entry),
            payments: running.rows(provider),
            allocations: all(&connection, allocations, provider, allocation),
        }
    }

    pub(crate) fn invoice(&self, id: &str) -> Entry {
        self.invoices.iter().find(|entry| entry.id == id).unwrap().clone()
    }
}

fn all<T>(connection: &Connection, sql: &str, provider: &Provider, read: fn(&Row<'_>) -> T) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([provider.id], |row| Ok(read(row))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn text(row: &Row<'_>, column: &str) -> String {
    row.get(column).unwrap()
}

fn money(row: &Row<'_>, column: &str) -> Money {
    Money::from_minor(row.get(column).unwrap(), Currency::parse(&text(row, "currency")).unwrap())
}

fn entry(row: &Row<'_>) -> Entry {
    let state = |column| {
        let text = text(row, column);
        InvoiceState::ALL.into_iter().find(|state| state.as_str() == text).unwrap()
    };
    let moment = |column| Instant::read(&text(row, column), Zone::Unknown).unwrap().instant;
    Entry {
        id: text(row, "id"),
        number: text(row, "number"),
        amount: money(row, "amount_minor"),
        paid: money(row, "paid_minor"),
        state: state("state"),
        unpaid: state("unpaid"),
        issued: moment("issued"),
        due: moment("due"),
        client: text(row, "client"),
    }
}

fn allocation(row: &Row<'_>) -> Allocation {
    Allocation {
        id: text(row, "id"),
        amount: money(row, "amount_minor"),
        unallocated: money(row, "unallocated_minor"),
        at: text(row, "at"),
        description: text(row, "description"),
    }
}
