//! Sends valid and invalid requests of every operation to a sandbox over HTTP, and keeps the responses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};

use conformance::drafts::{About, choices, full};
use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::provider::throttle::Throttle;
use remit_core::wire::{Method, Request, Response};
use remit_core::{
    Answer, Context, Currency, Draft, Failure, Instant, Operation, Outcome, Provider, Purpose, name,
};
use remit_sandbox::Sandbox;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A request and its response.
pub(crate) struct Exchange {
    pub(crate) operation: &'static Operation,
    pub(crate) asked: String,
    pub(crate) reply: Response,
    /// Whether the response is parsed as a refusal.
    pub(crate) refused: bool,
}

/// Exchanges for every operation of a provider.
pub(crate) fn of(provider: &'static Provider) -> Vec<Exchange> {
    let mut all = Vec::new();
    for operation in provider.all_operations() {
        // Each operation has its own sandbox, so that the calls of others do not throttle it.
        let mut session = Session::start(provider, operation);
        session.send_valid();
        session.send_invalid();
        session.exceed_limit();
        all.append(&mut session.exchanges);
    }
    all
}

/// Exchanges for an operation with each of these query parameters alone, one for each of its values.
pub(crate) fn with_parameters(
    provider: &'static Provider,
    operation: &'static Operation,
    parameters: &[(String, Vec<String>)],
) -> Vec<(String, Exchange)> {
    let mut session = Session::start(provider, operation);
    for _ in 0..3 {
        session.pay();
    }
    let plain = session.sample(1001, 3001, 2001);
    let mark = if plain.path.contains('?') { '&' } else { '?' };
    let mut names = Vec::new();
    for (name, values) in parameters {
        for value in values {
            let path = format!("{}{mark}{name}={value}", plain.path);
            session.ask(&Request { path, ..plain.clone() });
            names.push(name.clone());
        }
    }
    names.into_iter().zip(session.exchanges).collect()
}

struct Session {
    provider: &'static Provider,
    operation: &'static Operation,
    sandbox: Sandbox,
    address: SocketAddr,
    exchanges: Vec<Exchange>,
    _runtime: Runtime,
}

/// An invoice in the books.
struct Owed {
    id: String,
    currency: String,
    balance: String,
}

impl Session {
    fn start(provider: &'static Provider, operation: &'static Operation) -> Self {
        let sandbox = Sandbox::open(None).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(remit_sandbox::serve(listener, sandbox.clone(), std::future::pending()));
        Self { provider, operation, sandbox, address, exchanges: Vec::new(), _runtime: runtime }
    }

