//! Moments in time, and the texts that people and programs write for them.

use core::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};

use crate::finding::{Code, NoticeCode};

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = 12 * 60 * 60;

/// A moment in UTC, to the second, from 1900 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// How far the caller's clock is ahead of UTC: Berlin in winter is 60 minutes, New York in winter -300.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset(i32);

impl Offset {
    /// UTC itself.
    pub const UTC: Self = Self(0);

    /// An offset of so many minutes east of UTC, at most 18 hours either way.
    #[must_use]
    pub fn from_minutes(minutes: i32) -> Option<Self> {
        Self::from_seconds(minutes.checked_mul(60)?)
    }

    /// An offset of so many seconds: until the 1970s there were places whose offset was no whole number of minutes.
    #[must_use]
    pub fn from_seconds(seconds: i32) -> Option<Self> {
        (-64_800..=64_800).contains(&seconds).then_some(Self(seconds))
    }

    /// Whole minutes east of UTC.
    #[must_use]
    pub fn minutes(self) -> i32 {
        self.0 / 60
    }

    fn seconds(self) -> i64 {
        i64::from(self.0)
    }
}

/// How the caller's local time stands to UTC.
#[derive(Clone, Copy, Default)]
pub enum Zone {
    /// Nobody has said. Local times are refused.
    #[default]
    Unknown,
    /// The same at any time.
    Fixed(Offset),
    /// As a time zone database has it: asked with a local time, as seconds since 1970-01-01T00:00:00 on the local
    /// clock.
    Varying(fn(i64) -> Local),
}

/// What a time zone says of a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// It comes once, at this offset.
    Once(Offset),
    /// The clock was put forward past it.
    Never,
    /// The clock was put back to it.
    Twice,
}

impl Zone {
    fn at(self, local: i64) -> Option<Local> {
        match self {
            Self::Unknown => None,
            Self::Fixed(offset) => Some(Local::Once(offset)),
            Self::Varying(ask) => Some(ask(local)),
        }
    }

    /// Whether the clock is so far ahead at noon of a day that noon UTC is another day.
    fn is_far_ahead(self, noon: i64) -> bool {
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

/// A text read as a moment, with what was done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The moment.
    pub instant: Instant,
    /// What is worth telling about how it was read.
    pub notice: Option<NoticeCode>,
}

impl Instant {
    /// 1900-01-01T00:00:00Z, before which nothing is paid.
    const FIRST: i64 = -2_208_988_800;
    /// 9999-12-31T23:59:59Z, after which a year has five digits.
    const LAST: i64 = 253_402_300_799;

    /// From seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Reads any of the accepted forms:
    ///
    /// | form | meaning |
    /// |---|---|
    /// | `2026-11-19T10:00:00Z`, `2026-11-19T11:00:00+01:00` | RFC 3339 |
    /// | `2026-11-19 10:00:00 UTC` | UTC, as iVvy writes it [ivvycode/apidocs] |
    /// | `2026-11-19T10:00`, `2026-11-19T10:00:00` | local to `zone`; refused without one, and where it comes never or twice |
    /// | `2026-11-19 10:00`, `2026-11-19 10:00:00` | the same, but UTC without a zone, as iVvy's documents have it [ivvycode/apidocs] |
    /// | `2026-11-19` | that day: 12:00 UTC, or 00:00 UTC where the caller is 12 hours or more ahead |
    ///
    /// A day without a time is put where the provider's page will show the same day to the person who recorded it,
    /// from 12 hours behind UTC to 14 ahead. Midnight UTC would show the day before to all of America.
    ///
    /// # Errors
    /// A [`Code`]: malformed, impossible, ambiguous, out of range, a local time without a zone, or one that the zone's
    /// clocks do not show, or show twice.
    ///
    /// ```
    /// use remit_core::{Code, Instant, Zone};
    ///
    /// let read = |text| Instant::read(text, Zone::Unknown).map(|r| r.instant.rfc3339());
    /// assert_eq!(read("2026-11-19T11:00:00+01:00").as_deref(), Ok("2026-11-19T10:00:00Z"));
    /// assert_eq!(read("2026-11-19").as_deref(), Ok("2026-11-19T12:00:00Z"));
    /// assert_eq!(read("2026-02-30"), Err(Code::DateImpossible));
    /// assert_eq!(read("01/02/2026"), Err(Code::DateAmbiguous));
    /// assert_eq!(read("2026-11-19T10:00"), Err(Code::DateNeedsOffset));
    /// ```
    pub fn read(text: &str, zone: Zone) -> Result<Reading, Code> {
        let mut scan = Scan { rest: text.as_bytes() };
        let (Some(year), Some(month), Some(day)) = (
            scan.number(4),
            scan.after(b'-').and_then(|s| s.number(2)),
            scan.after(b'-').and_then(|s| s.number(2)),
        ) else {
            return Err(if day_and_month_could_be_exchanged(text) {
                Code::DateAmbiguous
            } else {
                Code::DateMalformed
            });
        };
        let year = i32::try_from(year).map_err(|_| Code::DateMalformed)?;
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(Code::DateImpossible)?;
        if scan.done() {
            let start = Self::at(date, 0, 0, 0)?.0;
            let noon = start + NOON;
            let instant = Self(if zone.is_far_ahead(noon) { start } else { noon });
            return Ok(Reading { instant, notice: Some(NoticeCode::DayOnly) });
        }
        let spaced = match scan.take() {
            Some(b'T' | b't') => false,
            Some(b' ') => true,
            _ => return Err(Code::DateMalformed),
        };
        let hour = scan.number(2).ok_or(Code::DateMalformed)?;
        let minute = scan.after(b':').and_then(|s| s.number(2)).ok_or(Code::DateMalformed)?;
        // Without seconds, a fraction would be one of a minute.
        let (second, fraction) = match scan.after(b':') {
            Some(scan) => (scan.number(2).ok_or(Code::DateMalformed)?, scan.fraction()?),
            None => (0, false),
        };
        let local = Self::at(date, hour, minute, second)?;
        let ahead = match scan.zone(spaced)? {
            Some(seconds) => Some(seconds),
            None => match zone.at(local.0) {
                Some(Local::Once(offset)) => Some(offset.seconds()),
                Some(Local::Never) => return Err(Code::DateSkipped),
                Some(Local::Twice) => return Err(Code::DateTwice),
                None if spaced => None,
                None => return Err(Code::DateNeedsOffset),
            },
        };
        let (instant, notice) = match ahead {
            Some(seconds) => (local.0 - seconds, (seconds != 0).then_some(NoticeCode::ConvertedToUtc)),
            None => (local.0, Some(NoticeCode::ReadAsUtc)),
        };
        let instant = Self::from_unix(instant).ok_or(Code::DateOutOfRange)?;
        Ok(Reading { instant, notice: notice.or(fraction.then_some(NoticeCode::FractionDropped)) })
    }

