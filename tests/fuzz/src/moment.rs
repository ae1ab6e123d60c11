//! Target: parsing of dates and times, compared with chrono.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike as _};
use remit_core::time::reading::{MomentChange, MomentError, MomentReading};
use remit_core::{Instant, Offset, Zone};

/// Input: the caller's offset from UTC in minutes or nothing, a line break, and the date. The first line may be missing.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (minutes, text) = text.split_once('\n').unwrap_or(("", text));
    let offset = minutes.parse().ok().and_then(Offset::from_minutes);
    let read = Instant::read(text, offset.into());
    accepts_common_forms(text, read);
    let Ok(MomentReading { instant, change, .. }) = read else { return };
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        assert_eq!(change, Some(MomentChange::DayOnly), "{text}");
        assert_eq!(instant.day(Offset::UTC), day.to_string(), "{text}");
        // Between UTC-12 and UTC+14 it is the same day for the caller.
        if offset.is_some_and(|offset| (-720..=840).contains(&offset.minutes())) {
            assert_eq!(instant.day(offset.unwrap()), day.to_string(), "{text}");
        }
    } else {
        assert_eq!(theirs(text, offset), Some(instant.unix()), "{text}");
    }
    assert_eq!(Instant::from_unix(instant.unix()), Some(instant));
    for offset in [Zone::Unknown, offset.into()] {
        let same = Ok(MomentReading { instant, change: None, drops_fraction: false });
        assert_eq!(Instant::read(&instant.rfc3339(), offset), same, "{text}");
        assert_eq!(Instant::read(&format!("{} UTC", instant.utc_date_time()), offset), same, "{text}");
    }
    let day = instant.day(offset.unwrap_or(Offset::UTC));
    assert!(day.len() == 10 && NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok(), "{day}");
}

/// Asserts that a moment that chrono accepts is accepted. Exceptions: chrono accepts leap seconds and a Unicode minus; and
/// near the limits of the supported range, our parser checks the day before it applies the offset.
fn accepts_common_forms(text: &str, read: Result<MomentReading, MomentError>) {
    let Ok(theirs) = DateTime::parse_from_rfc3339(text) else { return };
    let is_shared = text.is_ascii() && theirs.nanosecond() < 1_000_000_000;
    let inside = -2_208_988_800 + 86_400..=253_402_300_799 - 86_400;
    assert!(read.is_ok() || !is_shared || !inside.contains(&theirs.timestamp()), "{text}: {read:?}");
}

/// The moment that chrono parses, in one of the accepted forms.
fn theirs(text: &str, offset: Option<Offset>) -> Option<i64> {
    let zoned = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp());
    let without_seconds = text.split_at_checked(16).map(|(before, zone)| format!("{before}:00{zone}"));
    let local = |text: &str, forms: [&str; 2], ahead: i64| {
        let read = |form: &&str| NaiveDateTime::parse_from_str(text, form).ok();
        forms.iter().find_map(read).map(|local| local.and_utc().timestamp() - ahead)
    };
    let upper = text.to_ascii_uppercase();
    let ahead = offset.map(|offset| i64::from(offset.minutes()) * 60);
    let spaced = |text: &str, ahead| local(text, ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"], ahead);
    let utc = || spaced(upper.strip_suffix(" UTC")?, 0);
    // The form with a space is UTC if the caller's offset is unknown.
    let unzoned = || {
        spaced(&upper, ahead.unwrap_or(0))
            .or_else(|| local(&upper, ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"], ahead?))
    };
    zoned(text).or_else(|| zoned(&without_seconds?)).or_else(utc).or_else(unzoned)
}
