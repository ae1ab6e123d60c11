//! Sends a request to a provider once, and reports its exact outcome.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use remit_core::operation::auth::sign_in;
use remit_core::wire::{self, Headers, Request};
use remit_core::{Cause, Reason};
use reqwest::redirect::Policy;
use reqwest::{Client, Error, Response};

use crate::address::Reach;
use crate::answer::{FORWARDED_HEADERS, Forwarding};
use crate::clock::now;
use crate::config::Config;
use crate::connection::Connection;
use crate::resolver::Resolver;

/// The longest response body that is forwarded, in bytes.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// The reason why this machine cannot make secure connections.
#[derive(Debug, thiserror::Error)]
#[error("cannot make secure connections: {0}")]
pub struct ClientError(#[from] Error);

/// The HTTP client. It follows no redirects, never retries, uses no proxy unless configured, and opens a new connection
/// for each request: a provider may close an idle connection at the moment of its reuse, and then it is unknown whether
/// the payment arrived.
pub(crate) fn client(config: &Config) -> Result<Client, ClientError> {
    // An error means that the process has already installed a cryptography provider, which is equally suitable.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let name = concat!("remit-relay/", env!("CARGO_PKG_VERSION"));
    let agent = config.contact.as_ref().map_or(name.to_owned(), |contact| format!("{name} ({contact})"));
    let builder = Client::builder()
        .user_agent(agent)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(0)
        .dns_resolver(resolver(config))
        .connect_timeout(config.timeouts.connect)
        .timeout(config.timeouts.total);
    let builder = if config.proxy_from_environment { builder } else { builder.no_proxy() };
    Ok(builder.build()?)
}

/// The resolver, which knows the addresses that each host may have. If two connections share a host, the stricter one
/// counts. Other names are those of proxies, which connect to the host themselves.
fn resolver(config: &Config) -> Resolver {
    let mut hosts = BTreeMap::new();
    for connection in &config.connections {
        let reach = hosts.entry(connection.host.clone()).or_insert(connection.reach);
        *reach = connection.reach.min(*reach);
    }
    let others = if config.proxy_from_environment { Reach::Sandbox } else { Reach::Public };
    Resolver { hosts, others }
}

/// Authenticates the request, sends it and reads the response.
pub(crate) async fn forward(
    client: &Client,
    connection: &Connection,
    request: Request,
    first_byte: Duration,
    deadline: Instant,
) -> Forwarding {
    match send(client, connection, request, first_byte, deadline).await {
        Ok(response) => read(response).await,
        Err(failure) => failure,
    }
}

async fn send(
    client: &Client,
    connection: &Connection,
    mut request: Request,
    first_byte: Duration,
    deadline: Instant,
) -> Result<Response, Forwarding> {
    let unsendable = |detail: &str| Forwarding::not_sent(Reason::new(Cause::Relay, detail));
    let now = now().ok_or_else(|| unsendable("The clock of the relay's machine is wrong."))?;
    sign_in(connection.provider.auth, &mut request, &connection.secrets(), Some(now))
        .map_err(|error| unsendable(&format!("The relay cannot authenticate the request: {error}.")))?;
    let url = format!("{}{}", connection.base_url, request.path);
    let headers =
        headers(&request).ok_or_else(|| unsendable("The relay cannot write the request's headers."))?;
    let method = reqwest::Method::from_bytes(request.method.name().as_bytes())
        .map_err(|_| unsendable("The relay cannot write the request's method."))?;
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(unsendable("The deadline passed before the request could be sent."));
    }
    let sent = client.request(method, url).headers(headers).timeout(left).body(request.body).send();
    match tokio::time::timeout(first_byte, sent).await {
        Ok(sent) => sent.map_err(|error| no_response(error.without_url())),
        // The time for connecting is not longer, so the request may have been sent.
        Err(_) => {
            tracing::warn!("no response");
            Err(silent())
        }
    }
}

/// The request's headers. Each value is marked as sensitive, so that no library logs a credential.
fn headers(request: &Request) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers.iter() {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    Some(headers)
}

/// The outcome of a request without a response. It is certainly not sent only if it could not be built, or if no
/// connection was established.
fn no_response(error: Error) -> Forwarding {
    log(&error);
    if error.is_builder() {
        Forwarding::not_sent(Reason::new(Cause::Relay, "The relay could not build the request."))
    } else if error.is_connect() {
        Forwarding::not_sent(Reason::new(Cause::Unreachable, "The relay could not connect to the provider."))
    } else {
        lost(&error)
    }
}

/// Logs the error with its causes, which contain the details.
fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "no response");
}

fn lost(error: &Error) -> Forwarding {
    if error.is_timeout() {
        silent()
    } else {
        let reason = Reason::new(
            Cause::Lost,
            "The connection to the provider was lost before the response was complete.",
        );
        Forwarding::Unknown(StatusCode::BAD_GATEWAY, reason)
    }
}

fn silent() -> Forwarding {
    let reason = Reason::new(Cause::Lost, "The provider did not respond before the timeout.");
    Forwarding::Unknown(StatusCode::GATEWAY_TIMEOUT, reason)
}

async fn read(mut response: Response) -> Forwarding {
    let status = response.status();
    let unreadable =
        |detail: &str| Forwarding::Unknown(StatusCode::BAD_GATEWAY, Reason::new(Cause::Unreadable, detail));
    // Not forwarded: a caller that follows redirects would send the payment to another address.
    if status.is_redirection() {
        return unreadable("The provider responded with a redirect, which the relay does not follow.");
    }
    if !(200..600).contains(&status.as_u16()) {
        return unreadable("The provider returned an invalid status.");
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > MAX_RESPONSE_BYTES => {
                return unreadable("The provider's response is longer than the relay forwards.");
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => {
                let error = error.without_url();
                log(&error);
                return lost(&error);
            }
        }
    }
    Forwarding::Answered(wire::Response::new(
        status.as_u16(),
        fields(response.headers()),
        String::from_utf8_lossy(&body),
    ))
}

/// The headers that may be forwarded. Others are not even read: a provider's own `remit-outcome` must not pass for the relay's.
fn fields(map: &HeaderMap) -> Headers {
    let forwarded = FORWARDED_HEADERS.into_iter().filter(|name| *name != CONTENT_TYPE);
    forwarded
        .filter_map(|name| {
            let value = String::from_utf8_lossy(map.get(&name)?.as_bytes()).into_owned();
            Some((name.as_str().to_owned(), value))
        })
        .collect()
}
