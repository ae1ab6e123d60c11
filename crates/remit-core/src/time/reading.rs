//! Parses moments from text.

use core::fmt;
use core::str::FromStr;

use chrono::NaiveDate;

use crate::text::digits;
use crate::time::instant::Instant;
use crate::time::zone::{Local, Zone};

const NOON: i64 = 12 * 60 * 60;

/// Why a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MomentError {
    /// Not a date in an accepted form.
    Malformed,
    /// A day or a time that does not exist.
    Impossible,
    /// Day and month could be exchanged, such as 01/02/2026.
    Ambiguous,
    /// A local time without an offset, and no known time zone.
    NeedsOffset,
    /// A local time that the zone's clocks skip.
    Skipped,
    /// A local time that the zone's clocks show twice.
    Twice,
    /// Before 1900 or after 9999.
    OutOfRange,
}

impl fmt::Display for MomentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a date or a time in a known form",
            Self::Impossible => "no such day or time",
            Self::Ambiguous => "day and month could be exchanged",
            Self::NeedsOffset => "a local time without an offset from UTC",
            Self::Skipped => "a local time that the clocks skip",
            Self::Twice => "a local time that the clocks show twice",
            Self::OutOfRange => "before 1900 or after 9999",
        })
    }
}

impl core::error::Error for MomentError {}

/// The change that reading a moment made to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MomentChange {
    /// Converted from local time to UTC.
    ConvertedToUtc,
    /// Read as UTC, because the text has no zone.
    ReadAsUtc,
    /// A time was added to a day without one.
    DayOnly,
}

/// A moment that was read, and the change that reading made to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MomentReading {
    /// The moment.
    pub instant: Instant,
    /// The change that reading made to the text, if any.
    pub change: Option<MomentChange>,
    /// Whether a fraction of a second was dropped.
    pub drops_fraction: bool,
}

impl Instant {
    /// Reads any of the accepted forms:
    ///
    /// | form | meaning |
    /// |---|---|
    /// | `2026-11-19T10:00:00Z`, `2026-11-19T11:00:00+01:00` | RFC 3339 |
    /// | `2026-11-19 10:00:00 UTC` | UTC, as iVvy writes it [ivvycode/apidocs] |
    /// | `2026-11-19T10:00`, `2026-11-19T10:00:00` | local time in `zone`; rejected if the zone is unknown, or if the time is skipped or occurs twice |
    /// | `2026-11-19 10:00`, `2026-11-19 10:00:00` | the same, but UTC if the zone is unknown, as iVvy documents it [ivvycode/apidocs] |
    /// | `2026-11-19` | that day at 12:00 UTC, or at 00:00 UTC if the zone is 12 hours or more ahead of UTC |
    ///
    /// The time for a day without one is chosen so that the provider's page shows the same day in the caller's zone, from UTC-12
    /// to UTC+14. With midnight UTC, the page would show the previous day everywhere in America.
    ///
    /// # Errors
    /// [`MomentError`].
    ///
    /// ```
    /// use remit_core::time::reading::MomentError;
    /// use remit_core::{Instant, Zone};
    ///
    /// let read = |text| Instant::read(text, Zone::Unknown).map(|r| r.instant.rfc3339());
    /// assert_eq!(read("2026-11-19T11:00:00+01:00").as_deref(), Ok("2026-11-19T10:00:00Z"));
    /// assert_eq!(read("2026-11-19").as_deref(), Ok("2026-11-19T12:00:00Z"));
    /// assert_eq!(read("2026-02-30"), Err(MomentError::Impossible));
    /// assert_eq!(read("01/02/2026"), Err(MomentError::Ambiguous));
    /// assert_eq!(read("2026-11-19T10:00"), Err(MomentError::NeedsOffset));
    /// ```
    pub fn read(text: &str, zone: Zone) -> Result<MomentReading, MomentError> {
        let mut scan = Scan { rest: text.as_bytes() };
        let (Some(year), Some(month), Some(day)) = (
            scan.number(4),
            scan.after(b'-').and_then(|s| s.number(2)),
            scan.after(b'-').and_then(|s| s.number(2)),
        ) else {
            return Err(if day_and_month_could_be_exchanged(text) {
                MomentError::Ambiguous
            } else {
                MomentError::Malformed
            });
        };
        let year = i32::try_from(year).map_err(|_| MomentError::Malformed)?;
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(MomentError::Impossible)?;
        if scan.done() {
            let start = at(date, 0, 0, 0)?.unix();
            let noon = start + NOON;
            let instant = if zone.is_far_ahead(noon) { start } else { noon };
            let instant = Self::from_unix(instant).ok_or(MomentError::OutOfRange)?;
            return Ok(MomentReading { instant, change: Some(MomentChange::DayOnly), drops_fraction: false });
        }
        let spaced = match scan.take() {
            Some(b'T' | b't') => false,
            Some(b' ') => true,
            _ => return Err(MomentError::Malformed),
        };
        let hour = scan.number(2).ok_or(MomentError::Malformed)?;
        let minute = scan.after(b':').and_then(|s| s.number(2)).ok_or(MomentError::Malformed)?;
        // A fraction is accepted only after seconds: otherwise it would be a fraction of a minute.
        let (second, fraction) = match scan.after(b':') {
            Some(scan) => (scan.number(2).ok_or(MomentError::Malformed)?, scan.fraction()?),
            None => (0, false),
        };
        let local = at(date, hour, minute, second)?;
        let ahead = match scan.zone(spaced)? {
            Some(seconds) => Some(seconds),
            None => match zone.at(local.unix()) {
                Some(Local::Once(offset)) => Some(offset.seconds()),
                Some(Local::Never) => return Err(MomentError::Skipped),
                Some(Local::Twice) => return Err(MomentError::Twice),
                None if spaced => None,
                None => return Err(MomentError::NeedsOffset),
            },
        };
        let (instant, change) = match ahead {
            Some(seconds) => (local.unix() - seconds, (seconds != 0).then_some(MomentChange::ConvertedToUtc)),
            None => (local.unix(), Some(MomentChange::ReadAsUtc)),
        };
        let instant = Self::from_unix(instant).ok_or(MomentError::OutOfRange)?;
        Ok(MomentReading { instant, change, drops_fraction: fraction })
    }
}

