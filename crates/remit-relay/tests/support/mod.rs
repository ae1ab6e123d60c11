//! A relay on a socket in front of an upstream with a scripted behaviour, which keeps the requests that it receives.

#![allow(dead_code, reason = "each test file uses only some of it")]

/// Shared with the other crates' tests, which cannot depend on each other.
#[path = "../../../../tests/conformance/src/drafts.rs"]
#[allow(unreachable_pub, reason = "a library's module")]
pub(crate) mod drafts;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use remit_core::operation::auth::Scheme;
use remit_core::schema::field::{Field, Location};
use remit_core::wire::{Headers, Request, Response};
use remit_core::{Context, Currency, Draft, Operation, Outcome, Provider};
use remit_relay::{Config, ConfigError, Relay, serve};

use drafts::About;

/// The upstream's behaviour for each request.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Sends these bytes and closes the connection.
    Says(String),
    /// Closes the connection without a response.
    Closes,
    /// Reads the request, and keeps the connection open without a response.
    KeepsSilent,
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
}

impl Upstream {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = requests.clone();
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                received.lock().unwrap().push(request(&mut stream));
                match &behaviour {
                    Behaviour::Says(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                    Behaviour::Closes => {}
                    Behaviour::KeepsSilent => open.push(stream),
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
        Self { address, requests }
    }

    /// Every received request, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Forgets the received requests.
    pub(crate) fn forget(&self) {
        self.requests.lock().unwrap().clear();
    }
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
    let mut toml = "allow_origins = [\"https://shop.example\"]\ntimeout_seconds = 1\n".to_owned();
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

/// Serves a relay in this test's runtime, and returns its address.
pub(crate) async fn relay(toml: &str) -> String {
    relay_in(toml, &environment).await
}

/// Serves a relay with a custom environment, and returns its address.
pub(crate) async fn relay_in(toml: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let relay = Relay::new(Config::parse(toml, Path::new("."), environment).unwrap()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, relay, std::future::pending()));
    format!("http://{address}")
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
    let method = request.method.name().parse().unwrap();
    let mut builder = client().request(method, format!("{relay}/{}{}", provider.id, request.path));
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
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
         Content-Length: {length}\r\n\r\n{body}"
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

/// A client that follows no redirects.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
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
