//! The reader of moments, held against chrono's.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike as _};
use remit_core::{Instant, NoticeCode, Offset, Reading};

/// A first line may say how many minutes the caller is ahead of UTC.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (minutes, text) = text.split_once('\n').unwrap_or(("", text));
    let offset = minutes.parse().ok().and_then(Offset::from_minutes);
    let read = Instant::read(text, offset);
    if let Ok(theirs) = DateTime::parse_from_rfc3339(text) {
        let seconds = theirs.timestamp();
        let ours = read.map(|reading| reading.instant.unix());
        // Theirs takes a leap second, and a minus from Unicode.
        let is_shared = text.is_ascii() && theirs.nanosecond() < 1_000_000_000;
        // At the ends of what can be written the day is looked at before the offset.
        let is_inside = (-2_208_988_800 + 86_400..=253_402_300_799 - 86_400).contains(&seconds);
        assert!(ours == Ok(seconds) || (ours.is_err() && !(is_shared && is_inside)), "{text}: {read:?}");
    }
    let Ok(Reading { instant, notice }) = read else { return };
    assert_eq!(Instant::from_unix(instant.unix()), Some(instant));
    for offset in [None, offset] {
        let same = Ok(Reading { instant, notice: None });
        assert_eq!(Instant::read(&instant.rfc3339(), offset), same, "{text}");
        assert_eq!(Instant::read(&format!("{} UTC", instant.spaced()), offset), same, "{text}");
    }
    let behind = i64::from(offset.map_or(0, Offset::minutes)) * 60;
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        assert_eq!(notice, Some(NoticeCode::DayOnly), "{text}");
        assert_eq!(instant.day(Offset::UTC), day.to_string(), "{text}");
        // From 12 hours behind to 14 ahead it is that day where the caller is.
        if (-720..=840).contains(&(behind / 60)) {
            assert_eq!(instant.day(offset.unwrap_or(Offset::UTC)), instant.day(Offset::UTC), "{text}");
        }
    }
    for (form, ahead) in [
        ("%Y-%m-%dT%H:%M", behind),
        ("%Y-%m-%dT%H:%M:%S%.f", behind),
        ("%Y-%m-%d %H:%M", 0),
        ("%Y-%m-%d %H:%M:%S%.f", 0),
    ] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, form) {
            assert_eq!(local.and_utc().timestamp() - ahead, instant.unix(), "{text}");
        }
    }
    let day = instant.day(offset.unwrap_or(Offset::UTC));
    assert!(day.len() == 10 && NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok(), "{day}");
}
