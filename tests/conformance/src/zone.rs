//! Time zones of the IANA database, for cases that name one.

use std::cell::Cell;

use chrono::{DateTime, LocalResult, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use remit_core::{Local, Offset, Zone};

thread_local! {
    /// The most recently named zone. [`Zone::Varying`] takes a plain function, which cannot contain the zone itself.
    static NAMED: Cell<Tz> = const { Cell::new(Tz::UTC) };
}

/// The zone of this name. It is valid in this thread until another one is named.
pub(crate) fn named(name: &str) -> Option<Zone> {
    NAMED.set(name.parse().ok()?);
    Some(Zone::Varying(offset_at))
}

fn offset_at(local: i64) -> Local {
    let Some(local) = DateTime::from_timestamp(local, 0) else { return Local::Never };
    match NAMED.get().offset_from_local_datetime(&local.naive_utc()) {
        LocalResult::Single(offset) => {
            Offset::from_seconds(offset.fix().local_minus_utc()).map_or(Local::Never, Local::Once)
        }
        LocalResult::None => Local::Never,
        LocalResult::Ambiguous(..) => Local::Twice,
    }
}
