//! The pace of looking for changes whose outcome is unknown.

use std::time::Duration;

/// The pace of looking for changes.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How much longer than the deadline an attempt may take to write its end to the store. Then its relay counts as crashed.
    pub slack: Duration,
    /// The time between two rounds, and at least the time between two looks for the same change.
    pub every: Duration,
    /// How long a change must not have been found before it counts as not made, or a person has to decide. A provider may show
    /// a new record late.
    pub quiet: Duration,
    /// How long the provider's records may be unreadable before a person has to decide.
    pub patience: Duration,
    /// How long a connection sends nothing after its provider has not answered several requests in a row.
    pub pause: Duration,
}

impl Pace {
    /// The pace of the campaign. A record that shows after `quiet` is missed.
    pub const HASTY: Self = Self {
        slack: Duration::from_millis(50),
        every: Duration::from_millis(20),
        quiet: Duration::from_millis(1_100),
        patience: Duration::from_secs(24 * 60 * 60),
        pause: Duration::from_millis(300),
    };
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            slack: Duration::from_secs(5),
            every: Duration::from_secs(5),
            quiet: Duration::from_secs(60),
            patience: Duration::from_secs(24 * 60 * 60),
            pause: Duration::from_secs(10),
        }
    }
}
