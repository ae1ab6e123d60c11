//! Numbers, currencies and dates as the browser formats them, which needs no download and follows the user's settings.

use remit_core::{Currency, Instant, Money, Param};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::typed::strip_currency;

#[wasm_bindgen(raw_module = "./remit-intl.js")]
extern "C" {
    /// The notation of numbers in a locale, in four characters: the group separator, the decimal separator, and the sizes of
    /// the last group and of the others, such as `,.32` in India. Empty if the browser has no data for the locale.
    pub(crate) fn separators(locale: &str) -> String;
    /// Formats an exact decimal as an amount of money, such as `€1,250.00`.
    #[wasm_bindgen(js_name = money)]
    fn format_money(decimal: &str, currency: &str, locale: &str) -> String;
    /// Formats an instant, such as `19 November 2026` or, with its time, `19 November 2026, 10:00 UTC`.
    #[wasm_bindgen(js_name = moment)]
    fn format_moment(rfc3339: &str, timed: bool, locale: &str) -> String;
    /// The signs and the code of a currency in a locale, such as `€` and `EUR`, one a line.
    #[wasm_bindgen(js_name = currencyMarks)]
    fn currency_marks(code: &str, locale: &str) -> String;
    /// The name of a currency, such as `Euro`.
    #[wasm_bindgen(js_name = currencyName)]
    pub(crate) fn currency_name(code: &str, locale: &str) -> String;
    /// Today in the user's time zone, as `2026-11-19`.
    pub(crate) fn today() -> String;
    /// The current time, as RFC 3339 in UTC.
    pub(crate) fn now() -> String;
    /// Adds the UTC offset of the user's time zone to a local date and time. For a time that the clocks skip or show twice, returns
    /// a text that the core rejects. Returns any other text unchanged.
    pub(crate) fn zoned(text: &str) -> String;
    /// The current UTC offset of the user's time zone, in minutes.
    pub(crate) fn offset() -> i32;
}

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = DAY / 2;

/// Formats an amount for a locale.
pub(crate) fn money(money: Money, locale: &str) -> String {
    format_money(&money.to_decimal_string(), money.currency().code(), locale)
}

/// Removes the sign or the code of a currency, as the locale has it, from a typed amount.
pub(crate) fn without_currency<'a>(typed: &'a str, currency: Option<Currency>, locale: &str) -> &'a str {
    currency.map_or(typed, |currency| strip_currency(typed, &currency_marks(currency.code(), locale)))
}

/// Formats an instant for a locale, in UTC. The time is omitted at noon and midnight, which [`Instant::read`] uses for a day
/// without a time.
pub(crate) fn moment(instant: Instant, locale: &str) -> String {
    let timed = !matches!(instant.unix().rem_euclid(DAY), 0 | NOON);
    format_moment(&instant.rfc3339(), timed, locale)
}

/// Formats a finding's parameter for a locale.
pub(crate) fn param(param: &Param, locale: &str) -> String {
    match param {
        Param::Money(amount) => money(*amount, locale),
        Param::Instant(instant) => moment(*instant, locale),
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
