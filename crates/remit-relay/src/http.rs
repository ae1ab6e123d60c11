//! The relay's HTTP server: routes requests, and refuses those of unknown origins and host names.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use remit_core::schema::field::Location;
use remit_core::{Context, DEADLINE_HEADER, Instant, RELAY_HEADER};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::answer::{FORWARDED_HEADERS, Forwarding, Refusal};
use crate::connection::Connection;
use crate::forward::forward;
use crate::relay::{Relay, Shared};
use crate::request::{check, find};

/// The longest request body that is read, in bytes.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// How long a browser may cache the response to a preflight request.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);
/// The header in which a browser reports the relation of the requesting page to the relay: same origin, same site or
/// another site. [Fetch Metadata Request Headers, 2.3]
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The header that states how long the relay waits for a provider. A caller that waits less may take a payment that is still
/// being sent for one that was not.
const DEADLINE: HeaderName = HeaderName::from_static(DEADLINE_HEADER);

/// The headers of every response, in addition to the deadline.
///
/// Each response closes its connection. If a reused connection breaks before the response, a browser repeats the request
/// by itself, even a payment, and does not report this to the page. The other headers keep a response from being a page
/// of the relay's origin, whatever a provider or its proxy has sent: browsers neither execute nor cache it.
const RESPONSE_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (CONNECTION, HeaderValue::from_static("close")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

pub(crate) fn router(relay: Relay, loopback: bool) -> Router {
    let names = HostNames { loopback, hosts: relay.shared.hosts.clone() };
    let deadline = (DEADLINE, HeaderValue::from(relay.shared.timeout.as_secs()));
    let router = Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(from_fn_with_state(relay.clone(), only_from_known_pages))
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
    let allowed: HashSet<_> = [CONTENT_TYPE, ACCEPT].into_iter().chain(declared).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(shared.origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(allowed.into_iter().collect::<Vec<_>>())
        .expose_headers(
            FORWARDED_HEADERS
                .into_iter()
                .chain([HeaderName::from_static(RELAY_HEADER), DEADLINE])
                .collect::<Vec<_>>(),
        )
        .max_age(PREFLIGHT_MAX_AGE)
}

/// Refuses requests from pages of other origins.
///
/// A browser sends `Origin`, except for some requests of the relay's own origin and for those whose response no script
/// reads, such as an image; for these it sends `Sec-Fetch-Site`. CORS alone would only stop the page from reading the
/// response. The payment would still be recorded, and the provider's rate limit used up.
async fn only_from_known_pages(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN);
    let site = request.headers().get(FETCH_SITE);
    let is_known = match origin {
        Some(origin) => relay.shared.origins.contains(origin),
        None => {
            site.is_none_or(|site| site == "same-origin" || site == "none") || is_reachability_probe(&request)
        }
    };
    if is_known {
        return next.run(request).await;
    }
    tracing::warn!(?origin, ?site, "refused: not in allow_origins");
    Refusal::new(403, "Pages of this origin may not use the relay: its allow_origins does not list it.")
        .response()
}

/// Whether a page only checks that the relay is reachable, before it sends a payment.
fn is_reachability_probe(request: &Request) -> bool {
    request.method().is_safe() && matches!(split(request.uri().path()), ("", _) | (_, "" | "/"))
}

/// The host names under which the relay answers.
#[derive(Clone)]
struct HostNames {
    /// Whether the relay listens on loopback, so that only this machine can reach it.
    loopback: bool,
    /// The names that the configuration adds.
    hosts: Arc<[String]>,
}

impl HostNames {
    fn contains(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        let is_local = name.eq_ignore_ascii_case("localhost")
            || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        (self.loopback && is_local) || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Refuses requests under a foreign host name.
///
/// Any site can point its own name at this machine (DNS rebinding). For the browser its page then has the relay's origin,
/// but its requests carry the site's name in `Host`. A relay that does not listen on loopback checks `Host` only if
/// `allow_hosts` is set.
async fn only_under_known_names(State(names): State<HostNames>, request: Request, next: Next) -> Response {
    let checks = names.loopback || !names.hosts.is_empty();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if !checks || host.is_some_and(|host| names.contains(host)) {
        return next.run(request).await;
    }
    tracing::warn!(?host, "refused: not in allow_hosts");
    Refusal::new(421, "The relay does not answer under this host name: its allow_hosts does not list it.")
        .response()
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
    let Some(connection) = relay.shared.connections.get(name) else {
        // A page checks that the relay is reachable before it sends a payment.
        if name.is_empty() && method.is_safe() {
            return StatusCode::NO_CONTENT.into_response();
        }
        tracing::info!(?name, "refused: no such connection");
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
        let operation = find(connection, method, path)?;
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::new(413, format!("The body is longer than {MAX_REQUEST_BYTES} bytes."))
            }
            _ => Refusal::new(400, "The request body was incomplete."),
        })?;
        let now = now().ok_or_else(|| Refusal::new(500, "The clock of the relay's machine is wrong."))?;
        let context = Context { now: Some(now), ..Context::default() };
        let request = check(connection, operation, path, headers, &body, context)?;
        let connection = connection.clone();
        let pending = self.shared.pending.subscribe();
        // A separate task, because a caller that disconnects must not cancel a payment that is being sent.
        let task = tokio::spawn(async move {
            let forwarding = forward(&self.shared.client, &connection, request, now).await;
            let (name, outcome) = (connection.name.as_str(), forwarding.as_str());
            let response = forwarding.response(connection.confidential());
            let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
            tracing::info!(connection = name, operation = operation.purpose.as_str(), outcome, status, ms);
            drop(pending);
            response
        });
        Ok(task.await.unwrap_or_else(|_| Forwarding::failed().response(std::iter::empty())))
    }
}

/// Splits `/connection/rest?query` into the connection's name and the rest, which keeps its leading slash.
fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.find(['/', '?']).and_then(|at| path.split_at_checked(at)).unwrap_or((path, ""))
}

/// The current time; `None` if the clock is wrong by thousands of years.
fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
}
