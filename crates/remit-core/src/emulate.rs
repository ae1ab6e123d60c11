//! The provider's side of the wire, for the sandbox and the tests: what a page says of its provider's invoices,
//! credentials, answers and refusals. Not part of anything that goes to a browser.

mod filter;
mod list;

use crate::auth::{Scheme, Secrets, sign_in};
use crate::check::Values;
use crate::draft::Draft;
use crate::finding::Rejection;
use crate::instant::{Instant, Zone};
pub use crate::known::State;
use crate::known::Transaction;
use crate::money::Money;
use crate::operation::{Operation, Purpose};
use crate::provider::Provider;
use crate::wire::json::Json;
use crate::wire::{Headers, Reply, Request};
pub use filter::{Accepts, Asked, Filter};
pub(crate) use list::{around, cursor, named, slice};

/// A provider, emulated.
#[derive(Debug, Clone, Copy)]
pub struct Emulation {
    /// Where it is mounted; stands for the provider's host and base path.
    pub base: &'static str,
    /// Values of fields that every seeded invoice shares, such as the workspace.
    pub ids: &'static [(&'static str, &'static str)],
    /// For each way to sign in, in the order of [`Provider::auth`], what is accepted.
    pub credentials: &'static [&'static [(&'static str, &'static str)]],
    /// The n-th identifier in the provider's style.
    pub identifier: fn(u64) -> String,
    /// The provider's word for each state.
    pub words: &'static [(State, &'static str)],
    /// The states in which a payment is taken.
    pub payable: &'static [State],
    /// Whether a draft that is paid in part stays a draft.
    pub draft_stays: bool,
    /// How many requests are taken.
    pub throttle: Option<Throttle>,
    /// What lists are asked beside their fields.
    pub filters: &'static [Filter],
    /// Query parameters that stand for a header: the name of each, the header, and what goes before the value there.
    pub in_query: &'static [(&'static str, &'static str, &'static str)],
    /// The answer to an operation that succeeded.
    pub answer: fn(&Seen<'_>) -> Reply,
    /// The answer to a request that is refused: for this operation, or recording a payment where it was for none.
    pub refuse: fn(&Refusal, &Operation) -> Reply,
}

/// How many requests a provider takes from one caller before it refuses them.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// So many.
    pub calls: usize,
    /// Within so many seconds.
    pub seconds: u32,
    /// Only from callers that sign in by the way at this place in [`Provider::auth`].
    pub only: Option<usize>,
}

impl Emulation {
    /// The provider's word for a state.
    #[must_use]
    pub fn word(&self, state: State) -> &'static str {
        word(self.words, state)
    }

    /// The state of an invoice of which so much has been paid.
    #[must_use]
    pub fn state_of(&self, invoice: &Entry) -> State {
        match invoice.unpaid {
            State::Void => State::Void,
            unpaid if invoice.paid.minor() <= 0 => unpaid,
            _ if invoice.paid.minor() >= invoice.amount.minor() => State::Paid,
            State::Draft if self.draft_stays => State::Draft,
            _ => State::Partial,
        }
    }
}

/// One of these words, for a state.
pub(crate) fn word(words: &[(State, &'static str)], state: State) -> &'static str {
    words.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| word)
}

/// An invoice in the sandbox's books.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The provider's identifier.
    pub id: String,
    /// The number that people know it by.
    pub number: String,
    /// What it comes to.
    pub amount: Money,
    /// What has been paid.
    pub paid: Money,
    /// Its state.
    pub state: State,
    /// Its state while nothing is paid.
    pub unpaid: State,
    /// When it was issued.
    pub issued: Instant,
    /// When it is due.
    pub due: Instant,
    /// The customer, by the provider's identifier.
    pub client: String,
}

impl Entry {
    /// What is left to pay; below zero when more was paid.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.amount.checked_sub(self.paid).unwrap_or(self.amount)
    }
}

/// A payment in the sandbox's books.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The provider's identifier.
    pub id: String,
    /// The invoice that was paid.
    pub invoice_id: String,
    /// The bank transaction that it is taken from.
    pub transaction_id: Option<String>,
    /// How much.
    pub amount: Money,
    /// When it was paid.
    pub paid_at: Instant,
    /// A note.
    pub note: Option<String>,
    /// Everything else that was given, as a draft.
    pub fields: Draft,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// What there is in the books of what was asked for, or was just changed. An answer is made from it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What the operation is for.
    pub purpose: Purpose,
    /// What was asked, field by field.
    pub values: &'a Values<'a>,
    /// What was asked beside the fields.
    pub asked: &'a Asked,
    /// Now.
    pub now: Instant,
    /// The records.
    pub found: Found<'a>,
}

