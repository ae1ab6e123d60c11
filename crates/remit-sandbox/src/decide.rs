//! Decides the response to a request: finds the operation, authenticates and throttles the caller, then uses the books.

use std::collections::BTreeSet;

use remit_core::emulate::Refusal;
use remit_core::emulate::filter::Asked;
use remit_core::emulate::sign_in::{in_headers, signed_in};
use remit_core::wire::{Headers, Request, Response};
use remit_core::{Code, Instant, Operation, Param, Provider, Purpose, Rejection};

use crate::books::{End, Error, Ledger};
use crate::call::{Call, Stop};
use crate::fault::Strike;
use crate::sandbox::Sandbox;
use crate::{invoice, payment, read};

/// A received request, before it is parsed.
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) headers: Headers,
    /// `None` if the body is not UTF-8.
    pub(crate) body: Option<String>,
}

/// Carries a call out on the books.
fn carry_out(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    match call.operation.purpose {
        Purpose::RecordPayment => payment::record(call, ledger),
        Purpose::DeletePayment => payment::remove(call, ledger),
        Purpose::AddInvoice => invoice::add(call, ledger),
        _ => read::read(call, ledger),
    }
}

/// The response, and the fault that applies to it.
pub(crate) struct Decision {
    pub(crate) reply: Response,
    pub(crate) strike: Strike,
}

impl Decision {
    fn plain(reply: Response) -> Self {
        Self { reply, strike: Strike::NONE }
    }
}

/// The provider whose base path the path starts with, and the rest of the path.
pub(crate) fn mounted(path: &str) -> Option<(&'static Provider, &str)> {
    let split = |provider: &'static Provider| {
        let rest = path.strip_prefix(provider.emulation.base)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((provider, rest))
    };
    // One base path may be a prefix of another. The longest match applies.
    Provider::ALL.iter().copied().filter_map(split).min_by_key(|(_, rest)| rest.len())
}

/// Checks in a provider's order: route, method, authentication, throttle, media type, then the operation's own checks.
pub(crate) fn decide(
    sandbox: &Sandbox,
    provider: &'static Provider,
    path: &str,
    incoming: &Incoming,
    now: Instant,
) -> Result<Decision, Error> {
    let refuse = |refusal: &Refusal, operation: &Operation| {
        Decision::plain((provider.emulation.refuse)(refusal, operation))
    };
    let (path, headers) = in_headers(&provider.emulation, path, &incoming.headers);
    let path = path.as_str();
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let at = |path| {
        provider.all_operations().filter_map(move |operation| {
            let (path, asked) = Asked::take(provider.emulation.filters, operation.purpose, path);
            let route = operation.matches(operation.method.name(), &path)?;
            Some((operation, route, path, asked))
        })
    };
    let has_method = |(operation, ..): &(&Operation, _, _, _)| operation.method.name() == incoming.method;
    // Of several operations at one path, the one whose fields cover most of the query.
    let found = at(path).filter(has_method).min_by_key(|(.., asked)| asked.len());
    let Some((operation, route, path, asked)) = found else {
        if let Some((operation, ..)) = at(bare).find(has_method) {
            let value = Param::Text(query.to_owned());
            let rejection = Rejection::of("", Code::MemberUnknown, vec![("value", value)]);
            return Ok(refuse(&Refusal::Invalid(rejection), operation));
        }
        let methods = at(path).chain(at(bare)).map(|(operation, ..)| operation.method.name());
        let allowed: Vec<_> = methods.collect::<BTreeSet<_>>().into_iter().collect();
        let refusal = if allowed.is_empty() {
            Refusal::NoRoute(bare.to_owned())
        } else {
            Refusal::Method { given: incoming.method.clone(), allowed: allowed.join(", ") }
        };
        return Ok(refuse(&refusal, &provider.payment));
    };
    let refuse = |refusal: &Refusal| refuse(refusal, operation);
    let request =
        Request { method: operation.method, path, headers, body: incoming.body.clone().unwrap_or_default() };
    match signed_in(provider.auth, &provider.emulation, &request, &incoming.path, now) {
        Err(fault) => return Ok(refuse(&Refusal::SignIn(fault))),
        Ok(scheme) => {
            if let Err(seconds) = sandbox.throttles().pass(provider, scheme) {
                return Ok(refuse(&Refusal::Throttled(seconds)));
            }
        }
    }
    let has_type = operation.body.is_empty() || has_media_type(&request, operation.body.media_type());
    if incoming.body.is_none() || !has_type {
        return Ok(refuse(&Refusal::Unreadable));
    }
    let call = Call { provider, operation, request: &request, route: &route, asked: &asked, now };
    sandbox.books.within(|ledger| match carry_out(&call, ledger) {
        Err(Stop::Books(error)) => Err(error),
        Err(Stop::Refusal(refusal)) => Ok((refuse(&refusal), End::Discard)),
        Ok(reply) => {
            let changes = operation.purpose.changes();
            let strike = if changes { sandbox.faults().strike(provider.id) } else { Strike::NONE };
            let end = if strike.commits() { End::Keep } else { End::Discard };
            Ok((Decision { reply, strike }, end))
        }
    })
}

/// Whether `Content-Type` is this media type. Parameters, such as a character set, are ignored.
fn has_media_type(request: &Request, media_type: &str) -> bool {
    let content_type = request.headers.get("Content-Type").unwrap_or_default();
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}
