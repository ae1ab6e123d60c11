//! The relay over HTTP: who may ask, and for what.

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
use remit_core::{Context, Instant, RELAY_HEADER};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::answer::{FORWARDED_HEADERS, Forwarding, Refusal};
use crate::connection::Connection;
use crate::forward::forward;
use crate::relay::{Relay, Shared};
use crate::request::{check, find};

/// The longest body that is read, in bytes.
const LARGEST: usize = 16 * 1024;
/// How long a browser may keep what it was told of the relay's origins and headers.
const PREFLIGHT: Duration = Duration::from_secs(600);
/// In which a browser says how the page that asks stands to the relay. [Fetch Metadata Request Headers, 2.3]
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What every answer says of itself. Each ends its connection: on one that is used again and breaks before it has
/// answered, a browser sends what it had sent once more by itself, a payment too, and the page never learns of it. And
/// none is a page, whatever a provider or what stands before it has sent: nothing in it is run, nor kept.
const OF_ALL: [(HeaderName, HeaderValue); 4] = [
    (CONNECTION, HeaderValue::from_static("close")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

pub(crate) fn router(relay: Relay, loopback: bool) -> Router {
    let here = Names { loopback, hosts: relay.shared.hosts.clone() };
    let router = Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(relay.clone(), only_from_known_pages))
        .layer(cors(&relay.shared))
        .layer(from_fn_with_state(here, only_by_known_names));
    let said =
        |router: Router<Relay>, (name, value)| router.layer(SetResponseHeaderLayer::overriding(name, value));
    OF_ALL.into_iter().fold(router, said).with_state(relay)
}

fn cors(shared: &Shared) -> CorsLayer {
    let operations = shared.connections.values().flat_map(|connection| connection.provider.all_operations());
    let declared =
        operations.flat_map(|operation| operation.fields).filter_map(|field| match field.location {
            Location::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
            _ => None,
        });
    // Many operations declare the same one.
    let asked: HashSet<_> = [CONTENT_TYPE, ACCEPT].into_iter().chain(declared).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(shared.origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(asked.into_iter().collect::<Vec<_>>())
        .expose_headers(
            FORWARDED_HEADERS.into_iter().chain([HeaderName::from_static(RELAY_HEADER)]).collect::<Vec<_>>(),
        )
        .max_age(PREFLIGHT)
}

/// A browser says which page a request comes from, unless it is the relay's own or wants no answer, such as a picture;
/// then it says from where in relation to the relay. CORS alone would keep a page from reading the answer, and not the
/// payment from being recorded, nor the provider from being asked too often.
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

/// Whether a page only asks if anyone is there, before it sends anything.
fn is_reachability_probe(request: &Request) -> bool {
    request.method().is_safe() && matches!(split(request.uri().path()), ("", _) | (_, "" | "/"))
}

/// The names that the relay goes by.
#[derive(Clone)]
struct Names {
    /// Whether it can only be reached from this machine.
    loopback: bool,
    /// Those that its configuration adds.
    hosts: Arc<[String]>,
}

impl Names {
    fn has(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        let own = name.eq_ignore_ascii_case("localhost")
            || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        (self.loopback && own) || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// A page of anybody's can have its own name lead to this machine, and is then of the relay's origin to the browser. What
/// it cannot do is ask under the relay's name. A relay that others may reach checks it where `allow_hosts` says which.
async fn only_by_known_names(State(names): State<Names>, request: Request, next: Next) -> Response {
    let checks = names.loopback || !names.hosts.is_empty();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if !checks || host.is_some_and(|host| names.has(host)) {
        return next.run(request).await;
    }
    tracing::warn!(?host, "refused: not a name of this relay");
    Refusal::new(421, "The relay does not go by this name: its allow_hosts does not list it.").response()
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
        // A page asks, before it sends anything, whether anyone is there.
        if name.is_empty() && method.is_safe() {
            return StatusCode::NO_CONTENT.into_response();
        }
        tracing::info!(?name, "refused: no such connection");
        return Refusal::new(404, "The relay has no such connection.").response();
    };
    if matches!(rest, "" | "/") && method.is_safe() {
        return StatusCode::NO_CONTENT.into_response();
    }
    let refused = match relay.clone().answer(connection, &method, rest, &headers, body).await {
        Ok(response) => return response,
        Err(refusal) => refusal.response(),
    };
    tracing::info!(connection = name, status = refused.status().as_u16(), "refused");
    refused
}

impl Relay {
    async fn answer(
        self,
        connection: &Arc<Connection>,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Response, Refusal> {
        let begun = std::time::Instant::now();
        let operation = find(connection, method, path)?;
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::new(413, format!("The body is longer than {LARGEST} bytes."))
            }
            _ => Refusal::new(400, "The body broke off."),
        })?;
        let now = now().ok_or_else(|| Refusal::new(500, "The clock of the relay's machine is wrong."))?;
        let known = Context { now: Some(now), ..Context::default() };
        let request = check(connection, operation, path, headers, &body, known)?;
        let connection = connection.clone();
        let open = self.shared.open.subscribe();
        // In a task of its own: a page that is closed meanwhile must not cut off a payment that is on its way.
        let task = tokio::spawn(async move {
            let forwarding = forward(&self.shared.client, &connection, request, now).await;
            let (name, outcome) = (connection.name.as_str(), forwarding.word());
            let response = forwarding.response(connection.confidential());
            let (status, ms) = (response.status().as_u16(), begun.elapsed().as_millis());
            tracing::info!(connection = name, operation = operation.purpose.as_str(), outcome, status, ms);
            drop(open);
            response
        });
        Ok(task.await.unwrap_or_else(|_| Forwarding::failed().response(std::iter::empty())))
    }
}

/// `/connection/rest?query` as the connection's name and the rest, which begins with its slash.
fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.find(['/', '?']).and_then(|at| path.split_at_checked(at)).unwrap_or((path, ""))
}

/// `None` on a clock that is off by thousands of years.
fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
}
