//! A sandbox on a socket, and a client that returns exactly the bytes that it received.

#![allow(dead_code, reason = "each test file uses only some of it")]

/// Shared with the other crates' tests, which cannot depend on each other.
#[path = "../../../../tests/conformance/src/drafts.rs"]
#[allow(unreachable_pub, reason = "a library's module")]
pub(crate) mod drafts;

pub(crate) mod books;
pub(crate) mod calls;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::wire::{Request, Response};
use remit_core::{Context, Currency, Draft, Instant, Money, Outcome, Provider};
use remit_sandbox::{Sandbox, serve};
use rusqlite::Connection;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use drafts::About;

/// A database file. Dropping it removes the file and SQLite's files next to it.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}.db", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        file.remove();
        file
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut name = self.0.clone().into_os_string();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) sandbox: Sandbox,
    pub(crate) file: File,
    _runtime: Runtime,
}

impl Running {
    pub(crate) fn start() -> Self {
        let file = File::new();
        let sandbox = Sandbox::open(Some(file.path())).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, sandbox.clone(), std::future::pending()));
        Self { address, sandbox, file, _runtime: runtime }
    }

    pub(crate) fn rows(&self, provider: &Provider) -> Vec<PaymentRow> {
        rows(self.file.path(), provider)
    }

    /// Sends a request with the credentials of the authentication scheme at index `scheme`.
    pub(crate) fn send(
        &self,
        provider: &'static Provider,
        request: &Request,
        scheme: usize,
    ) -> Option<Response> {
        send_signed(self.address, provider, request, scheme)
    }
}

pub(crate) fn send_signed(
    at: SocketAddr,
    provider: &'static Provider,
    request: &Request,
    scheme: usize,
) -> Option<Response> {
    send_as_is(at, provider, &signed(provider, request, scheme))
}

pub(crate) fn signed(provider: &'static Provider, request: &Request, scheme: usize) -> Request {
    let mut request = request.clone();
    let secrets: Secrets = provider.emulation.credentials[scheme].iter().copied().collect();
    sign_in(&provider.auth[scheme..=scheme], &mut request, &secrets, Some(now())).unwrap();
    request
}

pub(crate) fn send_as_is(at: SocketAddr, provider: &Provider, request: &Request) -> Option<Response> {
    exchange_as_is(at, provider, request).unwrap().map(Received::complete)
}

pub(crate) fn exchange_as_is(
    at: SocketAddr,
    provider: &Provider,
    request: &Request,
) -> std::io::Result<Option<Received>> {
    let headers: Vec<_> = request.headers.iter().collect();
    let path = format!("{}{}", provider.emulation.base, request.path);
    exchange(at, request.method.name(), &path, &headers, request.body.as_bytes())
}

/// Sends one request on a new connection. `None` if the connection is closed without a response.
pub(crate) fn call(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Response> {
    exchange(at, method, path, headers, body).unwrap().map(Received::complete)
}

/// The response that was received before the connection was closed.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) reply: Response,
    /// How many bytes of the announced body are missing.
    pub(crate) missing: usize,
}

impl Received {
    fn complete(self) -> Response {
        assert_eq!(self.missing, 0, "the body is incomplete: {}", self.reply.body);
        self.reply
    }
}

/// Like [`call`], for responses that may be incomplete. An error if the connection fails.
pub(crate) fn exchange(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Option<Received>> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut stream = TcpStream::connect(at)?;
    let mut received = Vec::new();
    // The server may close the connection before everything is written or read.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let _ = stream.read_to_end(&mut received);
    let received = String::from_utf8(received).unwrap();
    // An incomplete head is not a response.
    let Some((head, body)) = received.split_once("\r\n\r\n") else { return Ok(None) };
    let (status, fields) = head.split_once("\r\n").unwrap();
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    let reply =
        Response::new(status, fields.lines().map(|line| line.split_once(": ").unwrap()).collect(), body);
    let announced = reply.headers.get("Content-Length").map_or(body.len(), |length| length.parse().unwrap());
    Ok(Some(Received { missing: announced.checked_sub(body.len()).unwrap(), reply }))
}

