//! Sends one request to a provider, once, and says exactly what became of it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use remit_core::operation::auth::sign_in;
use remit_core::wire::Request;
use remit_core::{Cause, Instant, Reason};
use reqwest::redirect::Policy;
use reqwest::{Client, Error, Response};

use crate::answer::Forwarding;
use crate::config::Config;
use crate::connection::Connection;

/// The longest answer that is passed on, in bytes.
const LARGEST: usize = 1 << 20;

/// Why this machine cannot send anything.
#[derive(Debug, thiserror::Error)]
#[error("cannot make secure connections: {0}")]
pub struct ClientError(#[from] Error);

/// A client that does nothing by itself: no redirects, no retries, no proxy that it was not told of, and a new
/// connection for each request. A connection that was kept may be closed by the provider in the moment in which it is
/// used again, and then nobody can say whether a payment arrived.
pub(crate) fn client(config: &Config) -> Result<Client, ClientError> {
    // An error says that the process has chosen a provider of cryptography before, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let name = concat!("remit-relay/", env!("CARGO_PKG_VERSION"));
    let agent = config.contact.as_ref().map_or(name.to_owned(), |contact| format!("{name} ({contact})"));
    let builder = Client::builder()
        .user_agent(agent)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout);
    let builder = if config.proxy_from_environment { builder } else { builder.no_proxy() };
    Ok(builder.build()?)
}

/// Signs the request in, sends it and takes the answer.
pub(crate) async fn forward(
    client: &Client,
    connection: &Connection,
    request: Request,
    now: Instant,
) -> Forwarding {
    match send(client, connection, request, now).await {
        Ok(response) => take(response).await,
        Err(not_answered) => not_answered,
    }
}

async fn send(
    client: &Client,
    connection: &Connection,
    mut request: Request,
    now: Instant,
) -> Result<Response, Forwarding> {
    let unsendable = |words: &str| Forwarding::NotSent(Reason::new(Cause::Relay, words));
    sign_in(connection.provider.auth, &mut request, &connection.secrets(), Some(now))
        .map_err(|cannot| unsendable(&format!("The relay cannot sign the request in: {cannot}.")))?;
    let url = format!("{}{}", connection.base_url, request.path);
    let headers =
        headers(&request).ok_or_else(|| unsendable("The relay cannot write the request's headers."))?;
    let method = reqwest::Method::from_bytes(request.method.name().as_bytes())
        .map_err(|_| unsendable("The relay cannot write the request's method."))?;
    let sent = client.request(method, url).headers(headers).body(request.body).send().await;
    sent.map_err(|error| unanswered(error.without_url()))
}

/// Every value is marked, so that no log of a library shows a credential.
fn headers(request: &Request) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers.iter() {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    Some(headers)
}

/// Only a request that could not be made, or a connection that never came about, is known not to have been sent.
fn unanswered(error: Error) -> Forwarding {
    log(&error);
    if error.is_builder() {
        Forwarding::NotSent(Reason::new(Cause::Relay, "The relay could not make the request."))
    } else if error.is_connect() {
        Forwarding::NotSent(Reason::new(Cause::Unreachable, "The provider could not be reached."))
    } else {
        lost(&error)
    }
}

/// With its causes, which say what the error itself does not.
fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "no answer");
}

fn lost(error: &Error) -> Forwarding {
    if error.is_timeout() {
        let reason = Reason::new(Cause::Lost, "The provider did not answer in time.");
        Forwarding::Unknown(StatusCode::GATEWAY_TIMEOUT, reason)
    } else {
        let reason =
            Reason::new(Cause::Lost, "The connection to the provider was lost before it had answered.");
        Forwarding::Unknown(StatusCode::BAD_GATEWAY, reason)
    }
}

async fn take(mut response: Response) -> Forwarding {
    let status = response.status();
    let unreadable =
        |words: &str| Forwarding::Unknown(StatusCode::BAD_GATEWAY, Reason::new(Cause::Unreadable, words));
    // Not passed on: a caller that follows what it is told would take the payment elsewhere.
    if status.is_redirection() {
        return unreadable("The provider answered with a redirect, which is not followed.");
    }
    if !(200..600).contains(&status.as_u16()) {
        return unreadable("The provider's answer is not one.");
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > LARGEST => {
                return unreadable("The provider's answer is too long.");
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
    Forwarding::Answered { status, headers: std::mem::take(response.headers_mut()), body: body.into() }
}
