//! The validator, called from JavaScript.
//!
//! Three functions over plain objects: [`providers`], [`check`] and [`receipt`]. `remit-core` produces every result; this
//! crate converts it to JavaScript. No invalid input makes it throw.

mod csv;
mod header;
mod known;
pub mod packed;
mod read;
mod row;
pub mod rows;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;

use remit_core::report::message::Table;
use remit_core::wire::json::Json;
use remit_core::wire::{Headers, Response};
use remit_core::{Currency, Money, Outcome, Provider, to_json};
use serde::Serialize as _;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Lists every provider with its fields: `[{id, name, fields: [{name, kind, required, when, …limits}]}]`.
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
/// `draft` is an object of field names and texts. A number is parsed exactly as JavaScript prints it. `known` is
/// `{currency, offsetMinutes, now, invoice: {id, number, balance, currency}, transactions: [{id, currency, amount,
/// unallocated, datetime, description}]}`, each part optional; `now` and `datetime` are ISO texts or a `Date`.
/// `null` and `undefined` mean absent; any other value that cannot be parsed is an issue.
///
/// Returns `{ok: true, payment, request, notices}`, or `{ok: false, issues, notices}` with every issue at once.
#[wasm_bindgen]
#[must_use]
pub fn check(provider: &str, draft: &JsValue, known: &JsValue) -> JsValue {
    let table = Table::english();
    let notices = |notices: &[remit_core::Notice]| {
        Json::Array(notices.iter().map(|notice| to_json::notice(notice, table.notice(notice))).collect())
    };
    let checked = read::provider(provider).and_then(|provider| {
        let (draft, known) = read::draft_and_context(provider, draft, known)?;
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

/// Interprets a response: `{state: 'recorded' | 'refused' | 'not-sent' | 'unknown', …}`.
///
/// `headers` is an object of names and values. `currency` is the payment's. If it is empty, amounts are reported only where
/// the response names their currency. Returns `undefined` for an unknown provider or currency.
#[wasm_bindgen]
#[must_use]
pub fn receipt(provider: &str, status: u16, headers: &JsValue, body: &str, currency: &str) -> JsValue {
    let Some(provider) = Provider::find(provider) else { return JsValue::UNDEFINED };
    let headers: Headers = read::texts(headers).into_iter().collect();
    let outcome = outcome(provider, &Response::new(status, headers, body), currency);
    outcome.map_or(JsValue::UNDEFINED, |outcome| to_js(&to_json::outcome(&outcome)))
}

/// Interprets a response; `None` for an unknown currency.
fn outcome(provider: &Provider, response: &Response, currency: &str) -> Option<Outcome> {
    let currency = if currency.is_empty() { Currency::UNSTATED } else { Currency::parse(currency).ok()? };
    let mut outcome = provider.receipt(response, currency);
    if let Outcome::Recorded(receipt) = &mut outcome {
        // Without a currency, an amount would have the wrong number of decimals.
        let stated = |money: &Money| money.currency() != Currency::UNSTATED;
        receipt.balance = receipt.balance.filter(stated);
        receipt.paid = receipt.paid.filter(stated);
    }
    Some(outcome)
}

fn to_js(json: &Json) -> JsValue {
    json.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
