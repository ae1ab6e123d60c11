//! What came in, checked, and written anew.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use remit_core::schema::field::Location;
use remit_core::wire::{Headers, Request};
use remit_core::{Context, Operation};

use crate::answer::Refusal;
use crate::connection::Connection;

/// The operation that a method and a path lead to, among those that the connection relays.
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
        return Err(Refusal::new(403, format!("This connection does not relay {name}.")));
    }
    if allowed.is_empty() {
        let name = connection.provider.name;
        return Err(Refusal::new(404, format!("{name} has no such operation, or it is not relayed.")));
    }
    allowed.dedup();
    let allow = allowed.join(", ");
    Err(Refusal::new(405, format!("Only {allow} is relayed here.")).allowing(allow))
}

/// The request that goes out: made from what was checked, and from nothing else.
pub(crate) fn check(
    connection: &Connection,
    operation: &Operation,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    context: Context,
) -> Result<Request, Refusal> {
    let media_type = operation.body.media_type();
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A page anywhere may send the few other types without asking; this one has a browser ask first. [Fetch, 2.2.2]
    // What has no body and changes something is of a method that it asks for as well.
    let is_typed = given.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(media_type));
    if !is_typed && !operation.body.is_empty() {
        return Err(Refusal::new(415, format!("The body is to be {media_type}.")));
    }
    let body = str::from_utf8(body).map_err(|_| Refusal::new(422, "The body is not UTF-8."))?;
    let request = Request {
        method: operation.method,
        path: path.to_owned(),
        headers: declared(operation, headers),
        body: body.to_owned(),
    };
    let context = Context { currency: connection.currency, ..context };
    let (values, _) =
        operation.read(&request, &context).map_err(|rejection| Refusal::new(422, rejection.to_string()))?;
    let request = operation.request(&values);
    if let Some(header) = connection.overridden(&request) {
        return Err(Refusal::new(
            422,
            format!("This connection sets {header}; a request may not name another."),
        ));
    }
    Ok(request)
}

/// The header fields that the operation declares. What is not text is left for the check to refuse.
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
