//! Outcomes of a payment: recorded, refused, not sent or unknown. Never a guess.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;

use crate::money::Money;
use crate::text::digits;
use crate::text::named::named;
use crate::wire::json::Json;
use crate::wire::{Headers, Response};

/// The outcome of sending a payment.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The provider recorded the payment.
    Recorded(Receipt),
    /// The provider refused the payment. Nothing was recorded.
    Refused(Problem),
    /// The payment was not sent. Nothing was recorded; sending again is safe.
    NotSent(Reason),
    /// The payment may have been recorded. List the invoice's payments to find out; sending again could record it
    /// twice.
    Unknown(Reason),
}

/// Why an operation has no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The provider refused the request. Nothing was changed.
    Refused(Problem),
    /// The request was not sent. Nothing was changed.
    NotSent(Reason),
    /// The request may have been executed. After a change, list the records to find out.
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

/// The provider's confirmation that a payment was recorded or removed, or an invoice added.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Receipt {
    /// The provider's identifier of the payment or of the added invoice, if the response has one.
    pub payment_id: Option<String>,
    /// The invoice's balance, if the response has it.
    pub balance: Option<Money>,
    /// The total paid on the invoice, if the response has it.
    pub paid: Option<Money>,
    /// The invoice's status in the provider's word, if the response has it.
    pub status: Option<String>,
    /// The unmodified body of the response.
    pub raw: String,
}

/// A refusal by the provider: a code of ours, and the provider's own code and message.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The kind of refusal.
    pub code: ProblemCode,
    /// The field that the refusal is about, if known.
    pub field: Option<&'static str>,
    /// The provider's message.
    pub words: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The number of seconds to wait before a retry, if the provider states it.
    pub retry_after: Option<u32>,
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemCode {
    /// The request is invalid.
    Invalid,
    /// The credentials are missing or wrong.
    SignIn,
    /// The credentials do not permit the request.
    Forbidden,
    /// The invoice does not exist, or is not visible to the caller.
    NotFound,
    /// The request conflicts with the current state; the payment may already be recorded.
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

/// Why a payment was not sent, or why its outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The cause.
    pub cause: Cause,
    /// The message that came with it, if any.
    pub words: Option<String>,
}

/// The cause of a payment that was not sent, or whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The server cannot be reached.
    Unreachable,
    /// The relay refused to forward the request.
    Relay,
    /// The page cancelled the payment before it was sent.
    Stopped,
    /// The connection broke, or the response timed out.
    Lost,
    /// The response neither confirms nor rejects.
    Unreadable,
    /// The provider failed while processing the request.
    Failed,
    /// The device has no network connection.
    Offline,
    /// The server does not accept requests from this page's origin.
    Origin,
    /// Another tab is recording a payment of the same invoice.
    Elsewhere,
    /// The page's session with the relay has expired, or is not valid.
    Session,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 10] = [
        Self::Unreachable,
        Self::Relay,
        Self::Stopped,
        Self::Lost,
        Self::Unreadable,
        Self::Failed,
        Self::Offline,
        Self::Origin,
        Self::Elsewhere,
        Self::Session,
    ];

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
            Self::Offline => "offline",
            Self::Origin => "origin",
            Self::Elsewhere => "elsewhere",
            Self::Session => "session",
        }
    }
}

impl Reason {
    /// Makes a reason without a message.
    #[must_use]
    pub fn of(cause: Cause) -> Self {
        Self { cause, words: None }
    }

    /// Makes a reason with a message.
    #[must_use]
    pub fn new(cause: Cause, words: impl Into<String>) -> Self {
        Self { cause, words: Some(words.into()) }
    }
}

/// The header that marks a response as the relay's own, not the provider's.
pub const RELAY_HEADER: &str = "remit-outcome";
/// The header in which a relay states how long it waits for the provider, in whole seconds from the arrival of the request.
/// Until then, a request without a response may still be in progress.
pub const DEADLINE_HEADER: &str = "remit-deadline";
/// The header with the key of a request that changes something. A relay sends a key to the provider at most once.
/// [draft-ietf-httpapi-idempotency-key-header-07]
pub const KEY_HEADER: &str = "idempotency-key";
/// The header that marks a relay's response as a repetition of an earlier one for the same key.
pub const REPLAYED_HEADER: &str = "idempotent-replayed";
const NOT_SENT: &str = "not-sent";
const UNKNOWN: &str = "unknown";
const RECORDED: &str = "recorded";
const PAYMENT_ID: &str = "paymentId";