/// The running program. Dropping it kills the program.
pub(crate) struct Program {
    child: Mutex<Child>,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) const PATH: &str = env!("CARGO_BIN_EXE_remit-sandbox");

    pub(crate) fn start(database: &Path) -> Self {
        let mut command = Command::new(Self::PATH);
        command.args(["--listen", "127.0.0.1:0", "--db"]).arg(database).env_remove("RUST_LOG");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("remit-sandbox listening on http://").unwrap().parse().unwrap();
        Self { child: Mutex::new(child), address }
    }

    /// Kills the program. On Unix this is SIGKILL, so the program cannot clean up.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_unix(i64::try_from(since.as_secs()).unwrap()).unwrap()
}

/// A row of the table of payments.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PaymentRow {
    pub(crate) id: String,
    pub(crate) invoice_id: String,
    pub(crate) transaction_id: Option<String>,
    pub(crate) amount: Money,
    pub(crate) paid_at: String,
    pub(crate) note: Option<String>,
    pub(crate) fields: Value,
    pub(crate) body: String,
}

/// The provider's payments in the database, in the order in which they were recorded.
pub(crate) fn rows(database: &Path, provider: &Provider) -> Vec<PaymentRow> {
    let connection = Connection::open(database).unwrap();
    let sql = "SELECT id, invoice_id, transaction_id, amount_minor, currency, paid_at, note, fields, body
        FROM payments WHERE provider = ? ORDER BY rowid";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([provider.id], |row| {
        let currency = Currency::parse(&row.get::<_, String>(4)?).unwrap();
        Ok(PaymentRow {
            id: row.get(0)?,
            invoice_id: row.get(1)?,
            transaction_id: row.get(2)?,
            amount: Money::from_minor(row.get(3)?, currency),
            paid_at: row.get(5)?,
            note: row.get(6)?,
            fields: serde_json::from_str(&row.get::<_, String>(7)?).unwrap(),
            body: row.get(8)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// An invoice in the books: its paid amount, the sum of its payments, and its state.
pub(crate) fn totals(database: &Path, provider: &Provider, invoice: &str) -> (i64, i64, String) {
    let connection = Connection::open(database).unwrap();
    let sql = "SELECT paid_minor, (SELECT coalesce(sum(amount_minor), 0) FROM payments AS p
            WHERE p.provider = i.provider AND p.invoice_id = i.id), state
        FROM invoices AS i WHERE provider = ? AND id = ?";
    connection
        .query_row(sql, [provider.id, invoice], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
}

/// The provider's identifier of the seeded record with this number.
pub(crate) fn id(provider: &Provider, number: u64) -> String {
    (provider.emulation.identifier)(number)
}

/// The fields that every request to a provider contains, such as the workspace.
pub(crate) fn shared(provider: &Provider) -> Draft {
    provider.emulation.ids.iter().copied().collect()
}

/// A USD payment of a seeded invoice, from the bank transaction with the largest unallocated amount.
pub(crate) fn payment(provider: &'static Provider, invoice: u64, amount: &str) -> Request {
    let (invoice, transaction) = (id(provider, invoice), id(provider, 2004));
    let about = About { invoice: &invoice, currency: "USD", amount, transaction: &transaction };
    let draft = drafts::full(provider, shared(provider), about, 0);
    provider.check(&draft, &Context::default()).unwrap().request
}

pub(crate) fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

pub(crate) fn outcome(provider: &Provider, reply: &Response) -> Outcome {
    provider.receipt(reply, usd())
}

pub(crate) fn is_recorded(provider: &Provider, reply: &Response) -> bool {
    matches!(outcome(provider, reply), Outcome::Recorded(_))
}

pub(crate) fn is_refused(provider: &Provider, reply: &Response) -> bool {
    matches!(outcome(provider, reply), Outcome::Refused(_))
}
