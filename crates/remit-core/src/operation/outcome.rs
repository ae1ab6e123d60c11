//! What became of a payment. Four answers, and never a guess.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;

use crate::money::Money;
use crate::text::digits;
use crate::text::named::named;
use crate::wire::json::Json;
use crate::wire::{Headers, Response};

/// What became of a payment that was to be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The provider has recorded it.
    Recorded(Receipt),
    /// The provider has refused it. Nothing was recorded.
    Refused(Problem),
    /// It never left. Nothing was recorded; sending again is safe.
    NotSent(Reason),
    /// It may have been recorded. Only looking can tell; sending again could record it twice.
    Unknown(Reason),
}

/// Why there is no answer to what was asked: a refusal, or nobody can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The provider has refused it. Nothing was changed.
    Refused(Problem),
    /// It never left. Nothing was changed.
    NotSent(Reason),
    /// It may have been done. Where something was to be changed, only looking can tell.
    Unknown(Reason),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(problem) => Self::Refused(problem),
            Failure::NotSent(reason) => Self::NotSent(reason),
            Failure::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

/// The provider's word that something is recorded or removed: a payment, or an invoice that was added.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Receipt {
    /// The provider's identifier of the payment, or of the invoice that was added, where it gives one.
    pub payment_id: Option<String>,
    /// What is left to pay on the invoice, where the provider says.
    pub balance: Option<Money>,
    /// What has been paid on it in all, where the provider says.
    pub paid: Option<Money>,
    /// The invoice's status in the provider's word, where it says.
    pub status: Option<String>,
    /// The answer as it came.
    pub raw: String,
}

/// A refusal after sending: our code, and the provider's own words beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What kind of refusal it is.
    pub code: ProblemCode,
    /// The field that it points to.
    pub field: Option<&'static str>,
    /// What the provider said.
    pub words: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// Seconds after which the provider will listen again, where it says.
    pub retry_after: Option<u32>,
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemCode {
    /// The provider found the request wrong.
    Invalid,
    /// The credentials are missing or wrong.
    SignIn,
    /// The credentials do not permit it.
    Forbidden,
    /// There is no such invoice, or it is not to be seen.
    NotFound,
    /// It does not fit the present state; the payment may be there already.
    Conflict,
    /// Too many requests.
    Throttled,
}

impl ProblemCode {
    /// Every kind of refusal.
    pub const ALL: [Self; 6] =
        [Self::Invalid, Self::SignIn, Self::Forbidden, Self::NotFound, Self::Conflict, Self::Throttled];

    /// The stable text of the code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::SignIn => "sign_in",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
        }
    }
}

/// Why a payment was not sent, or why nobody can say what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What happened.
    pub cause: Cause,
    /// What was said of it, where anything was.
    pub words: Option<String>,
}

/// What kept a payment from being sent or its answer from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The address cannot be reached.
    Unreachable,
    /// The relay refused to forward it.
    Relay,
    /// The page stopped it before it was sent.
    Stopped,
    /// The connection broke, or no answer came in time.
    Lost,
    /// An answer came that says neither yes nor no.
    Unreadable,
    /// The provider failed while working on it.
    Failed,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 6] =
        [Self::Unreachable, Self::Relay, Self::Stopped, Self::Lost, Self::Unreadable, Self::Failed];

    /// The stable text of the cause.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Relay => "relay",
            Self::Stopped => "stopped",
            Self::Lost => "lost",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }
}

impl Reason {
    /// A cause without words.
    #[must_use]
    pub fn of(cause: Cause) -> Self {
        Self { cause, words: None }
    }

    /// A cause with words.
    #[must_use]
    pub fn new(cause: Cause, words: impl Into<String>) -> Self {
        Self { cause, words: Some(words.into()) }
    }
}

/// The header by which a relay says that an answer is its own and not the provider's.
pub const RELAY_HEADER: &str = "remit-outcome";
const NOT_SENT: &str = "not-sent";
const UNKNOWN: &str = "unknown";

impl Outcome {
    /// A relay's own answer: what it did not send, or lost track of. `None` for what only a provider can say.
    ///
    /// The body is `application/problem+json` [RFC 9457].
    #[must_use]
    pub fn relay_reply(&self, status: u16) -> Option<Response> {
        let (word, reason) = match self {
            Self::NotSent(reason) => (NOT_SENT, reason),
            Self::Unknown(reason) => (UNKNOWN, reason),
            Self::Recorded(_) | Self::Refused(_) => return None,
        };
        let title = if word == NOT_SENT { "Not sent" } else { "Outcome unknown" };
        let members = [
            ("title", Json::text(title)),
            ("status", Json::integer(status.into())),
            ("code", Json::text(reason.cause.as_str())),
            ("detail", Json::text(reason.words.clone().unwrap_or_default())),
        ];
        let headers: Headers =
            [(RELAY_HEADER, word), ("Content-Type", "application/problem+json")].into_iter().collect();
        Some(Response::new(status, headers, members.into_iter().collect::<Json>().print()))
    }
}

