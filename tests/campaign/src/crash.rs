//! When relays crash.

use std::time::Duration;

/// When a relay crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// When it passes this point for the n-th time.
    At(&'static str, u32),
    /// So long after its start.
    After(Duration),
    /// It does not crash, but stands still for so long at this point, when it passes it for the n-th time. A machine that is
    /// short of memory does that.
    Pause(&'static str, u32, Duration),
}

impl Crash {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::At(point, _) => point,
            Self::After(_) => "at any time",
            Self::Pause(..) => "(it stands still)",
        }
    }
}

/// A crash of a relay, and how long it takes until another relay runs in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    /// Which relay crashes.
    pub(crate) relay: usize,
    pub(crate) crash: Crash,
    pub(crate) outage: Duration,
}
