//! How amounts, dates and numbers are written in a locale. The platform knows; in a browser, its `Intl`.

use remit_core::{Instant, Money, Param};

/// Writes amounts and dates in the locale `tag`, a BCP 47 tag. Each method has a plain default, for tests and servers.
pub trait Format: Sync + core::fmt::Debug {
    /// An amount, such as `€1,250.00`. Every digit of the amount must appear.
    fn money(&self, amount: Money, tag: &str) -> String {
        let _ = tag;
        amount.to_string()
    }

    /// A moment, such as `19 November 2026`, with its time if `timed`.
    fn moment(&self, at: Instant, timed: bool, tag: &str) -> String {
        let _ = tag;
        let text = at.rfc3339();
        if timed { text } else { text.chars().take(10).collect() }
    }

    /// The name of a currency, such as `Euro`.
    fn currency_name(&self, code: &str, tag: &str) -> String {
        let _ = tag;
        code.to_owned()
    }

    /// The signs and the code of a currency, such as `€` and `EUR`, one a line.
    fn currency_marks(&self, code: &str, tag: &str) -> String {
        let _ = tag;
        code.to_owned()
    }

    /// The notation of numbers, in four characters: the group separator, the decimal separator, and the sizes of the last group
    /// and of the others, such as `,.32` in India. Empty if it is not known.
    fn separators(&self, tag: &str) -> String {
        let _ = tag;
        ",.33".to_owned()
    }

    /// Adds the UTC offset of the user's time zone to a local date and time. For a time that the clocks skip or show twice, returns
    /// a text that the core rejects. Returns any other text unchanged.
    fn zoned(&self, text: &str) -> String {
        text.to_owned()
    }
}

/// ISO notation: `EUR 1250.00`, `2026-11-19`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Format for Plain {}

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = DAY / 2;

/// Writes a moment in UTC. The time is omitted at noon and midnight, which [`Instant::read`] uses for a day without a time.
pub(crate) fn moment(format: &dyn Format, at: Instant, tag: &str) -> String {
    let timed = !matches!(at.unix().rem_euclid(DAY), 0 | NOON);
    format.moment(at, timed, tag)
}

/// Writes a finding's parameter.
pub(crate) fn param(format: &dyn Format, param: &Param, tag: &str) -> String {
    match param {
        Param::Money(amount) => format.money(*amount, tag),
        Param::Instant(instant) => moment(format, *instant, tag),
        param => param.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use remit_core::time::reading::MomentError;
    use remit_core::{Instant, Offset};

    #[test]
    fn the_core_rejects_a_local_time_that_has_no_offset() {
        let zone = Offset::from_minutes(120).into();
        for time in ["2026-03-29T02:30", "2026-03-29 02:30", "2026-03-29 02:30:00.5"] {
            let error =
                |suffix: &str| Instant::read(&format!("{time}{suffix}"), zone).map(|read| read.instant);
            assert_eq!(error("+24:00"), Err(MomentError::Impossible), "{time}");
            assert_eq!(error("?"), Err(MomentError::Malformed), "{time}");
        }
    }
}