/// The records that an operation is about.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// A payment was recorded, or is shown; the invoice as it now stands.
    Payment(&'a Entry, &'a Posted),
    /// A payment was removed; the invoice as it now stands.
    Removed(&'a Entry),
    /// All payments of an invoice, in the order in which they were recorded.
    Payments(&'a Entry, &'a [Posted]),
    /// An invoice was added.
    Added(&'a Entry),
    /// An invoice with its payments.
    Invoice(&'a Entry, &'a [Posted]),
    /// All invoices, in the order in which they were added.
    Invoices(&'a [Entry]),
    /// All bank transactions.
    Transactions(&'a [Transaction]),
    /// A bank transaction with the payments that are taken from it.
    Allocations(&'a Transaction, &'a [Posted]),
    /// Nothing: the provider answers from itself.
    Nothing,
}

/// Why the provider refuses a request.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The caller is not signed in.
    SignIn(SignInFault),
    /// Nothing is at this path.
    NoRoute(String),
    /// Something is at this path, but not for this method.
    Method {
        /// The method that was tried.
        given: String,
        /// Those that are taken, separated by commas.
        allowed: String,
    },
    /// There is no such invoice, or not in this workspace.
    NoInvoice,
    /// There is no such payment on the invoice.
    NoPayment,
    /// There is no such bank transaction.
    NoTransaction,
    /// The invoice takes no payment in its state.
    State(State),
    /// The body cannot be read at all.
    Unreadable,
    /// The request breaks a rule.
    Invalid(Rejection),
    /// Too many requests; so many seconds have to pass.
    Throttled(u32),
}

/// Why a caller is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFault {
    /// No credentials, or several kinds at once.
    NotOne,
    /// Credentials of the scheme at this place, and they are wrong.
    Wrong(usize),
    /// Credentials of the scheme at this place, for another business or account than the one that is named beside them.
    Elsewhere(usize),
    /// Signed too long ago, or in the future.
    Stale,
}

impl SignInFault {
    /// `wrong` has a text for each scheme.
    pub(crate) fn pick(self, not_one: &'static str, wrong: &[&'static str]) -> &'static str {
        match self {
            Self::Wrong(at) | Self::Elsewhere(at) => wrong.get(at).copied().unwrap_or(not_one),
            Self::NotOne | Self::Stale => not_one,
        }
    }
}

/// How far a signature's date may be off, in seconds. [ivvycode/apidocs: 5 minutes]
const FRESH: i64 = 5 * 60;

/// Checks a request's credentials by signing in the same request anew and comparing.
///
/// `mounted` is the path as it came, with [`Emulation::base`] before it: an independent client signs that one.
///
/// The place in [`Provider::auth`] of the way by which the caller has signed in.
///
/// # Errors
/// [`SignInFault`].
#[cfg_attr(not(feature = "sign"), allow(unused_variables, reason = "only a signature is over the path"))]
pub fn signed_in(
    provider: &Provider,
    request: &Request,
    mounted: &str,
    now: Instant,
) -> Result<usize, SignInFault> {
    let request = &with_plain_scheme(request);
    let shown = |scheme: &Scheme| match scheme {
        Scheme::Header { header, .. } => request.headers.get(header),
        Scheme::Bearer { .. } => request.headers.get("Authorization").filter(|v| v.starts_with("Bearer ")),
        Scheme::Basic { .. } => request.headers.get("Authorization").filter(|v| v.starts_with("Basic ")),
        Scheme::Signed { .. } => request.headers.get("X-Api-Authorization"),
    };
    let mut used = provider.auth.iter().enumerate().filter(|(_, scheme)| shown(scheme).is_some());
    let (Some((at, scheme)), None) = (used.next(), used.next()) else { return Err(SignInFault::NotOne) };
    let accepted = provider.emulation.credentials.get(at).ok_or(SignInFault::Wrong(at))?;
    let secrets: Secrets = accepted.iter().copied().collect();
    let signed_at = match scheme {
        Scheme::Signed { .. } => {
            let date = request.headers.get("IVVY-Date").or_else(|| request.headers.get("Date"));
            let date = date.and_then(signing_date).ok_or(SignInFault::Wrong(at))?;
            if (date.unix() - now.unix()).abs() > FRESH {
                return Err(SignInFault::Stale);
            }
            date
        }
        _ => now,
    };
    #[cfg(feature = "sign")]
    if let Scheme::Signed { key, secret } = scheme {
        let holds = |path| signature_holds(request, path, secrets.get(key), secrets.get(secret));
        return if holds(&request.path) || holds(mounted) { Ok(at) } else { Err(SignInFault::Wrong(at)) };
    }
    let mut expected = Request { headers: Headers::default(), ..request.clone() };
    sign_in(provider.auth.get(at..=at).unwrap_or_default(), &mut expected, &secrets, Some(signed_at))
        .map_err(|_| SignInFault::Wrong(at))?;
    let differs = |(name, value): &(&str, &str)| request.headers.get(name) != Some(value);
    let others: Vec<_> = expected.headers.iter().filter(differs).collect();
    // What is in the scheme's own header is the secret; beside it stands for whom.
    let is_beside = |(name, _): &(&str, &str)| {
        let given = request.headers.get(name);
        given.is_some() && given != shown(scheme)
    };
    match others.as_slice() {
        [] => Ok(at),
        others if others.iter().all(is_beside) => Err(SignInFault::Elsewhere(at)),
        _ => Err(SignInFault::Wrong(at)),
    }
}

