//! The relay over HTTP: who may ask, and for what.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use remit_core::field::Place;
use remit_core::{Instant, Known, RELAY_HEADER};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::answer::{Forwarding, PASSED, Refusal};
use crate::connection::Connection;
use crate::forward::forward;
use crate::request::{check, find};
use crate::{Relay, Shared};

/// The longest body that is read, in bytes.
const LARGEST: usize = 16 * 1024;
/// How long a browser may keep what it was told of the relay's origins and headers.
const PREFLIGHT: Duration = Duration::from_secs(600);

pub(crate) fn router(relay: Relay) -> Router {
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(relay.clone(), only_from_known_pages))
        .layer(cors(&relay.shared))
        .with_state(relay)
}

fn cors(shared: &Shared) -> CorsLayer {
    let operations = shared.connections.values().flat_map(|connection| connection.provider.operations());
    let declared = operations.flat_map(|operation| operation.fields).filter_map(|field| match field.place {
        Place::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
        _ => None,
    });
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(shared.origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([CONTENT_TYPE, ACCEPT].into_iter().chain(declared).collect::<Vec<_>>())
        .expose_headers(PASSED.into_iter().chain([HeaderName::from_static(RELAY_HEADER)]).collect::<Vec<_>>())
        .max_age(PREFLIGHT)
}

/// A browser says with every request that changes anything which page it comes from. CORS alone would keep the page
/// from reading the answer, and not the payment from being recorded.
async fn only_from_known_pages(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN);
    let known = origin.is_none_or(|origin| relay.shared.origins.contains(origin));
    if known || request.method().is_safe() {
        return next.run(request).await;
    }
    tracing::warn!(?origin, "refused: not in allow_origins");
    Refusal::new(403, "Pages of this origin may not use the relay: its allow_origins does not list it.")
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
        let known = Known { now: Some(now), ..Known::default() };
        let request = check(connection, operation, path, headers, &body, known)?;
        let connection = connection.clone();
        let open = self.shared.open.subscribe();
        // In a task of its own: a page that is closed meanwhile must not cut off a payment that is on its way.
        let task = tokio::spawn(async move {
            let forwarding = forward(&self.shared.client, &connection, request, now).await;
            let (name, outcome) = (connection.name.as_str(), forwarding.word());
            let response = forwarding.response(connection.confidential());
            let (status, ms) = (response.status().as_u16(), begun.elapsed().as_millis());
            tracing::info!(connection = name, operation = operation.purpose.text(), outcome, status, ms);
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
