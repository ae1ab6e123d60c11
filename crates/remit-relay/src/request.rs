//! What came in, checked, and written anew.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use remit_core::field::Place;
use remit_core::wire::{Headers, Request};
use remit_core::{Checked, Known, Operation, Provider, Rejection};

use crate::answer::Refusal;
use crate::connection::Connection;

/// An operation that is forwarded.
pub(crate) struct Forwarded {
    /// For the log.
    pub(crate) name: &'static str,
    operation: fn(&'static Provider) -> &'static Operation,
    read: fn(&Provider, &Request, &Known) -> Result<Checked, Rejection>,
}

/// All of them. Another operation is another line.
const OPERATIONS: &[Forwarded] =
    &[Forwarded { name: "payment", operation: |provider| &provider.payment, read: Provider::read }];

/// The operation that a method and a path lead to.
pub(crate) fn find(
    provider: &'static Provider,
    method: &Method,
    path: &str,
) -> Result<&'static Forwarded, Refusal> {
    let mut allowed = Vec::new();
    for forwarded in OPERATIONS {
        let expected = (forwarded.operation)(provider).method.name();
        if (forwarded.operation)(provider).matches(expected, path).is_some() {
            if expected == method.as_str() {
                return Ok(forwarded);
            }
            allowed.push(expected);
        }
    }
    if allowed.is_empty() {
        return Err(Refusal::new(
            404,
            format!("{} has no such operation, or it is not relayed.", provider.name),
        ));
    }
    let allow = allowed.join(", ");
    Err(Refusal::new(405, format!("Only {allow} is relayed here.")).allowing(allow))
}

/// The request that goes out: made from what was checked, and from nothing else.
pub(crate) fn check(
    connection: &Connection,
    forwarded: &Forwarded,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    known: Known,
) -> Result<Request, Refusal> {
    let operation = (forwarded.operation)(connection.provider);
    let media_type = operation.body.media_type();
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A page anywhere may send the few other types without asking; this one has a browser ask first. [Fetch, 2.2.2]
    if !given.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(media_type)) {
        return Err(Refusal::new(415, format!("The body is to be {media_type}.")));
    }
    let body = str::from_utf8(body).map_err(|_| Refusal::new(422, "The body is not UTF-8."))?;
    let request = Request {
        method: operation.method,
        path: path.to_owned(),
        headers: declared(operation, headers),
        body: body.to_owned(),
    };
    let known = Known { currency: connection.currency, ..known };
    let checked = (forwarded.read)(connection.provider, &request, &known)
        .map_err(|rejection| Refusal::new(422, rejection.to_string()))?;
    if let Some(header) = connection.overridden(&checked.request) {
        return Err(Refusal::new(
            422,
            format!("This connection sets {header}; a request may not name another."),
        ));
    }
    Ok(checked.request)
}

/// The header fields that the operation declares. What is not text is left for the check to refuse.
fn declared(operation: &Operation, headers: &HeaderMap) -> Headers {
    let names = operation.fields.iter().filter_map(|field| match field.place {
        Place::Header(name) => Some(name),
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
