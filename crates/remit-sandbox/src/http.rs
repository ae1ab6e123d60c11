//! The sandbox's HTTP server: converts requests and responses, without interpreting them.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use remit_core::wire::Headers;
use remit_core::wire::json::Json;
use remit_core::{Instant, Provider};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use crate::answer::answer;
use crate::books::Error;
use crate::decide::{Incoming, decide, mounted};
use crate::fault::{Fault, Strike};
use crate::sandbox::Sandbox;

/// The longest request body that is read, in bytes.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    // The wildcard does not include `Authorization`, so allow exactly the requested headers. [Fetch, 4.9]
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(Any);
    Router::new()
        .route("/", get(describe))
        .route("/_faults", put(set_faults))
        .fallback(provider)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(cors)
        .with_state(sandbox)
}

async fn describe(State(sandbox): State<Sandbox>) -> Response {
    match blocking(move || sandbox.describe()).await {
        Ok(json) => ([(CONTENT_TYPE, "application/json")], json.print()).into_response(),
        Err(response) => response,
    }
}

async fn set_faults(State(sandbox): State<Sandbox>, body: String) -> Response {
    let texts = Json::parse(&body).ok().and_then(|json| {
        json.as_array()?.iter().map(|text| text.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    let Some(texts) = texts else {
        let message = "the body must be a JSON array of faults, such as [\"drop-after-commit*1\"]; [] removes all faults";
        return (StatusCode::BAD_REQUEST, message).into_response();
    };
    match texts.iter().map(|text| text.parse()).collect::<Result<Vec<Fault>, _>>() {
        Ok(faults) => {
            sandbox.set_faults(faults);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn provider(
    State(sandbox): State<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let path = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
    let Some((provider, rest)) = mounted(&path) else {
        return (StatusCode::NOT_FOUND, bases()).into_response();
    };
    let rest = rest.to_owned();
    let body = match body {
        Ok(body) => String::from_utf8(body.into()).ok(),
        Err(rejection) => return rejection.into_response(),
    };
    let Some(now) = now() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the clock of this machine is wrong").into_response();
    };
    let incoming = Incoming { method: method.to_string(), path, headers: fields(&headers), body };
    let decided = blocking(move || decide(&sandbox, provider, &rest, &incoming, now)).await;
    let decision = match decided {
        Ok(decision) => decision,
        Err(response) => return response,
    };
    let Strike { kind, delay } = decision.strike;
    let fault = kind.map(tracing::field::display);
    tracing::info!(provider = provider.id, %method, status = decision.reply.status, fault, ?delay);
    tokio::time::sleep(delay).await;
    answer(decision.reply, kind)
}

/// The body of a 404 outside the providers' paths: it lists these paths.
fn bases() -> String {
    let lines =
        Provider::ALL.iter().map(|provider| format!("{}: {}\n", provider.name, provider.emulation.base));
    format!("The sandbox has no such path. The providers are at:\n{}", lines.collect::<String>())
}

/// Runs the work on a thread that serves no connections, because SQLite waits for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Response> {
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, "the sandbox failed");
        (StatusCode::INTERNAL_SERVER_ERROR, "the sandbox itself failed; see its log").into_response()
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

/// Converts the headers. It joins values of one name, as a recipient may [RFC 9110, 5.3], and ignores values that are not
/// text.
fn fields(map: &HeaderMap) -> Headers {
    let joined = |name: &HeaderName| {
        let values: Vec<_> = map.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        values.join(", ")
    };
    map.keys().map(|name| (name.as_str(), joined(name))).collect()
}

/// The current time; `None` if the clock is wrong by thousands of years.
fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
}