    /// As RFC 3339 in UTC without parts of a second: `2026-11-19T10:00:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let mut out = String::with_capacity(20);
        self.print(&mut out);
        out
    }

    /// Appends [`Instant::rfc3339`].
    pub fn print(self, out: &mut String) {
        self.write(out, b'T');
        out.push('Z');
    }

    /// As iVvy writes it, in UTC: `2026-11-19 10:00:00`.
    #[must_use]
    pub fn spaced(self) -> String {
        let mut out = String::with_capacity(19);
        self.write(&mut out, b' ');
        out
    }

    /// The day it falls on for a clock that is `offset` ahead of UTC, as `yyyy-mm-dd`.
    #[must_use]
    pub fn day(self, offset: Offset) -> String {
        // At the very ends there is no other day that could be written.
        let shifted = Self::from_unix(self.0.saturating_add(offset.seconds())).unwrap_or(self);
        let mut text = shifted.spaced();
        text.truncate(10);
        text
    }

    /// Whether it lies more than a day after `now`: later than today in every time zone.
    #[must_use]
    pub fn is_after_today(self, now: Self) -> bool {
        self.0 > now.0.saturating_add(DAY)
    }

    /// Whether its day, in UTC, comes before the day of another.
    #[must_use]
    pub fn is_days_before(self, other: Self) -> bool {
        self.0.div_euclid(DAY) < other.0.div_euclid(DAY)
    }

    fn at(date: NaiveDate, hour: u32, minute: u32, second: u32) -> Result<Self, Code> {
        let time = date.and_hms_opt(hour, minute, second).ok_or(Code::DateImpossible)?;
        Self::from_unix(time.and_utc().timestamp()).ok_or(Code::DateOutOfRange)
    }

    #[rustfmt::skip]
    fn write(self, out: &mut String, between: u8) {
        let t = DateTime::from_timestamp(self.0, 0).map_or(NaiveDateTime::MIN, |t| t.naive_utc());
        let year = u32::try_from(t.year()).unwrap_or(0);
        let (month, day, hour, minute, second) = (t.month(), t.day(), t.hour(), t.minute(), t.second());
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
        let text = [
            digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-',
            digit(month / 10), digit(month), b'-', digit(day / 10), digit(day), between,
            digit(hour / 10), digit(hour), b':', digit(minute / 10), digit(minute), b':',
            digit(second / 10), digit(second),
        ];
        out.push_str(str::from_utf8(&text).unwrap_or_default());
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// `1/2/2026`, `01.02.26`, `1-2-2026`: two numbers of which each could be the month, and a year.
fn day_and_month_could_be_exchanged(text: &str) -> bool {
    let mut parts = text.split(['/', '.', '-']);
    let mut number = |digits: &[usize]| {
        let part = parts.next().filter(|part| digits.contains(&part.len()))?;
        crate::digits::whole(part)
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

    /// Goes on when the next byte is this one.
    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        let rest = self.rest.strip_prefix(&[byte])?;
        self.rest = rest;
        Some(self)
    }

    /// Exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let mut value = 0;
        for byte in number {
            value = value * 10 + char::from(*byte).to_digit(10)?;
        }
        self.rest = rest;
        Some(value)
    }

    /// An optional fraction of a second; whether it was there and not zero.
    fn fraction(&mut self) -> Result<bool, Code> {
        if self.after(b'.').is_none() {
            return Ok(false);
        }
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return Err(Code::DateMalformed);
        }
        let (fraction, rest) = self.rest.split_at_checked(digits).ok_or(Code::DateMalformed)?;
        self.rest = rest;
        Ok(fraction.iter().any(|b| *b != b'0'))
    }

    /// The zone at the end, in seconds east of UTC; `None` when there is none.
    fn zone(&mut self, spaced: bool) -> Result<Option<i64>, Code> {
        if self.done() {
            return Ok(None);
        }
        if self.rest.eq_ignore_ascii_case(b"Z") || (spaced && self.rest.eq_ignore_ascii_case(b" UTC")) {
            return Ok(Some(0));
        }
        let sign = match self.take() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(Code::DateMalformed),
        };
        let hours = self.number(2).ok_or(Code::DateMalformed)?;
        let minutes = self.after(b':').and_then(|s| s.number(2)).ok_or(Code::DateMalformed)?;
        if !self.done() {
            return Err(Code::DateMalformed);
        }
        if hours > 23 || minutes > 59 {
            return Err(Code::DateImpossible);
        }
        Ok(Some(sign * i64::from(hours * 60 + minutes) * 60))
    }
}
