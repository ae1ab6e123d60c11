//! The relay's HTTP server: routes requests.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use remit_core::schema::field::Location;
use remit_core::{Context, DEADLINE_HEADER, Instant, RELAY_HEADER};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::answer::{FORWARDED_HEADERS, Refusal, failed, relay_response};
use crate::arrival::arrives_in_time;
use crate::clock::now;
use crate::connection::Connection;
use crate::guard::{
    FETCH_SITE, HostNames, only_from_known_pages, only_so_often, only_under_known_names,
    only_with_single_headers, shortened,
};
use crate::intent::KeyOf;
use crate::key::{self, KEY, REPLAYED};
use crate::limits::Limits;
use crate::once::Change;
use crate::path::split;
use crate::rate::too_often;
use crate::relay::{Relay, Shared};
use crate::request::{check, find};
use crate::session::{Denied, Permit};

/// The longest request body that is read, in bytes.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// The path at which hosts' servers ask for sessions.
const SESSIONS: &str = "/_sessions";
/// The path of a connection's intents; the key follows.
const INTENTS: &str = "/_intents/";
/// How long a browser may cache the response to a preflight request.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);
/// The header that states how long the relay waits for a provider. A caller that waits less may take a payment that is still
/// being sent for one that was not.
pub(crate) const DEADLINE: HeaderName = HeaderName::from_static(DEADLINE_HEADER);

