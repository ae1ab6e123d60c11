//! Checks an incoming request, and builds the outgoing one from the checked values.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use remit_core::schema::field::Location;
use remit_core::schema::values::Values;
use remit_core::wire::{Headers, Request};
use remit_core::{Context, Operation};

use crate::answer::Refusal;
use crate::connection::Connection;

/// Finds the operation that a method and a path address, among those that the connection relays.
pub(crate) fn find(
    connection: &Connection,
    method: &Method,
    path: &str,
) -> Result<&'static Operation, Refusal> {
    let mut allowed = Vec::new();
    let mut closed = None;
    for operation in connection.provider.all_operations() {
        let expected = operation.method.name();
        if operation.matches(expected, path).is_none() {
            continue;
        }
        if !connection.relays(operation.purpose) {
            closed = closed.or(Some(operation.purpose.as_str()).filter(|_| expected == method.as_str()));
        } else if expected == method.as_str() {
            return Ok(operation);
        } else {
            allowed.push(expected);
        }
    }
    if let Some(name) = closed {
        let detail = format!("This connection does not relay {name}: its operations do not list it.");
        return Err(Refusal::new(403, detail));
    }
    if allowed.is_empty() {
        let name = connection.provider.name;
        let detail = format!("{name} has no operation at this path, or this connection does not relay it.");
        return Err(Refusal::new(404, detail));
    }
    allowed.dedup();
    let allow = allowed.join(", ");
    Err(Refusal::new(405, format!("At this path the relay forwards only {allow}.")).allowing(allow))
}

/// Builds the outgoing request from the checked values, and from nothing else.
pub(crate) fn check(
    connection: &Connection,
    operation: &Operation,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    context: &Context,
) -> Result<(Request, Values<'static>), Refusal> {
    let media_type = operation.body.media_type();
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A page of any origin may send a few other types without a preflight; this type requires one. [Fetch, 2.2.2]
    // An operation without a body that changes something has a method that requires a preflight too.
    let is_expected_type =
        content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type));
    if !is_expected_type && !operation.body.is_empty() {
        return Err(Refusal::new(415, format!("Content-Type must be {media_type}.")));
    }
    let body = str::from_utf8(body).map_err(|_| Refusal::new(422, "The body must be UTF-8."))?;
    let request = Request {
        method: operation.method,
        path: path.to_owned(),
        headers: declared(operation, headers),
        body: body.to_owned(),
    };
    let (values, _) =
        operation.read(&request, context).map_err(|rejection| Refusal::new(422, rejection.to_string()))?;
    let request = operation.request(&values);
    if let Some(header) = connection.overridden(&request) {
        return Err(Refusal::new(
            422,
            format!("This connection sets {header}; a request may not set a different value."),
        ));
    }
    Ok((request, values))
}

/// The headers that the operation declares. The check refuses values that are not text.
fn declared(operation: &Operation, headers: &HeaderMap) -> Headers {
    let names = operation.fields.iter().filter_map(|field| match field.location {
        Location::Header(name) => Some(name),
        _ => None,
    });
    names
        .filter(|name| headers.contains_key(*name))
        .map(|name| {
            let values: Vec<_> =
                headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            (name, values.join(", "))
        })
        .collect()
}