impl Failure {
    /// What a relay says of itself: the request that it did not send, or lost track of. `None` for a provider's answer.
    pub(crate) fn of_relay(reply: &Response) -> Option<Self> {
        let said = |fallback| {
            let json = Json::parse(&reply.body).ok();
            let text = |name| json.as_ref().and_then(|j| j.get(name)).and_then(Json::as_text);
            let cause = Cause::ALL.into_iter().find(|cause| Some(cause.as_str()) == text("code"));
            let words = text("detail").filter(|words| !words.is_empty()).map(str::to_owned);
            Reason { cause: cause.unwrap_or(fallback), words }
        };
        Some(match reply.headers.get(RELAY_HEADER)? {
            NOT_SENT => Self::NotSent(said(Cause::Relay)),
            _ => Self::Unknown(said(Cause::Lost)),
        })
    }

    /// A provider's refusal by its status alone, for a page to add its words to.
    ///
    /// A status that leaves open whether anything was changed is `Unknown`: 5xx and 408 because the provider may
    /// have failed after recording, anything outside 400 to 599 because no provider documents a refusal with it.
    pub(crate) fn by_status(reply: &Response, words: RefusalText) -> Self {
        let code = match reply.status {
            401 => ProblemCode::SignIn,
            403 => ProblemCode::Forbidden,
            404 => ProblemCode::NotFound,
            409 => ProblemCode::Conflict,
            429 => ProblemCode::Throttled,
            // 499 is a proxy's: its client hung up, when the provider may have had the request.
            408 | 499 | 500..=599 => return Self::unknown(reply, Cause::Failed, &words),
            400..=499 => ProblemCode::Invalid,
            _ => return Self::unknown(reply, Cause::Unreadable, &words),
        };
        Self::refused(reply, code, words)
    }

    /// Whether an answer says yes, where a yes has one status. `shows` is that it has a record in it, as a yes does, `fails`
    /// that it has what only a no has. One with both, or with either and the other's status, is neither yes nor no.
    pub(crate) fn require_success(
        reply: &Response,
        status: u16,
        shows: bool,
        fails: bool,
        words: RefusalText,
    ) -> Result<(), Self> {
        match (reply.is_success(), shows, fails) {
            (true, _, false) if reply.status == status => Ok(()),
            (false, false, _) => Err(Self::by_status(reply, words)),
            _ => Err(Self::unknown(reply, Cause::Unreadable, &words)),
        }
    }

    /// A refusal with a code that the page knows.
    pub(crate) fn refused(reply: &Response, code: ProblemCode, words: RefusalText) -> Self {
        let said = words.said(reply);
        Self::Refused(Problem {
            code,
            field: words.field,
            words: said,
            provider_code: words.code,
            retry_after: retry_after(reply),
        })
    }

    /// An answer that says neither yes nor no.
    pub(crate) fn unreadable(reply: &Response) -> Self {
        Self::unknown(reply, Cause::Unreadable, &RefusalText::default())
    }

    /// An answer after which nobody can say whether the payment was recorded.
    pub(crate) fn unknown(reply: &Response, cause: Cause, words: &RefusalText) -> Self {
        Self::Unknown(Reason { cause, words: words.said(reply) })
    }
}

/// The whole seconds of `Retry-After`. Its other form, a date, is a gateway's. [RFC 9110, 10.2.3]
pub(crate) fn retry_after(reply: &Response) -> Option<u32> {
    u32::try_from(digits::whole(reply.headers.get("Retry-After")?.trim())?).ok()
}

/// What a page has read from a refusal.
#[derive(Debug, Default)]
pub(crate) struct RefusalText {
    pub(crate) said: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) field: Option<&'static str>,
}

impl RefusalText {
    /// The words, or the status when there are none. Markup from a proxy is nobody's words.
    fn said(&self, reply: &Response) -> Option<String> {
        let body = reply.body.trim();
        let plain = !body.is_empty() && body.len() <= 300 && !body.starts_with(['<', '{', '[']);
        let said = self.said.clone().or_else(|| plain.then(|| body.to_owned()));
        Some(said.unwrap_or_else(|| ["HTTP ", &reply.status.to_string()].concat()))
    }
}

named!(ProblemCode, "a kind of refusal");
named!(Cause, "a cause");

impl fmt::Display for Failure {
    /// The state and its code, with the provider's or relay's text where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (state, code, text) = match self {
            Self::Refused(problem) => ("refused", problem.code.as_str(), problem.words.as_deref()),
            Self::NotSent(reason) => ("not sent", reason.cause.as_str(), reason.words.as_deref()),
            Self::Unknown(reason) => ("unknown outcome", reason.cause.as_str(), reason.words.as_deref()),
        };
        for part in [state, ": ", code] {
            f.write_str(part)?;
        }
        match text {
            Some(text) => f.write_str(", ").and_then(|()| f.write_str(text)),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_that_a_relay_did_not_send_would_be_taken_for_one_that_it_lost() {
        for (outcome, title) in [
            (Outcome::NotSent(Reason::new(Cause::Unreachable, "no route")), "Not sent"),
            (Outcome::Unknown(Reason::of(Cause::Lost)), "Outcome unknown"),
        ] {
            let reply = outcome.relay_reply(502).unwrap();
            assert_eq!(Failure::of_relay(&reply).map(Outcome::from), Some(outcome));
            let said = Json::parse(&reply.body).unwrap();
            assert_eq!(said.get("title"), Some(&Json::text(title)));
            assert_eq!((reply.status, said.get("status")), (502, Some(&Json::integer(502))));
        }
    }
}
