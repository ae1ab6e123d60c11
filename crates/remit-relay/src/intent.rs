//! Intents: changes that a caller means to make, each under an idempotency key of its own.

use remit_core::wire::Response;

/// How far an intent has got.
///
/// ```text
/// prepared ─▶ sending ─▶ recorded | refused | unknown ─▶ settled | absent | person
///    ▲  └───────┴──────▶ not_sent                any of these, after the retention ─▶ expired
///    └──────the same key────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The key is taken, and nothing has been sent.
    Prepared,
    /// The request has been sent, or was about to be.
    Sending,
    /// The provider confirmed the change.
    Recorded,
    /// The provider refused the change.
    Refused,
    /// Nothing was sent. The same key may be used again.
    NotSent,
    /// The change may have been made. It is being looked for.
    Unknown,
    /// The change was found in the provider's records.
    Settled,
    /// The change is not in the provider's records, and no request can still be pending.
    Absent,
    /// The provider's records do not tell: a person has to decide.
    Person,
    /// Everything but the key has been deleted.
    Expired,
}

impl State {
    const ALL: [Self; 10] = [
        Self::Prepared,
        Self::Sending,
        Self::Recorded,
        Self::Refused,
        Self::NotSent,
        Self::Unknown,
        Self::Settled,
        Self::Absent,
        Self::Person,
        Self::Expired,
    ];

    /// The stable text of the state, in the store and in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Recorded => "recorded",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::Absent => "absent",
            Self::Person => "person",
            Self::Expired => "expired",
        }
    }

    pub(crate) fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A key with the caller and the connection that it belongs to. The same key of another caller is another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyOf {
    /// The host whose session the caller has; empty if the relay is open.
    pub(crate) tenant: String,
    pub(crate) connection: String,
    pub(crate) key: String,
}

/// A change to make: what the store keeps before anything is sent.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) key: KeyOf,
    /// Equal for equal requests, whatever the order of their members.
    pub(crate) fingerprint: String,
    /// The operation's purpose.
    pub(crate) operation: &'static str,
    /// The invoice that is changed, or the number of a new one. Changes of one invoice are made one at a time.
    pub(crate) invoice: Option<String>,
    /// The amount in minor units, if the change records one.
    pub(crate) amount: Option<i64>,
    /// The request as the relay rewrote it, without credentials.
    pub(crate) request: String,
    /// The session that permits the change.
    pub(crate) session: Option<Budget>,
    /// Who makes the change, in the host's words.
    pub(crate) by: Option<String>,
}

/// A session's limit: the sum of the amounts of its intents.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    /// The identifier of the session's token.
    pub(crate) session: String,
    /// The limit in minor units; `None` if there is none.
    pub(crate) limit: Option<i64>,
}

/// The right to go on with an intent. It ends when another attempt begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) attempt: i64,
}

/// An intent in the store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intent {
    pub(crate) ticket: Ticket,
    pub(crate) key: KeyOf,
    pub(crate) fingerprint: String,
    pub(crate) operation: String,
    pub(crate) invoice: Option<String>,
    pub(crate) request: String,
    pub(crate) state: State,
    /// The identifiers of the records that it could be taken for, from before the request, if they could be listed.
    pub(crate) before: Option<Vec<String>>,
    /// The response to the caller, once there is one.
    pub(crate) response: Option<Response>,
    /// The provider's identifier of the recorded payment or the added invoice, if it is known.
    pub(crate) payment: Option<String>,
    /// For how long the change has been missing from the provider's records, in milliseconds, if it was looked for.
    pub(crate) missing: Option<i64>,
    /// The age in milliseconds.
    pub(crate) age: i64,
}

/// The result of claiming a key.
#[derive(Debug)]
pub(crate) enum Claimed {
    /// The caller may go on.
    Granted(Ticket),
    /// The key has been used for the same request.
    Known(Box<Intent>),
    /// The key has been used for another request.
    Mismatch,
    /// Another change of the invoice is not finished: in this state.
    Busy(State),
    /// The session's limit would be exceeded.
    OverLimit,
}

/// How an attempt ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) state: State,
    pub(crate) response: Response,
    pub(crate) payment: Option<String>,
}

/// What looking for an unknown change has shown.
#[derive(Debug)]
pub(crate) enum Finding {
    /// It is in the provider's records, perhaps under this identifier.
    Settled(Option<String>),
    /// It is not there, and no request can still be pending.
    Absent,
    /// A person has to decide.
    Person,
    /// It is not there now.
    Missing,
    /// Something like it is there now.
    Unclear,
    /// The provider's records could not be read.
    Unreadable,
}
