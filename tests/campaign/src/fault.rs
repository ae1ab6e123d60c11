//! What the network between the relay and the provider can do to one request.

use std::time::Duration;

/// A fault. Each has a row in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// None: the request never reached the network.
    Unsent,
    None,
    Latency,
    /// Passed on about when the relay gives up, which is always before the relay may call a payment absent.
    Late,
    Reset,
    Closed,
    Silent,
    Throttled,
    ThrottledForASecond,
    ThrottledUntilADate,
    Status401,
    Status422,
    Status500,
    Status502,
    Status503,
    Status503ForASecond,
    Garbage,
    OtherType,
    OtherDocument,
    Redirect,
    ClosedAfter,
    ResetAfter,
    SilentAfter,
    HalfHead,
    HalfBody,
    ShortDrip,
    LongDrip,
    Status500After,
    Status502After,
    Status504After,
    GarbageAfter,
    OtherTypeAfter,
    OtherDocumentAfter,
    RedirectAfter,
    Status202After,
    Twice,
    Stutter,
}

impl Fault {
    /// The faults that a request can meet, with their names.
    pub(crate) const ALL: [(Self, &str); 36] = [
        (Self::None, "none"),
        (Self::Latency, "latency"),
        (Self::Late, "passed on near the deadline"),
        (Self::Reset, "reset, not passed on"),
        (Self::Closed, "closed, not passed on"),
        (Self::Silent, "silence, not passed on"),
        (Self::Throttled, "429, not passed on"),
        (Self::ThrottledForASecond, "429 + Retry-After: 1, not passed on"),
        (Self::ThrottledUntilADate, "429 + Retry-After: date, not passed on"),
        (Self::Status401, "401, not passed on"),
        (Self::Status422, "422, not passed on"),
        (Self::Status500, "500, not passed on"),
        (Self::Status502, "502, not passed on"),
        (Self::Status503, "503, not passed on"),
        (Self::Status503ForASecond, "503 + Retry-After: 1, not passed on"),
        (Self::Garbage, "garbage, not passed on"),
        (Self::OtherType, "200 with a page, not passed on"),
        (Self::OtherDocument, "200 of another schema, not passed on"),
        (Self::Redirect, "redirect, not passed on"),
        (Self::ClosedAfter, "closed after the commit"),
        (Self::ResetAfter, "reset after the commit"),
        (Self::SilentAfter, "silence after the commit"),
        (Self::HalfHead, "half of the head"),
        (Self::HalfBody, "half of the body"),
        (Self::ShortDrip, "slow drip within the deadline"),
        (Self::LongDrip, "slow drip beyond the deadline"),
        (Self::Status500After, "500 after the commit"),
        (Self::Status502After, "502 after the commit"),
        (Self::Status504After, "504 after the commit"),
        (Self::GarbageAfter, "garbage after the commit"),
        (Self::OtherTypeAfter, "200 with a page after the commit"),
        (Self::OtherDocumentAfter, "200 of another schema after the commit"),
        (Self::RedirectAfter, "redirect after the commit"),
        (Self::Status202After, "202 instead of the status"),
        (Self::Twice, "the response twice"),
        (Self::Stutter, "a part of the body twice"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(fault, _)| *fault == self).map_or("never sent", |(_, name)| name)
    }

    /// Whether the provider receives the request.
    pub(crate) fn passes(self) -> bool {
        match self {
            Self::Unsent
            | Self::Reset
            | Self::Closed
            | Self::Silent
            | Self::Throttled
            | Self::ThrottledForASecond
            | Self::ThrottledUntilADate
            | Self::Status401
            | Self::Status422
            | Self::Status500
            | Self::Status502
            | Self::Status503
            | Self::Status503ForASecond
            | Self::Garbage
            | Self::OtherType
            | Self::OtherDocument
            | Self::Redirect => false,
            Self::None
            | Self::Latency
            | Self::Late
            | Self::ClosedAfter
            | Self::ResetAfter
            | Self::SilentAfter
            | Self::HalfHead
            | Self::HalfBody
            | Self::ShortDrip
            | Self::LongDrip
            | Self::Status500After
            | Self::Status502After
            | Self::Status504After
            | Self::GarbageAfter
            | Self::OtherTypeAfter
            | Self::OtherDocumentAfter
            | Self::RedirectAfter
            | Self::Status202After
            | Self::Twice
            | Self::Stutter => true,
        }
    }

    /// A fault of a request that changes something.
    pub(crate) fn of_change(random: &mut fastrand::Rng) -> Self {
        // Few other faults can make a relay give up too early.
        if random.u8(..10) == 0 { Self::Late } else { Self::any(random) }
    }

    /// A fault of a request that lists payments. There is nothing to commit, and being late means nothing.
    pub(crate) fn of_list(random: &mut fastrand::Rng) -> Self {
        match Self::any(random) {
            Self::Late => Self::Latency,
            Self::ClosedAfter => Self::Closed,
            Self::ResetAfter => Self::Reset,
            Self::SilentAfter => Self::Silent,
            Self::Status500After => Self::Status500,
            Self::Status502After | Self::Status504After => Self::Status502,
            Self::GarbageAfter => Self::Garbage,
            Self::OtherTypeAfter => Self::OtherType,
            Self::OtherDocumentAfter => Self::OtherDocument,
            Self::RedirectAfter => Self::Redirect,
            fault => fault,
        }
    }

    /// Whether it makes a list look like none: the provider answers, and does not list the payments. Then a payment is sent
    /// without knowing the earlier ones.
    pub(crate) fn hides_list(self) -> bool {
        matches!(
            self,
            Self::OtherType
                | Self::OtherDocument
                | Self::Status401
                | Self::Status422
                | Self::Status202After
                | Self::Stutter
        )
    }

    fn any(random: &mut fastrand::Rng) -> Self {
        random.choice(Self::ALL).map_or(Self::None, |(fault, _)| fault)
    }
}

/// A fault, and how long it lasts where that matters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    pub(crate) fault: Fault,
    /// How long the request waits before it is passed on or answered.
    pub(crate) wait: Duration,
}

impl Planned {
    pub(crate) const NONE: Self = Self { fault: Fault::None, wait: Duration::ZERO };

    pub(crate) fn new(fault: Fault, random: &mut fastrand::Rng) -> Self {
        let ms = match fault {
            Fault::Latency => random.u64(20..350),
            Fault::Late => random.u64(850..1450),
            _ if random.u8(..4) == 0 => random.u64(1..120),
            _ => 0,
        };
        Self { fault, wait: Duration::from_millis(ms) }
    }
}

/// A time in which nobody can reach the provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    /// After how many requests it begins.
    pub(crate) after: usize,
    pub(crate) lasts: Duration,
    /// Whether connections are refused; otherwise they are reset before anything is read.
    pub(crate) refuses: bool,
}

impl Outage {
    pub(crate) fn name(self) -> &'static str {
        if self.refuses { "connection refused" } else { "reset before anything was read" }
    }
}