    /// Sends a request unchanged, on a new connection.
    fn send(&self, request: &Request) -> Response {
        let Self { provider, address, .. } = self;
        let (method, base) = (request.method.name(), provider.emulation.base);
        let mut head =
            format!("{method} {base}{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n", request.path);
        for (name, value) in request.headers.iter() {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", request.body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&[head.as_bytes(), request.body.as_bytes()].concat()).unwrap();
        let mut received = String::new();
        stream.read_to_string(&mut received).unwrap();
        let (head, body) = received.split_once("\r\n\r\n").unwrap();
        let (status, fields) = head.split_once("\r\n").unwrap();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let headers = fields.lines().map(|line| line.split_once(": ").unwrap()).collect();
        Response::new(status, headers, body)
    }

    fn signed(&self, request: &Request, scheme: usize, wrong: bool, at: Instant) -> Request {
        let mut signed = request.clone();
        let secret = |(name, text): &(&'static str, &'static str)| {
            (*name, if wrong { text.chars().rev().collect() } else { (*text).to_owned() })
        };
        let secrets: Secrets = self.provider.emulation.credentials[scheme].iter().map(secret).collect();
        sign_in(&self.provider.auth[scheme..=scheme], &mut signed, &secrets, Some(at)).unwrap();
        signed
    }

    /// Sends a request unchanged, and keeps the exchange.
    fn keep(&mut self, request: &Request) -> &Exchange {
        let (operation, reply) = (self.operation, self.send(request));
        let asked = format!("{} {} {}", request.method.name(), request.path, request.body);
        let refused = match operation.understand(&reply, Currency::parse("USD").unwrap()) {
            Ok(_) => false,
            Err(Failure::Refused(_)) => true,
            Err(other) => panic!("{} {asked}: {other:?}: {} {}", self.provider.id, reply.status, reply.body),
        };
        self.exchanges.push(Exchange { operation, asked, reply, refused });
        self.exchanges.last().unwrap()
    }

    fn ask(&mut self, request: &Request) -> &Exchange {
        let signed = self.signed(request, 0, false, now());
        self.keep(&signed)
    }

    fn shared(&self) -> Draft {
        self.provider.emulation.ids.iter().copied().collect()
    }

    fn id(&self, number: u64) -> String {
        (self.provider.emulation.identifier)(number)
    }

    /// The provider's books, as the sandbox describes them.
    fn books(&self) -> Value {
        let books: Value = serde_json::from_str(&self.sandbox.describe().unwrap().print()).unwrap();
        let all = books["providers"].as_array().unwrap();
        all.iter().find(|books| books["id"] == self.provider.id).unwrap().clone()
    }

    fn owed(&self) -> Vec<Owed> {
        let text = |invoice: &Value, name: &str| invoice[name].as_str().unwrap().to_owned();
        let one = |invoice: &Value| Owed {
            id: text(invoice, "id"),
            currency: text(invoice, "currency"),
            balance: text(invoice, "balance"),
        };
        self.books()["invoices"].as_array().unwrap().iter().map(one).collect()
    }

    /// The bank transaction in this currency with the largest unallocated amount, or an empty text.
    fn transaction(&self, currency: &str) -> String {
        let books = self.books();
        let all = books["transactions"].as_array().unwrap().iter();
        let left =
            |transaction: &Value| -> f64 { transaction["unallocated"].as_str().unwrap().parse().unwrap() };
        let most = all
            .filter(|transaction| transaction["currency"] == currency)
            .max_by(|a, b| left(a).total_cmp(&left(b)));
        most.map_or_else(String::new, |transaction| transaction["id"].as_str().unwrap().to_owned())
    }

    /// A payment with every field, or with the required fields only.
    fn payment(&self, owed: &Owed, amount: &str, nth: usize, whole: bool) -> Request {
        let transaction = self.transaction(&owed.currency);
        let about = About { invoice: &owed.id, currency: &owed.currency, amount, transaction: &transaction };
        let draft = full(self.provider, self.shared(), about, nth);
        let is_needed = |name: &str| {
            self.provider.payment.fields.iter().any(|field| field.name == name && field.required)
        };
        let draft: Draft = draft.iter().filter(|(name, _)| whole || is_needed(name)).collect();
        self.provider.check(&draft, &Context::default()).unwrap().request
    }

    /// A request to this operation, with those of the given fields that it has.
    fn call(&self, given: &[(&str, &str)]) -> Request {
        self.call_for(self.operation, given)
    }

    fn call_for(&self, operation: &Operation, given: &[(&str, &str)]) -> Request {
        let shared = self.shared();
        let has = |name: &str| operation.fields.iter().any(|field| field.name == name);
        let draft: Draft = shared.iter().chain(given.iter().copied()).filter(|(name, _)| has(name)).collect();
        match operation.parse(&draft, &Context::default()) {
            Ok((values, _)) => operation.request(&values),
            Err(rejection) => panic!("{} {:?}: {rejection}", self.provider.id, operation.purpose),
        }
    }

    /// Records a payment on the first invoice, and returns the identifier of a listed payment, because not every response
    /// contains one.
    fn pay(&self) -> String {
        let owed = &self.owed()[0];
        let currency = Currency::parse(&owed.currency).unwrap();
        let send = |request: &Request| self.send(&self.signed(request, 0, false, now()));
        let outcome = self.provider.receipt(&send(&self.payment(owed, "1.25", 0, true)), currency);
        assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
        let list = self.provider.operation(Purpose::ListPayments).unwrap();
        let reply = send(&self.call_for(list, &[(name::INVOICE, &owed.id)]));
        match list.understand(&reply, currency) {
            Ok(Answer::Payments(page)) => page.items[0].id.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Sends valid requests.
    fn send_valid(&mut self) {
        let first = self.id(1001);
        match self.operation.purpose {
            Purpose::RecordPayment => self.record(),
            Purpose::ListPayments => {
                for owed in self.owed() {
                    self.ask(&self.call(&[(name::INVOICE, &owed.id)]));
                }
                for _ in 0..3 {
                    self.pay();
                }
                self.pages(&[(name::INVOICE, &first)]);
            }
            Purpose::ShowPayment | Purpose::DeletePayment => {
                let payment = self.pay();
                self.ask(&self.call(&[(name::INVOICE, &first), (name::PAYMENT, &payment)]));
            }
            Purpose::AddInvoice => {
                let client = self.id(901);
                let given = [
                    (name::CLIENT, client.as_str()),
                    (name::CURRENCY, "USD"),
                    (name::NUMBER, "R-7 \"ünïcode\" €"),
                    (name::ISSUED_AT, "2026-11-01T08:00:00Z"),
                    (name::DUE_AT, "2026-12-01T08:00:00Z"),
                ];
                self.ask(&self.call(&given));
            }
            Purpose::GetInvoice => {
                self.pay();
                // There is an invoice in every state.
                for owed in self.owed() {
                    self.ask(&self.call(&[(name::INVOICE, &owed.id)]));
                }
            }
            Purpose::ListInvoices | Purpose::ListTransactions => self.pages(&[]),
            Purpose::Allocations => {
                self.pay();
                for transaction in self.books()["transactions"].as_array().unwrap() {
                    self.ask(&self.call(&[(name::TRANSACTION, transaction["id"].as_str().unwrap())]));
                }
            }
            _ => {
                self.ask(&self.call(&[]));
            }
        }
    }

    /// Records payments with each choice and without optional fields, and on every invoice until it is paid and beyond.
    fn record(&mut self) {
        let owed = self.owed();
        for nth in 0..choices(self.provider) {
            self.ask(&self.payment(&owed[0], "1", nth, true));
        }
        for owed in self.owed() {
            self.ask(&self.payment(&owed, "1", 0, false));
            let rest = self.owed().into_iter().find(|now| now.id == owed.id).unwrap().balance;
            if rest.parse::<f64>().unwrap() > 0.0 {
                self.ask(&self.payment(&owed, &rest, 0, true));
            }
            self.ask(&self.payment(&owed, "1", 0, true));
        }
    }

    /// Requests a list as a whole, and page by page.
    fn pages(&mut self, given: &[(&'static str, &str)]) {
        self.ask(&self.call(given));
        if !self.operation.fields.iter().any(|field| field.name == name::PAGE_SIZE) {
            return;
        }
        for size in ["1", "2"] {
            let mut place: Option<String> = None;
            loop {
                let page = place.iter().map(|place| (name::PAGE, place.as_str()));
                let given: Vec<_> =
                    given.iter().copied().chain([(name::PAGE_SIZE, size)]).chain(page).collect();
                let request = self.call(&given);
                let operation = self.operation;
                let reply = &self.ask(&request).reply;
                let next = match operation.understand(reply, Currency::parse("USD").unwrap()).unwrap() {
                    Answer::Payments(page) => page.after(place.as_deref()),
                    Answer::Invoices(page) => page.after(place.as_deref()),
                    Answer::Transactions(page) => page.after(place.as_deref()),
                    other => panic!("{other:?}"),
                };
                place = next;
                if place.is_none() {
                    break;
                }
            }
        }
        // After the last page: an empty page, or an unknown cursor.
        let beyond: Vec<_> = given.iter().copied().chain([(name::PAGE, "99")]).collect();
        self.ask(&self.call(&beyond));
    }

    /// Sends requests with wrong credentials, records, bodies, queries, paths and methods.
    fn send_invalid(&mut self) {
        let right = self.sample(1001, 3001, 2001);
        self.keep(&right);
        for scheme in 0..self.provider.auth.len() {
            let wrong = self.signed(&right, scheme, true, now());
            self.keep(&wrong);
        }
        let stale = self.signed(&right, 0, false, Instant::from_unix(1_000_000_000).unwrap());
        self.keep(&stale);
        // An unknown invoice, payment or transaction.
        let fields = self.operation.fields;
        let has = |name: &str| fields.iter().any(|field| field.name == name);
        for (field, numbers) in [
            (name::INVOICE, (999, 3001, 2001)),
            (name::PAYMENT, (1001, 999_999, 2001)),
            (name::TRANSACTION, (1001, 3001, 999_999)),
        ] {
            if has(field) {
                let missing = self.sample(numbers.0, numbers.1, numbers.2);
                assert!(self.ask(&missing).refused, "{field}");
            }
        }
        if !right.body.is_empty() {
            for body in ["", "{", "[]", "{}", "{\"zzz\":1}", "<payment", "<payment></payment>", "<zzz/>"] {
                self.ask(&Request { body: body.to_owned(), ..right.clone() });
            }
        }
        let path = format!("{}{}zzz=1", right.path, if right.path.contains('?') { '&' } else { '?' });
        assert!(self.ask(&Request { path, ..right.clone() }).refused);
        for method in [Method::Get, Method::Post, Method::Delete] {
            let bare = right.path.split('?').next().unwrap_or_default().to_owned();
            let other = Request { method, path: bare, ..right.clone() };
            let known = |operation: &Operation| {
                operation.method == method && operation.matches(method.name(), &other.path).is_some()
            };
            if !self.provider.all_operations().any(known) {
                assert!(self.ask(&other).refused, "{method:?}");
            }
        }
        assert!(self.ask(&Request { path: "/zzz".to_owned(), ..right }).refused);
    }

    /// A request with records of these numbers, which may not exist.
    fn sample(&self, invoice: u64, payment: u64, transaction: u64) -> Request {
        let (invoice, payment, client) = (self.id(invoice), self.id(payment), self.id(901));
        if self.operation.purpose == Purpose::RecordPayment {
            let owed = Owed { id: invoice, currency: "USD".to_owned(), balance: "1".to_owned() };
            let request = self.payment(&owed, "1", 0, true);
            return match self.transaction("USD") {
                right if right.is_empty() => request,
                right => Request { body: request.body.replace(&right, &self.id(transaction)), ..request },
            };
        }
        self.call(&[
            (name::INVOICE, &invoice),
            (name::PAYMENT, &payment),
            (name::TRANSACTION, &self.id(transaction)),
            (name::CLIENT, &client),
            (name::CURRENCY, "USD"),
            (name::NUMBER, "R-7"),
            (name::ISSUED_AT, "2026-11-01T08:00:00Z"),
            (name::DUE_AT, "2026-12-01T08:00:00Z"),
        ])
    }

    /// Sends requests until the provider throttles, if it does.
    fn exceed_limit(&mut self) {
        let Some(Throttle { calls, only, .. }) = self.provider.throttle else { return };
        let request = self.sample(999, 999_999, 999_999);
        for _ in 0..calls * 4 {
            let signed = self.signed(&request, only.unwrap_or(0), false, now());
            let reply = self.send(&signed);
            if [429, 503].contains(&reply.status) {
                self.keep(&signed);
                return;
            }
        }
        panic!("{}: never throttled", self.provider.id);
    }
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_unix(i64::try_from(since.as_secs()).unwrap()).unwrap()
}
