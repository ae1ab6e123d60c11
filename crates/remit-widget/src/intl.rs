//! The browser's own knowledge of numbers, currencies and dates: nothing to download, and always the person's.

use remit_core::{Instant, Money, Param};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "./remit-intl.js")]
extern "C" {
    /// The group and the decimal separator of a locale, as a text of two characters.
    pub(crate) fn separators(locale: &str) -> String;
    /// An exact decimal as an amount of money, such as `€1,250.00`.
    #[wasm_bindgen(js_name = money)]
    fn format_money(decimal: &str, currency: &str, locale: &str) -> String;
    /// A moment, such as `19 November 2026` or, with its time, `19 November 2026, 10:00 UTC`.
    #[wasm_bindgen(js_name = moment)]
    fn format_moment(rfc3339: &str, timed: bool, locale: &str) -> String;
    /// The name of a currency, such as `Euro`.
    #[wasm_bindgen(js_name = currencyName)]
    pub(crate) fn currency_name(code: &str, locale: &str) -> String;
    /// Today where the person is, as `2026-11-19`.
    pub(crate) fn today() -> String;
    /// The present moment, as RFC 3339 in UTC.
    pub(crate) fn now() -> String;
    /// A local date and time with the offset that holds then where the person is; any other text as it is.
    pub(crate) fn zoned(text: &str) -> String;
    /// How far the person's clock is ahead of UTC now, in minutes.
    pub(crate) fn offset() -> i32;
}

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = DAY / 2;

/// An amount as the person's locale writes it.
pub(crate) fn money(money: Money, locale: &str) -> String {
    format_money(&money.to_decimal_string(), money.currency().code(), locale)
}

/// A moment as the person's locale writes it, in UTC. The time is left out where it only stands for a day: noon and
/// midnight, which [`Instant::read`] gives a day without a time.
pub(crate) fn moment(instant: Instant, locale: &str) -> String {
    let timed = !matches!(instant.unix().rem_euclid(DAY), 0 | NOON);
    format_moment(&instant.rfc3339(), timed, locale)
}

/// A finding's parameter as the person's locale writes it.
pub(crate) fn param(param: &Param, locale: &str) -> String {
    match param {
        Param::Money(amount) => money(*amount, locale),
        Param::Instant(instant) => moment(*instant, locale),
        param => param.to_string(),
    }
}