/// The headers of every response, in addition to the deadline.
///
/// Each response closes its connection. If a reused connection breaks before the response, a browser repeats the request
/// by itself, even a payment, and does not report this to the page. The other headers keep a response from being a page
/// of the relay's origin, whatever a provider or its proxy has sent: browsers neither execute nor cache it.
pub(crate) const RESPONSE_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (CONNECTION, HeaderValue::from_static("close")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

pub(crate) fn router(relay: Relay, limits: &Limits) -> Router {
    let names = HostNames(relay.shared.hosts.clone());
    let deadline = (DEADLINE, HeaderValue::from(relay.shared.timeouts.total.as_secs()));
    let router = Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(from_fn_with_state((relay.clone(), limits.body_time), arrives_in_time))
        .layer(from_fn_with_state(relay.clone(), only_from_known_pages))
        .layer(from_fn_with_state(relay.clone(), only_so_often))
        .layer(from_fn(only_with_single_headers))
        .layer(cors(&relay.shared))
        .layer(from_fn_with_state(names, only_under_known_names));
    let with_header =
        |router: Router<Relay>, (name, value)| router.layer(SetResponseHeaderLayer::overriding(name, value));
    RESPONSE_HEADERS.into_iter().chain([deadline]).fold(router, with_header).with_state(relay)
}

fn cors(shared: &Shared) -> CorsLayer {
    let operations = shared.connections.values().flat_map(|connection| connection.provider.all_operations());
    let declared =
        operations.flat_map(|operation| operation.fields).filter_map(|field| match field.location {
            Location::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
            _ => None,
        });
    // A set, because many operations declare the same header.
    let session = shared.sessions.as_ref().map(|_| AUTHORIZATION);
    let allowed: HashSet<_> =
        [CONTENT_TYPE, ACCEPT, KEY].into_iter().chain(session).chain(declared).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(shared.origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(allowed.into_iter().collect::<Vec<_>>())
        .expose_headers(exposed_headers().collect::<Vec<_>>())
        .max_age(PREFLIGHT_MAX_AGE)
}

/// The headers of a response that a page may read.
pub(crate) fn exposed_headers() -> impl Iterator<Item = HeaderName> {
    FORWARDED_HEADERS.into_iter().chain([HeaderName::from_static(RELAY_HEADER), DEADLINE, REPLAYED])
}

async fn handle(
    State(relay): State<Relay>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let (name, rest) = split(path);
    if let Some(sessions) = relay.shared.sessions.as_ref().filter(|_| path == SESSIONS) {
        return relay.respond_session(sessions, &method, &headers, body).unwrap_or_else(Refusal::response);
    }
    let Some(connection) = relay.shared.connections.get(name) else {
        // A page checks that the relay is reachable before it sends a payment.
        if name.is_empty() && method.is_safe() {
            return StatusCode::NO_CONTENT.into_response();
        }
        tracing::info!(name = shortened(name.as_bytes()), "refused: no such connection");
        return Refusal::new(404, "The relay has no connection of this name.").response();
    };
    if matches!(rest, "" | "/") && method.is_safe() {
        return StatusCode::NO_CONTENT.into_response();
    }
    let refused = match relay.clone().respond(connection, &method, rest, &headers, body).await {
        Ok(response) => return response,
        Err(refusal) => refusal.response(),
    };
    tracing::info!(connection = name, status = refused.status().as_u16(), "refused");
    refused
}

impl Relay {
    async fn respond(
        self,
        connection: &Arc<Connection>,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Response, Refusal> {
        let started = std::time::Instant::now();
        let deadline = started + self.shared.timeouts.total;
        let now = now().ok_or_else(|| Refusal::new(500, "The clock of the relay's machine is wrong."))?;
        let permit = self.permit(connection, headers, now).map_err(Denied::refusal)?;
        let shared = &self.shared;
        let counted = match permit.session() {
            Some(id) => shared.rates.count_session(&shared.store, id).await,
            None => Ok(()),
        };
        if let Err(wait) = counted {
            return Ok(too_often("session", wait));
        }
        if let Some(key) = path.strip_prefix(INTENTS) {
            return self.respond_about(connection, &permit, method, key).await;
        }
        let operation = find(connection, method, path)?;
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::new(413, format!("The body is longer than {MAX_REQUEST_BYTES} bytes."))
            }
            _ => Refusal::new(400, "The request body was incomplete."),
        })?;
        let currency = connection.currency.or(permit.currency());
        let context = Context { now: Some(now), currency, ..Context::default() };
        let (request, values) = check(connection, operation, path, headers, &body, &context)?;
        permit.may_call(operation, &values).map_err(Denied::refusal)?;
        let change = if operation.purpose.changes() {
            let key = key::read(headers)?;
            Some(Change::new(operation, request.clone(), values, currency, &permit, key, deadline)?)
        } else {
            None
        };
        let connection = connection.clone();
        let pending = self.shared.stopping.enter()?;
        // A separate task, because a caller that disconnects must not cancel a payment that is being sent.
        let task = tokio::spawn(async move {
            let response = match change {
                Some(change) => self.change(&connection, change).await,
                None => {
                    let forwarding = self.send(&connection, request, deadline).await;
                    relay_response(forwarding.response(operation, &connection))
                }
            };
            let name = connection.name.as_str();
            let outcome = response.headers().get(RELAY_HEADER).and_then(|value| value.to_str().ok());
            let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
            let outcome = outcome.unwrap_or("answered");
            tracing::info!(connection = name, operation = operation.purpose.as_str(), outcome, status, ms);
            drop(pending);
            response
        });
        Ok(task.await.unwrap_or_else(|_| failed().response()))
    }

    /// What the caller may do with the connection.
    fn permit(&self, connection: &Connection, headers: &HeaderMap, now: Instant) -> Result<Permit, Denied> {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let keys = self.shared.sessions.as_ref().map(|sessions| &sessions.keys);
        let permit = Permit::of(keys, text(AUTHORIZATION), now)?;
        let is_own = text(FETCH_SITE).is_some_and(|site| site == "same-origin");
        permit.may_use(&connection.name, text(ORIGIN), is_own)?;
        Ok(permit)
    }

    /// Responds to a request about the intent of a key.
    async fn respond_about(
        &self,
        connection: &Connection,
        permit: &Permit,
        method: &Method,
        key: &str,
    ) -> Result<Response, Refusal> {
        if method != Method::DELETE {
            let refusal = Refusal::new(405, "DELETE withdraws a key, and answers with its outcome.");
            return Err(refusal.allowing(Method::DELETE.to_string()));
        }
        let key = percent_decode_str(key).decode_utf8().ok().and_then(|key| key::parse(&key));
        let key = key.ok_or_else(|| Refusal::new(404, "There is no key at this path."))?;
        Ok(self.withdraw(&KeyOf { tenant: permit.tenant(), connection: connection.name.clone(), key }).await)
    }
}
