//! A relay on a socket in front of an upstream with a scripted behaviour, which keeps the requests that it receives.

#![allow(dead_code, reason = "each test file uses only some of it")]

/// Shared with the other crates' tests, which cannot depend on each other.
#[path = "../../../../tests/conformance/src/drafts.rs"]
#[allow(unreachable_pub, reason = "a library's module")]
pub(crate) mod drafts;
pub(crate) mod program;
pub(crate) mod raw;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use remit_core::operation::auth::Scheme;
use remit_core::schema::field::{Field, Location};
use remit_core::wire::{Headers, Request, Response};
use remit_core::{Context, Currency, Draft, Operation, Outcome, Provider, Purpose};
use remit_relay::{Config, ConfigError, Limits, Pace, Relay, Rig, serve, serve_with};

use drafts::About;

/// The upstream's behaviour for each request.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Sends these bytes and closes the connection.
    Says(String),
    /// Sends these bytes, which a test may change between two requests, and closes the connection.
    SaysNext(Arc<Mutex<Vec<u8>>>),
    /// Closes the connection without a response.
    Closes,
    /// Reads the request, and keeps the connection open without a response.
    KeepsSilent,
    /// Sends the head of a response, and after this time the rest.
    StopsInBetween(Duration),
    /// Waits, then records whether the client is still connected: [`CONNECTED`] or [`DISCONNECTED`].
    Waits(Duration),
}

pub(crate) const CONNECTED: &str = "connected";
pub(crate) const DISCONNECTED: &str = "disconnected";

/// A response with this status, these header lines and this body.
pub(crate) fn says(status: &str, lines: &[&str], body: &str) -> Behaviour {
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for line in lines {
        head.push_str(&format!("{line}\r\n"));
    }
    Behaviour::Says(format!("{head}\r\n{body}"))
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    has_lists: Arc<AtomicBool>,
}

impl Upstream {
    /// An upstream that has no lists: a relay asks for one before it sends a change.
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        Self::start_with(behaviour, false)
    }

    /// An upstream that treats a request for a list like every other.
    pub(crate) fn with_lists(behaviour: Behaviour) -> Self {
        Self::start_with(behaviour, true)
    }

    fn start_with(behaviour: Behaviour, has_lists: bool) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap(), behaviour, has_lists)
    }

    /// An upstream without lists at a known address.
    pub(crate) fn on(listener: TcpListener, behaviour: Behaviour) -> Self {
        Self::listen(listener, behaviour, false)
    }

    fn listen(listener: TcpListener, behaviour: Behaviour, has_lists: bool) -> Self {
        let has_lists = Arc::new(AtomicBool::new(has_lists));
        let answers_lists = has_lists.clone();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = requests.clone();
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = request(&mut stream);
                if !answers_lists.load(Ordering::SeqCst) && asks_for_list(&request) {
                    let answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    stream.write_all(answer.as_bytes()).unwrap();
                    continue;
                }
                received.lock().unwrap().push(request);
                match &behaviour {
                    Behaviour::Says(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                    Behaviour::SaysNext(answer) => {
                        let answer = answer.lock().unwrap().clone();
                        stream.write_all(&answer).unwrap();
                    }
                    Behaviour::Closes => {}
                    Behaviour::KeepsSilent => open.push(stream),
                    Behaviour::StopsInBetween(time) => {
                        let head =
                            "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
                        stream.write_all(head.as_bytes()).unwrap();
                        thread::sleep(*time);
                        stream.write_all(b"{}").unwrap();
                    }
                    Behaviour::Waits(time) => {
                        thread::sleep(*time);
                        stream.set_nonblocking(true).unwrap();
                        let is_closed = stream.peek(&mut [0]).is_ok_and(|count| count == 0);
                        let state = if is_closed { DISCONNECTED } else { CONNECTED };
                        received.lock().unwrap().push(state.to_owned());
                    }
                }
            }
        });
        Self { address, requests, has_lists }
    }

    /// Every received request, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Decides whether the upstream has lists.
    pub(crate) fn set_lists(&self, has_lists: bool) {
        self.has_lists.store(has_lists, Ordering::SeqCst);
    }

    /// Forgets the received requests.
    pub(crate) fn forget(&self) {
        self.requests.lock().unwrap().clear();
    }
}

/// Whether a request that an upstream received asks for a list that a relay reads before it sends a change.
fn asks_for_list(request: &str) -> bool {
    let mut words = request.split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return false };
    let path = path.strip_prefix("/base").unwrap_or(path);
    let lists = [Purpose::ListPayments, Purpose::ListInvoices];
    let mut operations = Provider::ALL.iter().flat_map(|provider| provider.all_operations());
    operations.any(|one| lists.contains(&one.purpose) && one.matches(method, path).is_some())
}

