//! From JavaScript objects, whatever they hold, to the core's types.

use js_sys::{Array, Number, Reflect};
use remit_core::{
    Code, Currency, Draft, Instant, Invoice, Known, Money, Offset, Param, Provider, Rejection, Transaction,
};
use wasm_bindgen::{JsCast, JsValue};

/// The provider of this identifier.
pub(crate) fn provider(id: &str) -> Result<&'static Provider, Rejection> {
    let ids = || Provider::ALL.iter().map(|provider| provider.id).collect::<Vec<_>>().join(", ");
    let params = || vec![("value", Param::Text(id.to_owned())), ("choices", Param::Text(ids()))];
    Provider::find(id).ok_or_else(|| Rejection::of("provider", Code::ChoiceUnknown, params()))
}

/// A draft. Values that are neither text nor number are refused, not read as something else.
pub(crate) fn draft(object: &JsValue) -> Result<Draft, Rejection> {
    let mut draft = Draft::new();
    for (name, value) in members(object) {
        if value.is_null() || value.is_undefined() {
            continue;
        }
        draft.set(name.clone(), text(&value).ok_or_else(|| wrong(&name))?);
    }
    Ok(draft)
}

/// The members of an object that are texts or numbers, as texts.
pub(crate) fn texts(object: &JsValue) -> Vec<(String, String)> {
    members(object).into_iter().filter_map(|(name, value)| Some((name, text(&value)?))).collect()
}

/// What the caller knows beside the draft.
pub(crate) fn known(object: &JsValue) -> Result<Known, Rejection> {
    let currency = member(object, "currency").map(|code| currency(&code, "known.currency")).transpose()?;
    let moment = |name: &'static str| {
        let read =
            |text: String| Instant::read(&text, None).map_err(|code| Rejection::of(name, code, Vec::new()));
        member(object, name).map(read).transpose()
    };
    let offset = match member(object, "offsetMinutes") {
        Some(text) => Some(
            text.parse().ok().and_then(Offset::from_minutes).ok_or_else(|| wrong("known.offsetMinutes"))?,
        ),
        None => None,
    };
    let transactions = get(object, "transactions");
    let transactions = if Array::is_array(&transactions) { Array::from(&transactions) } else { Array::new() };
    Ok(Known {
        now: moment("now")?.map(|reading| reading.instant),
        offset,
        currency,
        invoice: present(get(object, "invoice")).map(|given| invoice(&given, currency)).transpose()?,
        transactions: transactions.iter().map(|given| transaction(&given)).collect::<Result<_, _>>()?,
    })
}

fn invoice(object: &JsValue, fallback: Option<Currency>) -> Result<Invoice, Rejection> {
    let named = member(object, "currency").map(|code| currency(&code, "invoice.currency")).transpose()?;
    let currency = named.or(fallback).ok_or_else(|| wrong("invoice.currency"))?;
    Ok(Invoice {
        id: member(object, "id").ok_or_else(|| wrong("invoice.id"))?,
        number: member(object, "number"),
        balance: money(object, "balance", currency)?,
        currency,
    })
}

fn transaction(object: &JsValue) -> Result<Transaction, Rejection> {
    let code = member(object, "currency").ok_or_else(|| wrong("transactions.currency"))?;
    let currency = currency(&code, "transactions.currency")?;
    let at = member(object, "datetime").and_then(|text| Instant::read(&text, Some(Offset::UTC)).ok());
    Ok(Transaction {
        id: member(object, "id").ok_or_else(|| wrong("transactions.id"))?,
        amount: money(object, "amount", currency)?,
        unallocated: money(object, "unallocated", currency)?,
        at: at.map(|reading| reading.instant),
        description: member(object, "description"),
    })
}

fn money(object: &JsValue, name: &'static str, currency: Currency) -> Result<Option<Money>, Rejection> {
    let read = |text: String| {
        Money::parse(&text, currency)
            .map_err(|code| Rejection::of(name, code, vec![("value", Param::Text(text))]))
    };
    member(object, name).map(read).transpose()
}

fn currency(code: &str, of: &'static str) -> Result<Currency, Rejection> {
    Currency::parse(code).map_err(|_| Rejection::of(of, Code::CurrencyUnknown, Vec::new()))
}

fn wrong(name: &str) -> Rejection {
    Rejection::of("", Code::MemberType, vec![("value", Param::Text(name.to_owned()))])
}

/// A text as it is; a number exactly as JavaScript prints it, so that 1e21 is still seen to be in exponent notation.
fn text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| {
        let number = value.dyn_ref::<Number>()?;
        number.to_string_with_radix(10).ok().map(String::from)
    })
}

/// The member of this name as text, if it is there.
fn member(object: &JsValue, name: &str) -> Option<String> {
    text(&get(object, name))
}

fn present(value: JsValue) -> Option<JsValue> {
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

/// A member, or `undefined`: also where there is no object, or a getter throws.
fn get(object: &JsValue, name: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The object's own members by name. A proxy that throws has none.
fn members(object: &JsValue) -> Vec<(String, JsValue)> {
    let keys = if object.is_object() { Reflect::own_keys(object).unwrap_or_default() } else { Array::new() };
    keys.iter()
        .filter_map(|key| Some((key.as_string()?, Reflect::get(object, &key).unwrap_or(JsValue::NULL))))
        .collect()
}
