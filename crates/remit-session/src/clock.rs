//! The time, as the caller knows it.

use remit_core::{Instant, Offset};

/// The time of an event. The session has no clock of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Now {
    /// Milliseconds on a monotonic clock. Durations are measured with it.
    pub elapsed: u64,
    /// The date and time, to recognise dates in the future and to suggest today.
    pub wall: Option<Instant>,
    /// The difference between local time and UTC.
    pub offset: Option<Offset>,
}

impl Now {
    /// Today in local time, as `2026-11-19`; `None` if the date is unknown.
    #[must_use]
    pub fn today(&self) -> Option<String> {
        Some(self.wall?.day(self.offset.unwrap_or(Offset::UTC)))
    }
}