impl Instant {
    /// A moment as a provider writes it: with an offset, or in UTC.
    pub(crate) fn from_wire(text: &str) -> Option<Self> {
        Self::read(text, Zone::Unknown).ok().map(|reading| reading.instant)
    }
}

impl FromStr for Instant {
    type Err = MomentError;

    /// Reads RFC 3339 with an offset. [`Instant::read`] accepts more forms, and reports the change that it made.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let reading = Self::read(text, Zone::Unknown)?;
        match reading.change {
            Some(MomentChange::DayOnly | MomentChange::ReadAsUtc) => Err(MomentError::NeedsOffset),
            _ => Ok(reading.instant),
        }
    }
}

fn at(date: NaiveDate, hour: u32, minute: u32, second: u32) -> Result<Instant, MomentError> {
    let time = date.and_hms_opt(hour, minute, second).ok_or(MomentError::Impossible)?;
    Instant::from_unix(time.and_utc().timestamp()).ok_or(MomentError::OutOfRange)
}

/// `1/2/2026`, `01.02.26`, `1-2-2026`: two numbers of which each could be the month, and a year.
fn day_and_month_could_be_exchanged(text: &str) -> bool {
    let mut parts = text.split(['/', '.', '-']);
    let mut number = |digits: &[usize]| {
        let part = parts.next().filter(|part| digits.contains(&part.len()))?;
        digits::whole(part)
    };
    let month = |n: Option<i64>| n.is_some_and(|n| (1..=12).contains(&n));
    month(number(&[1, 2])) && month(number(&[1, 2])) && number(&[2, 4]).is_some() && parts.next().is_none()
}

/// Reads a text from the left, one piece at a time.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn done(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Skips this byte; `None` if the next byte is different.
    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        let rest = self.rest.strip_prefix(&[byte])?;
        self.rest = rest;
        Some(self)
    }

    /// Reads a number of exactly `digits` digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let mut value = 0;
        for byte in number {
            value = value * 10 + char::from(*byte).to_digit(10)?;
        }
        self.rest = rest;
        Some(value)
    }

    /// Skips an optional fraction of a second, and returns whether it is not zero.
    fn fraction(&mut self) -> Result<bool, MomentError> {
        if self.after(b'.').is_none() {
            return Ok(false);
        }
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return Err(MomentError::Malformed);
        }
        let (fraction, rest) = self.rest.split_at_checked(digits).ok_or(MomentError::Malformed)?;
        self.rest = rest;
        Ok(fraction.iter().any(|b| *b != b'0'))
    }

    /// The zone at the end, in seconds east of UTC; `None` without a zone.
    fn zone(&mut self, spaced: bool) -> Result<Option<i64>, MomentError> {
        if self.done() {
            return Ok(None);
        }
        if self.rest.eq_ignore_ascii_case(b"Z") || (spaced && self.rest.eq_ignore_ascii_case(b" UTC")) {
            return Ok(Some(0));
        }
        let sign = match self.take() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(MomentError::Malformed),
        };
        let hours = self.number(2).ok_or(MomentError::Malformed)?;
        let minutes = self.after(b':').and_then(|s| s.number(2)).ok_or(MomentError::Malformed)?;
        if !self.done() {
            return Err(MomentError::Malformed);
        }
        if hours > 23 || minutes > 59 {
            return Err(MomentError::Impossible);
        }
        Ok(Some(sign * i64::from(hours * 60 + minutes) * 60))
    }
}