/// A path and header fields, with what stands in the query for a header in its header. One that is there counts.
#[must_use]
pub fn in_headers(provider: &Provider, path: &str, headers: &Headers) -> (String, Headers) {
    let mut headers = headers.clone();
    let Some((bare, query)) = path.split_once('?') else { return (path.to_owned(), headers) };
    let mut rest = Vec::new();
    for pair in query.split('&') {
        let given = form_urlencoded::parse(pair.as_bytes()).next();
        let known = given.and_then(|(name, value)| {
            let (_, header, before) =
                provider.emulation.in_query.iter().find(|(known, ..)| name == *known)?;
            Some((*header, format!("{before}{value}")))
        });
        match known {
            Some((header, value)) if headers.get(header).is_none() => headers.set(header, value),
            Some(_) => {}
            None => rest.push(pair),
        }
    }
    let query = rest.join("&");
    (if query.is_empty() { bare.to_owned() } else { format!("{bare}?{query}") }, headers)
}

/// The request with its scheme spelled and spaced as we do: its case does not matter, nor how many spaces follow it.
/// [RFC 9110, 11.1 and 11.4]
fn with_plain_scheme(request: &Request) -> Request {
    let mut plain = request.clone();
    if let Some((scheme, rest)) = request.headers.get("Authorization").and_then(|text| text.split_once(' ')) {
        let known = ["Basic", "Bearer"].into_iter().find(|known| known.eq_ignore_ascii_case(scheme));
        let scheme = known.unwrap_or(scheme);
        plain.headers.set("Authorization", format!("{scheme} {}", rest.trim_start_matches(' ')));
    }
    plain
}

/// The date of a signature: as the provider writes it, or as HTTP does. [RFC 9110, 5.6.7]
fn signing_date(text: &str) -> Option<Instant> {
    let http = || Instant::from_unix(chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp());
    Instant::read(text, Zone::Unknown).ok().map(|reading| reading.instant).or_else(http)
}

#[cfg(feature = "sign")]
fn signature_holds(request: &Request, path: &str, key: Option<&str>, secret: Option<&str>) -> bool {
    let (Some(key), Some(secret)) = (key, secret) else { return false };
    let md5 = crate::sign::body_md5(&request.body);
    let signature = crate::sign::signature(request.method.name(), path, &request.headers, secret);
    let expected = signature.map(|signature| format!("IWS {key}:{signature}"));
    request.headers.get("Content-MD5") == Some(&md5)
        && request.headers.get("X-Api-Authorization").map(str::to_owned) == expected
}

/// A JSON answer.
pub(crate) fn reply_json<N: Into<String>>(
    status: u16,
    members: impl IntoIterator<Item = (N, Json)>,
) -> Reply {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Reply::new(status, headers, members.into_iter().collect::<Json>().print())
}

/// A count, as JSON has it.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A JSON answer that is a list.
pub(crate) fn reply_list(status: u16, items: Vec<Json>) -> Reply {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Reply::new(status, headers, Json::Array(items).print())
}

/// What an operation has no answer for, because it has no such operation.
pub(crate) fn unanswered() -> Reply {
    Reply::new(501, Default::default(), "")
}

