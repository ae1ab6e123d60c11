//! The time.

use std::time::{SystemTime, UNIX_EPOCH};

use remit_core::Instant;

/// The current time; `None` if the clock is wrong by thousands of years.
pub(crate) fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?)
}
