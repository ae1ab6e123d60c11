//! Time zones: the relation of local time to UTC.

use core::fmt;

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = 12 * 60 * 60;

/// The difference between local time and UTC: 60 minutes for Berlin in winter, -300 for New York in winter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset(i32);

impl Offset {
    /// UTC itself.
    pub const UTC: Self = Self(0);

    /// Makes an offset from minutes east of UTC; `None` beyond 18 hours in either direction.
    #[must_use]
    pub fn from_minutes(minutes: i32) -> Option<Self> {
        Self::from_seconds(minutes.checked_mul(60)?)
    }

    /// Makes an offset from seconds east of UTC. Until the 1970s some offsets were not whole minutes.
    #[must_use]
    pub fn from_seconds(seconds: i32) -> Option<Self> {
        (-64_800..=64_800).contains(&seconds).then_some(Self(seconds))
    }

    /// Whole minutes east of UTC.
    #[must_use]
    pub fn minutes(self) -> i32 {
        self.0 / 60
    }

    pub(crate) fn seconds(self) -> i64 {
        i64::from(self.0)
    }
}

/// The caller's time zone.
#[derive(Clone, Copy, Default)]
pub enum Zone {
    /// Not known. [`Instant::read`](crate::Instant::read) rejects local times, or reads them as UTC.
    #[default]
    Unknown,
    /// The same offset at any time.
    Fixed(Offset),
    /// A function that looks up a local time, for example in a time zone database. The argument is in seconds since
    /// 1970-01-01T00:00:00 local time.
    Varying(fn(i64) -> Local),
}

/// The result of looking up a local time in a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// The local time occurs once, at this offset.
    Once(Offset),
    /// The local time is skipped: the clocks went forward past it.
    Never,
    /// The local time occurs twice: the clocks went back.
    Twice,
}

impl Zone {
    pub(crate) fn at(self, local: i64) -> Option<Local> {
        match self {
            Self::Unknown => None,
            Self::Fixed(offset) => Some(Local::Once(offset)),
            Self::Varying(look_up) => Some(look_up(local)),
        }
    }

    /// The local time at a moment, as seconds since 1970-01-01T00:00:00 local time. In UTC if the zone is unknown.
    pub(crate) fn local(self, moment: i64) -> i64 {
        match self {
            Self::Unknown => moment,
            Self::Fixed(offset) => moment.saturating_add(offset.seconds()),
            Self::Varying(look_up) => {
                // No zone changes twice within two days, so the offset is one of those a day earlier, now and a day later.
                let days = [-DAY, 0, DAY].map(|shift| look_up(moment.saturating_add(shift)));
                let offsets = days.into_iter().filter_map(|local| match local {
                    Local::Once(offset) => Some(offset.seconds()),
                    _ => None,
                });
                // An offset is a candidate if the local time that it yields has this offset, or occurs twice.
                let is_consistent = |ahead: &i64| match look_up(moment.saturating_add(*ahead)) {
                    Local::Once(offset) => offset.seconds() == *ahead,
                    Local::Twice => true,
                    Local::Never => false,
                };
                let mut candidates = offsets.filter(is_consistent);
                moment.saturating_add(candidates.next().unwrap_or(0))
            }
        }
    }

    /// Whether local time at this noon is at least 12 hours ahead, so that noon UTC falls on the next local day.
    pub(crate) fn is_far_ahead(self, noon: i64) -> bool {
        matches!(self.at(noon), Some(Local::Once(offset)) if offset.seconds() >= NOON)
    }
}

impl From<Option<Offset>> for Zone {
    fn from(offset: Option<Offset>) -> Self {
        offset.map_or(Self::Unknown, Self::Fixed)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "Unknown",
            Self::Fixed(_) => "Fixed",
            Self::Varying(_) => "Varying",
        })
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) => true,
            (Self::Fixed(one), Self::Fixed(other)) => one == other,
            (Self::Varying(one), Self::Varying(other)) => core::ptr::fn_addr_eq(*one, *other),
            _ => false,
        }
    }
}
