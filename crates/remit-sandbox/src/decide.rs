//! Which operation a request is for, and who sends it: what is decided before the books are asked.

use remit_core::emulate::{Refusal, signed_in};
use remit_core::wire::{Headers, Reply, Request};
use remit_core::{Instant, Operation, Provider};

use crate::Sandbox;
use crate::books::{End, Error, Ledger};
use crate::fault::Strike;
use crate::payment;

/// A request as it came, before anything of it is understood.
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) headers: Headers,
    /// `None` when it is not UTF-8.
    pub(crate) body: Option<String>,
}

/// A request that is for an operation, from somebody who is signed in.
pub(crate) struct Call<'a> {
    pub(crate) provider: &'static Provider,
    pub(crate) request: &'a Request,
    /// What stands in the path for the route's fields.
    pub(crate) route: &'a [(&'static str, String)],
    pub(crate) now: Instant,
}

/// The provider's answer or its refusal; an error where the books cannot say.
pub(crate) type Answered = Result<Result<Reply, Refusal>, Error>;

/// An operation that is emulated.
struct Emulated {
    operation: fn(&'static Provider) -> &'static Operation,
    /// Answers a call from the books, or refuses it.
    answer: fn(&Call<'_>, &Ledger<'_>) -> Answered,
}

/// All of them. Another operation is another line.
const OPERATIONS: &[Emulated] =
    &[Emulated { operation: |provider| &provider.payment, answer: payment::record }];

/// The answer, and what strikes it.
pub(crate) struct Decision {
    pub(crate) reply: Reply,
    pub(crate) strike: Strike,
}

impl Decision {
    fn plain(reply: Reply) -> Self {
        Self { reply, strike: Strike::NONE }
    }
}

/// The provider that is mounted where a path leads, and the rest of the path.
pub(crate) fn mounted(path: &str) -> Option<(&'static Provider, &str)> {
    let under = |provider: &'static Provider| {
        let rest = path.strip_prefix(provider.emulation.base)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((provider, rest))
    };
    // Of two bases of which one begins with the other, the longer.
    Provider::ALL.iter().copied().filter_map(under).min_by_key(|(_, rest)| rest.len())
}

/// Decides in the order in which a provider does: route, method, sign-in; then the operation's own.
pub(crate) fn decide(
    sandbox: &Sandbox,
    provider: &'static Provider,
    path: &str,
    incoming: &Incoming,
    now: Instant,
) -> Result<Decision, Error> {
    let refuse = |refusal: &Refusal| Decision::plain((provider.emulation.refuse)(refusal));
    let routed = OPERATIONS.iter().filter_map(|emulated| {
        let operation = (emulated.operation)(provider);
        Some((operation, emulated.answer, operation.matches(operation.method.name(), path)?))
    });
    let (mut fitting, others): (Vec<_>, Vec<_>) =
        routed.partition(|(operation, ..)| operation.method.name() == incoming.method);
    let Some((operation, answer, route)) = fitting.pop() else {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        return Ok(refuse(&if others.is_empty() {
            Refusal::NoRoute(path.to_owned())
        } else {
            Refusal::Method(incoming.method.clone())
        }));
    };
    let request = Request {
        method: operation.method,
        path: path.to_owned(),
        headers: incoming.headers.clone(),
        body: incoming.body.clone().unwrap_or_default(),
    };
    if let Err(fault) = signed_in(provider, &request, &incoming.path, now) {
        return Ok(refuse(&Refusal::SignIn(fault)));
    }
    if incoming.body.is_none() || !is_of(&request, operation.body.media_type()) {
        return Ok(refuse(&Refusal::Unreadable));
    }
    let call = Call { provider, request: &request, route: &route, now };
    sandbox.books.within(|ledger| {
        Ok(match answer(&call, ledger)? {
            Err(refusal) => (refuse(&refusal), End::Discard),
            Ok(reply) => {
                let strike = sandbox.faults().strike(provider.id);
                (Decision { reply, strike }, if strike.commits() { End::Keep } else { End::Discard })
            }
        })
    })
}

/// Whether the request says that its body is of this media type. Parameters such as a character set are passed over.
fn is_of(request: &Request, media_type: &str) -> bool {
    let given = request.headers.get("Content-Type").unwrap_or_default();
    given.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(media_type))
}