fn request(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).unwrap();
        received.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&received).into_owned();
        // Text without a method is not HTTP but a TLS handshake, or empty.
        if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
            return text;
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = field(head, "content-length").map_or(0, |length| length.parse().unwrap());
        if count == 0 || body.len() >= length {
            return text;
        }
    }
}

/// The value of a header in a request that the upstream received.
pub(crate) fn field<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next()?;
    let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    fields.find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
}

/// The value of a secret that only the upstream may receive. It is unique, so that a search finds it only if it leaked.
pub(crate) fn canary(provider: &Provider, secret: &str) -> String {
    format!("canary-{}-{secret}-5f1d", provider.id)
}

/// The secrets that a connection needs: the credentials, and each account for which the payment has no field.
pub(crate) fn secrets(provider: &Provider) -> Vec<&'static str> {
    let with = if let Scheme::Bearer { with, .. } = provider.auth[0] { with } else { &[] };
    let with = with.iter().filter(|(header, _)| provider.payment.field_on_wire(header).is_none());
    provider.auth[0].secrets().into_iter().chain(with.map(|(_, name)| *name)).collect()
}

/// A `remit.toml` with one connection for each provider, named after the provider.
pub(crate) fn toml(upstream: SocketAddr) -> String {
    let mut toml = "sandbox = true\nallow_origins = [\"https://shop.example\"]\ntimeout_seconds = 2\nstore = \":memory:\"\n".to_owned();
    for provider in Provider::ALL {
        let id = provider.id;
        toml.push_str(&format!(
            "[connections.{id}]\nprovider = \"{id}\"\nbase_url = \"http://{upstream}/base/\"\n"
        ));
        toml.push_str(&format!("[connections.{id}.secrets]\n"));
        for secret in secrets(provider) {
            toml.push_str(&format!("{secret} = {{ env = \"{id}-{secret}\" }}\n"));
        }
    }
    toml
}

pub(crate) fn environment(variable: &str) -> Option<String> {
    let (id, secret) = variable.rsplit_once('-')?;
    Some(canary(Provider::find(id)?, secret))
}

pub(crate) fn parse(toml: &str) -> Result<Config, ConfigError> {
    Config::parse(toml, Path::new("."), &environment)
}

/// Opens a relay that does not look for unknown changes: the upstream would count its requests.
pub(crate) async fn open(config: Config) -> Relay {
    open_with_pause(config, Pace::default().pause).await
}

/// Opens such a relay, which sends nothing for this time if the provider does not answer or asks for a pause.
pub(crate) async fn open_with_pause(config: Config, pause: Duration) -> Relay {
    let pace = Pace { every: Duration::from_secs(3_600), pause, ..Pace::default() };
    Relay::open_with(config, Rig { pace, ..Rig::default() }).await.unwrap()
}

/// Serves a relay in this test's runtime, and returns its address.
pub(crate) async fn relay(toml: &str) -> String {
    relay_in(toml, &environment).await
}

/// Serves a relay with a custom environment, and returns its address.
pub(crate) async fn relay_in(toml: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let relay = open(Config::parse(toml, Path::new("."), environment).unwrap()).await;
    serve_here(relay).await
}

/// Serves a relay that makes no pause when the provider asks for one.
pub(crate) async fn relay_without_pauses(toml: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let config = Config::parse(toml, Path::new("."), environment).unwrap();
    serve_here(open_with_pause(config, Duration::ZERO).await).await
}

async fn serve_here(relay: Relay) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, relay, std::future::pending()));
    format!("http://{address}")
}

/// Serves a relay with other limits, until `stop` is ready. Returns its address and the task that serves.
pub(crate) async fn relay_with(
    toml: &str,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
) -> (String, tokio::task::JoinHandle<std::io::Result<()>>) {
    let relay = open(parse(toml).unwrap()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (format!("http://{address}"), tokio::spawn(serve_with(listener, relay, limits, stop)))
}

/// Serves a relay on a listener.
pub(crate) async fn relay_on(listener: TcpListener, toml: &str) {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(serve(listener, open(parse(toml).unwrap()).await, std::future::pending()));
}

/// A valid identifier of an invoice of the provider.
fn invoice(provider: &Provider) -> &'static str {
    use remit_core::schema::field::Kind;
    let field = provider.payment.fields.iter().find(|field| field.name == "invoiceId").unwrap();
    match field.kind {
        Kind::Uuid => "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        _ => "4393",
    }
}

