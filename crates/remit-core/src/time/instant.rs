//! Moments in time and their text forms.

use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};

use crate::time::zone::Offset;

/// A moment in UTC, to the second, from 1900 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 1900-01-01T00:00:00Z. No payment is older.
    const FIRST: i64 = -2_208_988_800;
    /// 9999-12-31T23:59:59Z. Later years have five digits.
    const LAST: i64 = 253_402_300_799;

    /// Makes a moment from seconds since 1970-01-01T00:00:00Z; `None` outside 1900 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// The moment as RFC 3339 in UTC without fractions of a second: `2026-11-19T10:00:00Z`.
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

    /// The moment in iVvy's format, in UTC: `2026-11-19 10:00:00`.
    #[must_use]
    pub fn utc_date_time(self) -> String {
        let mut out = String::with_capacity(19);
        self.write(&mut out, b' ');
        out
    }

    /// The day of the moment at this offset from UTC, as `yyyy-mm-dd`.
    #[must_use]
    pub fn day(self, offset: Offset) -> String {
        // At the ends of the range, the shifted day may be outside it. The UTC day is used then.
        let shifted = Self::from_unix(self.0.saturating_add(offset.seconds())).unwrap_or(self);
        let mut text = shifted.utc_date_time();
        text.truncate(10);
        text
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

impl fmt::Display for Instant {
    /// Writes RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}