impl Outcome {
    /// A relay's own response, for a request that it did not send, or whose response was lost, or for a change that it
    /// has found recorded. `None` for a refusal, which only a provider can report.
    ///
    /// The body is `application/problem+json` [RFC 9457]; for a recorded change, it is `application/json`.
    #[must_use]
    pub fn relay_reply(&self, status: u16) -> Option<Response> {
        let (word, reason) = match self {
            Self::NotSent(reason) => (NOT_SENT, reason),
            Self::Unknown(reason) => (UNKNOWN, reason),
            Self::Recorded(receipt) => {
                let members = [
                    ("title", Json::text("Recorded")),
                    ("status", Json::integer(status.into())),
                    (PAYMENT_ID, receipt.payment_id.as_ref().map_or(Json::Null, Json::text)),
                ];
                let headers = [(RELAY_HEADER, RECORDED), ("Content-Type", "application/json")];
                let body = members.into_iter().collect::<Json>().print();
                return Some(Response::new(status, headers.into_iter().collect(), body));
            }
            Self::Refused(_) => return None,
        };
        let title = if word == NOT_SENT { "Not sent" } else { "Outcome unknown" };
        let detail = reason.words.clone().unwrap_or_default();
        let message = if detail.is_empty() { title } else { &detail };
        let members = [
            ("title", Json::text(title)),
            ("status", Json::integer(status.into())),
            ("code", Json::text(reason.cause.as_str())),
            // Most clients of the providers show this member, and none of the others.
            ("message", Json::text(message)),
            ("detail", Json::text(detail.as_str())),
        ];
        let headers: Headers =
            [(RELAY_HEADER, word), ("Content-Type", "application/problem+json")].into_iter().collect();
        Some(Response::new(status, headers, members.into_iter().collect::<Json>().print()))
    }
}

impl Failure {
    /// Reads a relay's own response. `None` for a provider's response.
    pub(crate) fn of_relay(response: &Response) -> Option<Result<Receipt, Self>> {
        let word = response.headers.get(RELAY_HEADER)?;
        let json = Json::parse(&response.body).ok();
        let text = |name| json.as_ref().and_then(|j| j.get(name)).and_then(Json::as_text);
        let reason = |fallback| {
            let cause = Cause::ALL.into_iter().find(|cause| Some(cause.as_str()) == text("code"));
            let words = text("detail").filter(|words| !words.is_empty()).map(str::to_owned);
            Reason { cause: cause.unwrap_or(fallback), words }
        };
        Some(match word {
            RECORDED => Ok(Receipt {
                payment_id: text(PAYMENT_ID).map(str::to_owned),
                raw: response.body.clone(),
                ..Receipt::default()
            }),
            NOT_SENT => Err(Self::NotSent(reason(Cause::Relay))),
            _ => Err(Self::Unknown(reason(Cause::Lost))),
        })
    }

    /// A provider's failure, decided only by the status; `refusal` has the texts that the page has read.
    ///
    /// A status that leaves open whether anything was changed is `Unknown`: 5xx and 408 because the provider may have
    /// failed after recording, anything outside 400 to 599 because no provider documents a refusal with it.
    pub(crate) fn by_status(response: &Response, refusal: RefusalText) -> Self {
        let code = match response.status {
            401 => ProblemCode::SignIn,
            403 => ProblemCode::Forbidden,
            404 => ProblemCode::NotFound,
            409 => ProblemCode::Conflict,
            429 => ProblemCode::Throttled,
            // A proxy sends 499 if its client disconnected; the provider may have received the request.
            408 | 499 | 500..=599 => return Self::unknown(response, Cause::Failed, &refusal),
            400..=499 => ProblemCode::Invalid,
            _ => return Self::unknown(response, Cause::Unreadable, &refusal),
        };
        Self::refused(response, code, refusal)
    }

    /// Requires that a response confirms the request. A confirmation has exactly `status`.
    ///
    /// `has_record` is whether the response contains a record, as confirmations do; `has_error` is whether it contains
    /// an error, as only rejections do. A response with both, or with one of them and the other's status, neither
    /// confirms nor rejects.
    pub(crate) fn require_success(
        response: &Response,
        status: u16,
        has_record: bool,
        has_error: bool,
        refusal: RefusalText,
    ) -> Result<(), Self> {
        match (response.is_success(), has_record, has_error) {
            (true, _, false) if response.status == status => Ok(()),
            (false, false, _) => Err(Self::by_status(response, refusal)),
            _ => Err(Self::unknown(response, Cause::Unreadable, &refusal)),
        }
    }

