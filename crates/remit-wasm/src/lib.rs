//! The validator, called from JavaScript.
//!
//! Three functions over plain objects: [`providers`], [`check`] and [`receipt`]. Everything they say comes from
//! `remit-core`; this crate only carries it over, and no bad input makes it throw.

mod csv;
mod known;
pub mod packed;
mod read;
pub mod rows;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;

use remit_core::report::message::Table;
use remit_core::wire::json::Json;
use remit_core::wire::{Headers, Response};
use remit_core::{Currency, Money, Outcome, Provider, to_json};
use serde::Serialize as _;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Every provider with its fields: `[{id, name, fields: [{name, kind, required, when, …limits}]}]`.
#[wasm_bindgen]
#[must_use]
pub fn providers() -> JsValue {
    to_js(&all())
}

fn all() -> Json {
    Json::Array(Provider::ALL.iter().map(|provider| to_json::provider(provider)).collect())
}

/// Checks a payment.
///
/// `draft` is an object of field names and texts; a number is taken exactly as JavaScript prints it. `known` is
/// `{currency, offsetMinutes, now, invoice: {id, number, balance, currency}, transactions: [{id, currency, amount,
/// unallocated, datetime, description}]}`, each part optional; `now` and `datetime` are ISO texts or a `Date`.
/// `null` and `undefined` are absent; anything else that cannot be read is an issue.
///
/// Gives `{ok: true, payment, request, notices}` or `{ok: false, issues, notices}`, every issue at once.
#[wasm_bindgen]
#[must_use]
pub fn check(provider: &str, draft: &JsValue, known: &JsValue) -> JsValue {
    let table = Table::english();
    let notices = |notices: &[remit_core::Notice]| {
        Json::Array(notices.iter().map(|notice| to_json::notice(notice, table.notice(notice))).collect())
    };
    let checked = read::provider(provider).and_then(|provider| {
        let (draft, known) = read::given(provider, draft, known)?;
        provider.check(&draft, &known)
    });
    let members = match &checked {
        Ok(checked) => vec![
            ("ok", Json::Bool(true)),
            ("payment", to_json::payment(&checked.payment, &checked.values)),
            ("request", to_json::request(&checked.request)),
            ("notices", notices(&checked.notices)),
        ],
        Err(rejection) => {
            let issues = rejection.issues().map(|issue| to_json::issue(issue, table.issue(issue))).collect();
            vec![
                ("ok", Json::Bool(false)),
                ("issues", Json::Array(issues)),
                ("notices", notices(rejection.notices())),
            ]
        }
    };
    to_js(&members.into_iter().collect())
}

/// What an answer means: `{state: 'recorded' | 'refused' | 'not-sent' | 'unknown', …}`.
///
/// `headers` is an object of names and values. `currency` is the payment's; where it is empty, amounts are told only where
/// the answer names their currency. An unknown provider or currency gives `undefined`.
#[wasm_bindgen]
#[must_use]
pub fn receipt(provider: &str, status: u16, headers: &JsValue, body: &str, currency: &str) -> JsValue {
    let Some(provider) = Provider::find(provider) else { return JsValue::UNDEFINED };
    let headers: Headers = read::texts(headers).into_iter().collect();
    let outcome = outcome(provider, &Response::new(status, headers, body), currency);
    outcome.map_or(JsValue::UNDEFINED, |outcome| to_js(&to_json::outcome(&outcome)))
}

/// What an answer means; nothing when the currency is not known.
fn outcome(provider: &Provider, reply: &Response, currency: &str) -> Option<Outcome> {
    let currency = if currency.is_empty() { Currency::UNSTATED } else { Currency::parse(currency).ok()? };
    let mut outcome = provider.receipt(reply, currency);
    if let Outcome::Recorded(receipt) = &mut outcome {
        // In no currency at all an amount would have the wrong number of decimals.
        let stated = |money: &Money| money.currency() != Currency::UNSTATED;
        receipt.balance = receipt.balance.filter(stated);
        receipt.paid = receipt.paid.filter(stated);
    }
    Some(outcome)
}

fn to_js(json: &Json) -> JsValue {
    json.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
