//! Compares days in the caller's time zone.

use crate::time::instant::Instant;
use crate::time::zone::Zone;

const DAY: i64 = 24 * 60 * 60;

impl Zone {
    /// The day of a moment in this zone, as days since 1970-01-01. In UTC if the zone is unknown.
    pub(crate) fn day(self, at: Instant) -> i64 {
        self.local(at.unix()).div_euclid(DAY)
    }
}

impl Instant {
    /// Whether this moment is on a later day than `now` in this zone. If the zone is unknown: whether it is more than a day after
    /// `now`, which is after today in every zone.
    #[must_use]
    pub fn is_after_today(self, now: Self, zone: Zone) -> bool {
        match zone {
            Zone::Unknown => self.unix() > now.unix().saturating_add(DAY),
            zone => now.is_days_before(self, zone),
        }
    }

    /// Whether this moment is on an earlier day than another in this zone. In UTC if the zone is unknown.
    #[must_use]
    pub fn is_days_before(self, other: Self, zone: Zone) -> bool {
        // Moments that are two days apart have different days in every zone, so the slow lookup is skipped.
        let apart = other.unix().saturating_sub(self.unix());
        apart > 2 * DAY || (apart > 0 && zone.day(self) < zone.day(other))
    }
}
