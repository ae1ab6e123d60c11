//! What the form needs of the browser: its `Intl`, a clock, and what the tabs of an origin share.

use remit_core::{Instant, Money, Offset};
use remit_session::{Format, Now, StoredIntent};
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/src/intl.js")]
extern "C" {
    /// The notation of numbers in a locale, in four characters: the group separator, the decimal separator, and the sizes of
    /// the last group and of the others, such as `,.32` in India. Empty if the browser has no data for the locale.
    fn separators(locale: &str) -> String;
    /// Formats an exact decimal as an amount of money, such as `€1,250.00`.
    fn money(decimal: &str, currency: &str, locale: &str) -> String;
    /// Formats an instant, such as `19 November 2026` or, with its time, `19 November 2026, 10:00 UTC`.
    fn moment(rfc3339: &str, timed: bool, locale: &str) -> String;
    /// The name of a currency, such as `Euro`.
    #[wasm_bindgen(js_name = currencyName)]
    fn currency_name(code: &str, locale: &str) -> String;
    /// The signs and the code of a currency in a locale, such as `€` and `EUR`, one a line.
    #[wasm_bindgen(js_name = currencyMarks)]
    fn currency_marks(code: &str, locale: &str) -> String;
    /// Adds the UTC offset of the user's time zone to a local date and time. Returns any other text unchanged.
    fn zoned(text: &str) -> String;
    /// The current UTC offset of the user's time zone, in minutes.
    fn offset() -> i32;
    /// The current time, in seconds since 1970.
    fn now() -> f64;
    /// Milliseconds on a monotonic clock.
    fn elapsed() -> f64;
}

#[wasm_bindgen(module = "/src/tabs.js")]
extern "C" {
    /// An identifier that no other tab has.
    pub(crate) fn seed() -> String;
    /// Whether the device has a network connection, as far as the browser knows.
    pub(crate) fn online() -> bool;
    fn stored() -> Vec<String>;
    fn store(id: &str, json: &str);
    /// Removes an intent from the store.
    pub(crate) fn forget(id: &str);
    async fn claim(scope: &str) -> JsValue;
    /// Ends a claim.
    pub(crate) fn release(scope: &str);
    async fn claimed() -> JsValue;
    fn watch(changed: &Closure<dyn FnMut()>, connected: &Closure<dyn FnMut(bool)>) -> js_sys::Function;
}

/// Amounts and dates as the browser's `Intl` writes them, which needs no download and follows the user's settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intl;

impl Format for Intl {
    fn money(&self, amount: Money, tag: &str) -> String {
        money(&amount.to_decimal_string(), amount.currency().code(), tag)
    }

    fn moment(&self, at: Instant, timed: bool, tag: &str) -> String {
        moment(&at.rfc3339(), timed, tag)
    }

    fn currency_name(&self, code: &str, tag: &str) -> String {
        currency_name(code, tag)
    }

    fn currency_marks(&self, code: &str, tag: &str) -> String {
        currency_marks(code, tag)
    }

    fn separators(&self, tag: &str) -> String {
        separators(tag)
    }

    fn zoned(&self, text: &str) -> String {
        zoned(text)
    }
}

/// Milliseconds as a whole number. `Date` and `performance` stay far below 2^53.
#[expect(clippy::as_conversions, reason = "there is no other conversion from a float, and it saturates")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// The time of an event.
pub(crate) fn time() -> Now {
    Now {
        elapsed: u64::try_from(whole(elapsed())).unwrap_or_default(),
        wall: Instant::from_unix(whole(now())),
        offset: Offset::from_minutes(offset()),
    }
}

/// The stored intents. Entries that are not ours, or of another version, are left out.
pub(crate) fn intents() -> Vec<StoredIntent> {
    stored().iter().filter_map(|json| StoredIntent::read(json)).collect()
}

/// Stores an intent.
pub(crate) fn keep(intent: &StoredIntent) {
    store(&intent.id, &intent.print());
}

/// Claims a scope for this tab. Returns whether no other form has claimed it.
pub(crate) async fn claims(scope: &str) -> bool {
    claim(scope).await.is_truthy()
}

/// The scopes that are claimed, by this page's forms and by other tabs.
pub(crate) async fn all_claimed() -> Vec<String> {
    let scopes: js_sys::Array = claimed().await.into();
    scopes.iter().filter_map(|scope| scope.as_string()).collect()
}

/// Watches the store and the connection until it is dropped.
pub(crate) struct Watch {
    end: js_sys::Function,
    _changed: Closure<dyn FnMut()>,
    _connected: Closure<dyn FnMut(bool)>,
}

impl Watch {
    pub(crate) fn new(changed: impl FnMut() + 'static, connected: impl FnMut(bool) + 'static) -> Self {
        let (changed, connected) = (Closure::new(changed), Closure::new(connected));
        Self { end: watch(&changed, &connected), _changed: changed, _connected: connected }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It only removes listeners, which does not fail.
        let _ = self.end.call0(&JsValue::NULL);
    }
}