/// A payment as a page sends it.
pub(crate) fn payment(provider: &Provider) -> Request {
    let transaction = "9b2c1f0a-1d2e-4f3a-8b4c-5d6e7f8a9b0c";
    let about = About { invoice: invoice(provider), currency: "USD", amount: "12.50", transaction };
    let draft = drafts::full(provider, Draft::new(), about, 0);
    provider.check(&draft, &Context::default()).unwrap().request
}

/// A request of an operation, with invented identifiers.
pub(crate) fn any_request(provider: &Provider, operation: &Operation) -> Request {
    use remit_core::schema::field::Kind;
    let text = |field: &Field| match field.kind {
        Kind::Uuid | Kind::Transaction => "7c9e6679-7425-40de-944b-e07fc1f90ae7".to_owned(),
        Kind::Currency(_) => "USD".to_owned(),
        Kind::Instant => "2026-11-19T10:00:00Z".to_owned(),
        _ => "4393".to_owned(),
    };
    let filled = |field: &&Field| field.required || matches!(field.location, Location::Header(_));
    let draft: Draft =
        operation.fields.iter().filter(filled).map(|field| (field.name, text(field))).collect();
    let (values, _) = operation
        .parse(&draft, &Context::default())
        .unwrap_or_else(|rejection| panic!("{} {}: {rejection}", provider.id, operation.purpose.as_str()));
    operation.request(&values)
}

/// The header of an idempotency key.
pub(crate) const KEY: &str = "Idempotency-Key";

/// An idempotency key that was never used before.
pub(crate) fn new_key() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("\"key-{}\"", COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn with_key(mut request: Request, key: &str) -> Request {
    request.headers.set(KEY, key);
    request
}

/// Withdraws a key from the relay's connection that is named after the provider.
pub(crate) async fn withdraw(relay: &str, provider: &Provider, key: &str) -> Response {
    let url = format!("{relay}/{}/_intents/{}", provider.id, key.trim_matches('"'));
    reply(client().delete(url).send().await.unwrap()).await
}

/// Sends a request to the relay's connection that is named after the provider.
pub(crate) async fn send(relay: &str, provider: &Provider, request: &Request) -> Response {
    send_from(relay, provider, request, None).await
}

pub(crate) async fn send_from(
    relay: &str,
    provider: &Provider,
    request: &Request,
    origin: Option<&str>,
) -> Response {
    send_to(&format!("{relay}/{}", provider.id), request, origin).await
}

/// The request for an invoice of its own: the relay sends nothing for an invoice while an outcome is unknown.
pub(crate) fn on_a_new_invoice(mut request: Request) -> Request {
    static COUNT: AtomicUsize = AtomicUsize::new(5_000);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let (uuid, other) =
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", format!("7c9e6679-7425-40de-944b-{number:012}"));
    for text in [&mut request.path, &mut request.body] {
        *text = text.replace(uuid, &other).replace("4393", &number.to_string());
    }
    request
}

/// Sends a request to the connection of this address.
pub(crate) async fn send_to(connection: &str, request: &Request, origin: Option<&str>) -> Response {
    let method = request.method.name().parse().unwrap();
    let mut builder = client().request(method, format!("{connection}{}", request.path));
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    if request.headers.get(KEY).is_none() {
        builder = builder.header(KEY, new_key());
    }
    if let Some(origin) = origin {
        builder = builder.header("Origin", origin);
    }
    reply(builder.body(request.body.clone()).send().await.unwrap()).await
}

/// Sends a path without normalising it, unlike an HTTP client, and returns the status.
pub(crate) async fn send_raw(relay: &str, provider: &Provider, path: &str) -> u16 {
    let address = relay.trim_start_matches("http://").to_owned();
    let Request { body, .. } = payment(provider);
    let (media_type, length) = (provider.payment.body.media_type(), body.len());
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: {media_type}\r\n\
         Content-Length: {length}\r\n{KEY}: {}\r\n\r\n{body}",
        new_key()
    );
    let send = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response.split(' ').nth(1).unwrap().parse().unwrap()
    };
    tokio::task::spawn_blocking(send).await.unwrap()
}

/// A client that follows no redirects. It is made once, since it reads the machine's certificates, and keeps no connection.
pub(crate) fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        builder.pool_max_idle_per_host(0).build().unwrap()
    });
    CLIENT.clone()
}

pub(crate) async fn reply(response: reqwest::Response) -> Response {
    let status = response.status().as_u16();
    let fields = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
    let headers: Headers = fields.collect();
    Response::new(status, headers, response.text().await.unwrap())
}

pub(crate) fn outcome(provider: &Provider, reply: &Response) -> Outcome {
    provider.receipt(reply, Currency::parse("USD").unwrap())
}
