//! The relay in front of the sandbox: from a page's request to a row in the database, over real sockets.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use conformance::drafts::{About, choices, full};
use remit_core::wire::{Headers, Response};
use remit_core::{Cause, Checked, Context, Currency, Draft, KEY_HEADER, Money, Outcome, Provider};
use remit_relay::{Config, Relay};
use remit_sandbox::Sandbox;
use rusqlite::Connection;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A sandbox, its database, and a relay in front of it.
struct Stack {
    relay: String,
    sandbox: Sandbox,
    serving: JoinHandle<()>,
    database: PathBuf,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    id: String,
    invoice_id: String,
    amount: Money,
    paid_at: String,
    note: Option<String>,
    fields: Value,
    body: String,
}

impl Stack {
    async fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("http-{}-{}.db", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        remove(&database);
        let sandbox = Sandbox::open(Some(&database)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(remit_sandbox::serve(listener, sandbox.clone(), std::future::pending()));
        let relay = relay(&format!("http://{address}")).await;
        Self { relay, sandbox, serving, database }
    }

    async fn send(&self, provider: &Provider, checked: &Checked) -> Outcome {
        send(&self.relay, provider, checked).await
    }

    fn open(&self) -> Connection {
        Connection::open(&self.database).unwrap()
    }

    fn rows(&self, provider: &Provider) -> Vec<Row> {
        let connection = self.open();
        let sql = "SELECT id, invoice_id, amount_minor, currency, paid_at, note, fields, body FROM payments
            WHERE provider = ? ORDER BY rowid";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([provider.id], |row| {
            Ok(Row {
                id: row.get(0)?,
                invoice_id: row.get(1)?,
                amount: money(row.get(2)?, &row.get::<_, String>(3)?),
                paid_at: row.get(4)?,
                note: row.get(5)?,
                fields: serde_json::from_str(&row.get::<_, String>(6)?).unwrap(),
                body: row.get(7)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The identifiers and amounts of the open invoices, which have no payments.
    fn unpaid(&self, provider: &Provider) -> Vec<(String, Money)> {
        let connection = self.open();
        let sql = "SELECT id, amount_minor, currency FROM invoices WHERE provider = ? AND state = 'open'";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement
            .query_map([provider.id], |row| Ok((row.get(0)?, money(row.get(1)?, &row.get::<_, String>(2)?))));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// An invoice's paid amount, the sum of its payments, and its state.
    fn totals(&self, provider: &Provider, invoice: &str) -> (i64, i64, String) {
        let sql = "SELECT paid_minor, (SELECT coalesce(sum(amount_minor), 0) FROM payments AS p
                WHERE p.provider = i.provider AND p.invoice_id = i.id), state
            FROM invoices AS i WHERE provider = ? AND id = ?";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        self.open().query_row(sql, [provider.id, invoice], row).unwrap()
    }

    /// A payment with every field, from the bank transaction in its currency with the largest unallocated amount.
    fn payment(&self, provider: &Provider, invoice: &str, amount: Money, nth: usize) -> Checked {
        let currency = amount.currency().code();
        let sql = "SELECT id FROM allocations WHERE provider = ? AND currency = ? AND amount_minor > 0
            ORDER BY unallocated_minor DESC LIMIT 1";
        let transaction: String =
            self.open().query_row(sql, [provider.id, currency], |row| row.get(0)).unwrap_or_default();
        let about =
            About { invoice, currency, amount: &amount.to_decimal_string(), transaction: &transaction };
        let shared: Draft = provider.emulation.ids.iter().copied().collect();
        provider.check(&full(provider, shared, about, nth), &Context::default()).unwrap()
    }

    /// A payment of USD 1.00 to the first invoice.
    fn small(&self, provider: &Provider) -> Checked {
        self.payment(provider, &id(provider, 1001), money(100, "USD"), 0)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        remove(&self.database);
    }
}

fn remove(database: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = database.to_owned().into_os_string();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}

fn money(minor: i64, currency: &str) -> Money {
    Money::from_minor(minor, Currency::parse(currency).unwrap())
}

/// The identifier of a seeded record.
fn id(provider: &Provider, number: u64) -> String {
    (provider.emulation.identifier)(number)
}

/// Starts a relay with one connection to each provider of a sandbox, named after the provider.
async fn relay(sandbox: &str) -> String {
    let mut toml = "sandbox = true\nstore = \":memory:\"\n".to_owned();
    for provider in Provider::ALL {
        let (id, base) = (provider.id, provider.emulation.base);
        toml.push_str(&format!("[connections.{id}]\nprovider = \"{id}\"\nbase_url = \"{sandbox}{base}\"\n"));
        toml.push_str(&format!("[connections.{id}.secrets]\n"));
        for (name, _) in provider.emulation.credentials[0] {
            toml.push_str(&format!("{name} = {{ env = \"{id} {name}\" }}\n"));
        }
    }
    let environment = |variable: &str| {
        let (id, name) = variable.split_once(' ')?;
        let mut secrets = Provider::find(id)?.emulation.credentials[0].iter();
        secrets.find_map(|(known, value)| (*known == name).then(|| (*value).to_owned()))
    };
    let relay = Relay::open(Config::parse(&toml, Path::new("."), &environment).unwrap()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(remit_relay::serve(listener, relay, std::future::pending()));
    format!("http://{address}")
}

/// Sends a payment like a page, without credentials, and returns its outcome.
async fn send(relay: &str, provider: &Provider, checked: &Checked) -> Outcome {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let key = format!("\"key-{}\"", COUNT.fetch_add(1, Ordering::Relaxed));
    send_with(relay, provider, checked, &key).await
}

async fn send_with(relay: &str, provider: &Provider, checked: &Checked, key: &str) -> Outcome {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = &checked.request;
    let url = format!("{relay}/{}{}", provider.id, request.path);
    let mut builder = client.request(request.method.name().parse().unwrap(), url);
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    builder = builder.header(KEY_HEADER, key);
    let response = builder.body(request.body.clone()).send().await.unwrap();
    let status = response.status().as_u16();
    let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let headers: Headers = fields.collect();
    let reply = Response::new(status, headers, response.text().await.unwrap());
    provider.receipt(&reply, checked.payment.amount.currency())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_contain_every_field_as_entered() {
    let stack = Stack::start().await;
    for provider in Provider::ALL {
        for nth in 0..choices(provider) {
            let invoice = id(provider, 1001);
            let checked = stack.payment(provider, &invoice, money(125, "USD"), nth);
            let before = stack.rows(provider);
            let outcome = stack.send(provider, &checked).await;
            let Outcome::Recorded(receipt) = outcome else { panic!("{}: {outcome:?}", provider.id) };
            let rows = stack.rows(provider);
            assert_eq!(rows.len(), before.len() + 1);
            let row = rows.last().unwrap();
            assert!(receipt.payment_id.is_none_or(|id| id == row.id));
            assert_eq!((&row.invoice_id, row.amount), (&invoice, checked.payment.amount));
            assert_eq!(Some(row.paid_at.clone()), checked.payment.paid_at.map(|at| at.rfc3339()));
            assert_eq!(row.note, checked.payment.note);
            assert_eq!(row.body, checked.request.body, "the relay's body must equal the page's");
            let entered = remit_core::Draft::from(&checked.values);
            let entered: Map<_, _> =
                entered.iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
            assert_eq!(row.fields, Value::Object(entered));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_contain_the_exact_amount_in_every_currency() {
    let stack = Stack::start().await;
    for provider in Provider::ALL {
        let unpaid = stack.unpaid(provider);
        assert!(unpaid.len() >= 3);
        for (invoice, amount) in unpaid {
            // The relay does not know the currency: its configuration names none, and the request contains none.
            let checked = stack.payment(provider, &invoice, amount, 0);
            let outcome = stack.send(provider, &checked).await;
            assert!(matches!(outcome, Outcome::Recorded(_)), "{} {amount}: {outcome:?}", provider.id);
            let paid = (amount.minor(), amount.minor(), "paid".to_owned());
            assert_eq!(stack.totals(provider, &invoice), paid, "{} {amount}", provider.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_is_unknown_and_the_payment_is_recorded_at_most_once() {
    for (fault, recorded) in [("drop-after-commit*1", 1), ("drop-before-commit*1", 0)] {
        // Of its own, because the relay sends no other payment of an invoice while an outcome is unknown.
        let stack = Stack::start().await;
        for provider in Provider::ALL {
            stack.sandbox.set_faults(vec![fault.parse().unwrap()]);
            let before = stack.rows(provider).len();
            let outcome = stack.send(provider, &stack.small(provider)).await;
            let Outcome::Unknown(reason) = outcome else { panic!("{}: {outcome:?}", provider.id) };
            assert_eq!(reason.cause, Cause::Lost);
            assert_eq!(stack.rows(provider).len(), before + recorded, "{} {fault}", provider.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_to_an_unreachable_provider_is_not_sent() {
    let stack = Stack::start().await;
    stack.serving.abort();
    while !stack.serving.is_finished() {
        tokio::task::yield_now().await;
    }
    for provider in Provider::ALL {
        let outcome = stack.send(provider, &stack.small(provider)).await;
        let Outcome::NotSent(reason) = outcome else { panic!("{}: {outcome:?}", provider.id) };
        assert_eq!(reason.cause, Cause::Unreachable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reaches_the_page_and_does_not_change_the_books() {
    let stack = Stack::start().await;
    for provider in Provider::ALL {
        // A void invoice, and an unknown one.
        for number in [1009, 999] {
            let checked = stack.payment(provider, &id(provider, number), money(100, "USD"), 0);
            let before = stack.rows(provider);
            let outcome = stack.send(provider, &checked).await;
            let Outcome::Refused(problem) = outcome else { panic!("{} {number}: {outcome:?}", provider.id) };
            assert!(problem.words.is_some_and(|words| !words.is_empty()));
            assert_eq!(stack.rows(provider), before);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_exact_after_concurrent_payments() {
    let stack = Stack::start().await;
    for provider in Provider::ALL {
        let invoice = id(provider, 1001);
        let checked = stack.payment(provider, &invoice, money(6_000, "USD"), 0);
        let before = stack.rows(provider).len();
        let mut clients = JoinSet::new();
        for at in 0..20 {
            let (relay, checked) = (stack.relay.clone(), checked.clone());
            clients.spawn(async move {
                let key = format!("concurrent-{}-{at}", provider.id);
                // The relay sends the payments of an invoice one after the other, and lets a client wait only a while.
                loop {
                    match send_with(&relay, provider, &checked, &key).await {
                        Outcome::NotSent(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                        outcome => return outcome,
                    }
                }
            });
        }
        let outcomes = clients.join_all().await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Recorded(_))), "{outcomes:?}");
        assert_eq!(stack.rows(provider).len(), before + 20);
        let (paid, sum, _) = stack.totals(provider, &invoice);
        assert_eq!((paid, sum), (120_000, 120_000), "{}", provider.id);
    }
}