    /// A refusal with this code.
    pub(crate) fn refused(response: &Response, code: ProblemCode, refusal: RefusalText) -> Self {
        let words = refusal.words_or_status(response);
        Self::Refused(Problem {
            code,
            field: refusal.field,
            words,
            provider_code: refusal.code,
            retry_after: retry_after(response),
        })
    }

    /// A response that neither confirms nor rejects.
    pub(crate) fn unreadable(response: &Response) -> Self {
        Self::unknown(response, Cause::Unreadable, &RefusalText::default())
    }

    /// A response after which the outcome is unknown.
    pub(crate) fn unknown(response: &Response, cause: Cause, refusal: &RefusalText) -> Self {
        Self::Unknown(Reason { cause, words: refusal.words_or_status(response) })
    }
}

/// The seconds in `Retry-After`. Its other form, a date, is ignored: only gateways send it. [RFC 9110, 10.2.3]
pub(crate) fn retry_after(response: &Response) -> Option<u32> {
    u32::try_from(digits::whole(response.headers.get("Retry-After")?.trim())?).ok()
}

/// The message, code and field of a refusal, as the provider's page reads them.
#[derive(Debug, Default)]
pub(crate) struct RefusalText {
    pub(crate) words: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) field: Option<&'static str>,
}

impl RefusalText {
    /// The members `message` and `code` of a JSON body.
    pub(crate) fn of_json(json: &Json) -> Self {
        let words = json.get("message").and_then(Json::as_text).map(str::to_owned);
        let code = json.get("code").and_then(Json::scalar).map(str::to_owned);
        Self { words, code, field: None }
    }

    /// The message, else a short plain-text body, else the status. Markup is a proxy's, and is ignored.
    fn words_or_status(&self, response: &Response) -> Option<String> {
        let body = response.body.trim();
        let is_plain = !body.is_empty() && body.len() <= 300 && !body.starts_with(['<', '{', '[']);
        let words = self.words.clone().or_else(|| is_plain.then(|| body.to_owned()));
        Some(words.unwrap_or_else(|| ["HTTP ", &response.status.to_string()].concat()))
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
    fn reads_back_every_outcome_that_a_relay_reports() {
        for (failure, title, message) in [
            (Failure::NotSent(Reason::new(Cause::Unreachable, "no route")), "Not sent", "no route"),
            (Failure::NotSent(Reason::of(Cause::Session)), "Not sent", "Not sent"),
            (Failure::Unknown(Reason::of(Cause::Lost)), "Outcome unknown", "Outcome unknown"),
        ] {
            let response = Outcome::from(failure.clone()).relay_reply(502).unwrap();
            assert_eq!(Failure::of_relay(&response), Some(Err(failure)));
            let body = Json::parse(&response.body).unwrap();
            assert_eq!(body.get("title"), Some(&Json::text(title)));
            assert_eq!(body.get("message"), Some(&Json::text(message)));
            assert_eq!((response.status, body.get("status")), (502, Some(&Json::integer(502))));
        }
    }

    #[test]
    fn reads_back_a_change_that_a_relay_has_found_recorded() {
        for payment_id in [Some("a1".to_owned()), None] {
            let receipt = Receipt { payment_id: payment_id.clone(), ..Receipt::default() };
            let response = Outcome::Recorded(receipt).relay_reply(200).unwrap();
            let read = Failure::of_relay(&response).unwrap().unwrap();
            assert_eq!((&read.payment_id, &read.raw), (&payment_id, &response.body));
            assert_eq!(response.headers.get("content-type"), Some("application/json"));
            let body = Json::parse(&response.body).unwrap();
            assert_eq!(body.get("title"), Some(&Json::text("Recorded")));
            assert_eq!(body.get("status"), Some(&Json::integer(200)));
        }
    }

    #[test]
    fn an_unknown_word_of_a_relay_is_an_unknown_outcome() {
        for word in ["", "Recorded", "settled"] {
            let headers = [(RELAY_HEADER, word)].into_iter().collect();
            let response = Response::new(200, headers, r#"{"paymentId":"a1"}"#);
            let expected = Failure::Unknown(Reason::of(Cause::Lost));
            assert_eq!(Failure::of_relay(&response), Some(Err(expected)), "{word}");
        }
    }
}
