//! Amounts, dates and numbers as the platform's `Intl` writes them.

use remit_core::{Instant, Money};
use remit_session::Format;
use wasm_bindgen::prelude::wasm_bindgen;

// The bundler replaces the name with crates/remit-leptos/src/intl.js, which documents the functions.
#[wasm_bindgen(raw_module = "#intl")]
extern "C" {
    fn separators(locale: &str) -> String;
    fn money(decimal: &str, currency: &str, locale: &str) -> String;
    fn moment(rfc3339: &str, timed: bool, locale: &str) -> String;
    #[wasm_bindgen(js_name = currencyName)]
    fn currency_name(code: &str, locale: &str) -> String;
    #[wasm_bindgen(js_name = currencyMarks)]
    fn currency_marks(code: &str, locale: &str) -> String;
    fn zoned(text: &str) -> String;
}

/// The platform's `Intl`.
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