/// Identifiers of 24 hexadecimal digits.
pub(crate) fn hex24(n: u64) -> String {
    format!("{:024x}", 0x64a6_87e2_9ae1_0000_u64.wrapping_add(n))
}

/// UUIDs, version 8: made by us. [RFC 9562, 5.8]
pub(crate) fn uuid(n: u64) -> String {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(
        "{:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
        mixed >> 32,
        (mixed >> 16) & 0xffff,
        mixed & 0xfff,
        n & 0xfff,
        n
    )
}

/// Row numbers.
pub(crate) fn row(n: u64) -> String {
    n.to_string()
}

#[cfg(test)]
#[cfg(feature = "sign")]
mod tests {
    use super::*;
    use crate::wire::Method;

    /// A request that a client has signed by itself, with this field for its date.
    fn signed(provider: &Provider, date: (&str, &str), path: &str) -> Request {
        let Scheme::Signed { key, secret } = provider.auth[0] else { panic!("it signs") };
        let secrets: Secrets = provider.emulation.credentials[0].iter().copied().collect();
        let headers = [("Content-MD5", crate::sign::body_md5("{}")), (date.0, date.1.to_owned())];
        let headers: Headers = headers.into_iter().collect();
        let mut request =
            Request { method: Method::Post, path: "/x".to_owned(), headers, body: "{}".to_owned() };
        let secret = secrets.get(secret).unwrap();
        let signature = crate::sign::signature("POST", path, &request.headers, secret).unwrap();
        let authorization = format!("IWS {}:{signature}", secrets.get(key).unwrap());
        request.headers.set("X-Api-Authorization", authorization);
        request
    }

    #[test]
    fn a_client_that_spells_its_scheme_in_other_capitals_is_let_in_and_a_wrong_secret_is_not() {
        let mut seen = 0;
        for provider in Provider::ALL {
            for (at, accepted) in provider.emulation.credentials.iter().enumerate() {
                let secrets: Secrets = accepted.iter().copied().collect();
                let headers = Headers::default();
                let mut request =
                    Request { method: Method::Post, path: "/x".to_owned(), headers, body: String::new() };
                let now = Instant::from_unix(0);
                sign_in(&provider.auth[at..=at], &mut request, &secrets, now).unwrap();
                let Some((scheme, secret)) =
                    request.headers.get("Authorization").and_then(|value| value.split_once(' '))
                else {
                    continue;
                };
                seen += 1;
                let other = secret.chars().rev().collect::<String>();
                for (value, expected) in [
                    (format!("{} {secret}", scheme.to_lowercase()), Ok(at)),
                    (format!("{}   {secret}", scheme.to_uppercase()), Ok(at)),
                    (format!("{scheme} {}", secret.to_uppercase()), Err(SignInFault::Wrong(at))),
                    (format!("{scheme} {other}"), Err(SignInFault::Wrong(at))),
                    (format!("{scheme}{secret}"), Err(SignInFault::NotOne)),
                    (format!("Digest {secret}"), Err(SignInFault::NotOne)),
                ] {
                    let mut shown = request.clone();
                    shown.headers.set("Authorization", &value);
                    assert_eq!(
                        signed_in(provider, &shown, "/base/x", now.unwrap()),
                        expected,
                        "{}: {value}",
                        provider.id
                    );
                }
            }
        }
        assert!(seen >= 2);
    }

    #[test]
    fn a_client_that_signs_by_itself_is_let_in_while_its_signature_is_fresh() {
        let signs = |provider: &&&Provider| matches!(provider.auth[0], Scheme::Signed { .. });
        let then = Instant::read("1994-11-15T08:12:31Z", Zone::Unknown).unwrap().instant;
        let after = |seconds| Instant::from_unix(then.unix() + seconds).unwrap();
        for provider in Provider::ALL.iter().filter(signs) {
            for date in [
                ("IVVY-Date", "1994-11-15 08:12:31"),
                ("IVVY-Date", "1994-11-15 08:12:31 UTC"),
                ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
            ] {
                let check = |path, now| signed_in(provider, &signed(provider, date, path), "/base/x", now);
                for path in ["/x", "/base/x"] {
                    assert_eq!(check(path, after(300)), Ok(0), "{date:?}");
                    assert_eq!(check(path, after(301)), Err(SignInFault::Stale));
                    assert_eq!(check(path, after(-301)), Err(SignInFault::Stale));
                }
                assert_eq!(check("/y", then), Err(SignInFault::Wrong(0)));
            }
        }
    }
}
