//! From JavaScript objects, whatever they hold, to the core's types.
//!
//! `null` and `undefined` are absent. Whatever else cannot be read is an issue and not taken for absent: the rule that
//! needs it would rest, and nobody would know.

use js_sys::{Array, BigInt, Function, Number, Reflect, try_iter};
use remit_core::{Code, Context, Draft, Findings, Param, Provider, Rejection, Zone};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::known::{self, Source};

/// The provider of this identifier.
pub(crate) fn provider(id: &str) -> Result<&'static Provider, Rejection> {
    let ids = || Provider::ALL.iter().map(|provider| provider.id).collect::<Vec<_>>().join(", ");
    let params = || vec![("value", Param::Text(id.to_owned())), ("choices", Param::Text(ids()))];
    Provider::find(id).ok_or_else(|| Rejection::of("provider", Code::ChoiceUnknown, params()))
}

/// A draft, and what the caller knows beside it.
pub(crate) fn given(
    provider: &Provider,
    draft: &JsValue,
    known: &JsValue,
) -> Result<(Draft, Context), Rejection> {
    let mut found = Findings::default();
    let draft = read_draft(provider, draft, &mut found);
    let mut objects = Objects::new(known, &mut found);
    let zone = match objects.member(&objects.known, "options.offsetMinutes", &mut found) {
        None => Zone::Unknown,
        Some(text) => known::offset(&text).map(Zone::Fixed).unwrap_or_else(|| {
            wrong("options.offsetMinutes", &mut found);
            Zone::Unknown
        }),
    };
    let read = known::known(&mut objects, &known::of(&draft), zone, &mut found);
    found.settle()?;
    Ok((draft, read))
}

/// The members of an object that are texts or numbers, as texts.
pub(crate) fn texts(object: &JsValue) -> Vec<(String, String)> {
    members(object).into_iter().filter_map(|(name, value)| Some((name, text(&value)?))).collect()
}

fn read_draft(provider: &Provider, object: &JsValue, found: &mut Findings) -> Draft {
    let mut draft = Draft::new();
    if !object.is_object() || elements(object).is_some() {
        wrong("draft", found);
    }
    for (name, value) in members(object).into_iter().filter(|(_, value)| !is_absent(value)) {
        match text(&value).or_else(|| iso(&value)) {
            Some(text) => draft.set(name, text),
            None if provider.payment.fields.iter().any(|field| field.name == name) => wrong(&name, found),
            // Told as what it is, no field, whatever it holds.
            None => draft.set(name, "…"),
        }
    }
    draft
}

fn wrong(path: &str, found: &mut Findings) {
    found.issue("", Code::MemberType, vec![("value", Param::Text(path.to_owned()))]);
}

/// What is known, as JavaScript's objects.
struct Objects {
    known: JsValue,
    invoice: JsValue,
    transactions: Vec<JsValue>,
}

impl Objects {
    fn new(known: &JsValue, found: &mut Findings) -> Self {
        let known = object(known.clone(), "options", found);
        let invoice = object(value(&known, "options.invoice"), "options.invoice", found);
        let list = value(&known, "options.transactions");
        let all = if is_absent(&list) { Some(Vec::new()) } else { elements(&list) };
        if all.is_none() {
            wrong("options.transactions", found);
        }
        // A list has no absent elements: what stands there was meant to be one.
        let meant = |one: JsValue| if is_absent(&one) { JsValue::FALSE } else { one };
        let all = all.unwrap_or_default().into_iter().map(meant);
        let transactions = all.map(|one| object(one, "options.transactions", found));
        Self { known, invoice, transactions: transactions.filter(|one| !is_absent(one)).collect() }
    }

    fn member(&self, object: &JsValue, path: &'static str, found: &mut Findings) -> Option<String> {
        let value = value(object, path);
        let written = text(&value).or_else(|| iso(&value));
        if written.is_none() && !is_absent(&value) {
            wrong(path, found);
        }
        written
    }
}

impl Source for Objects {
    fn text(&mut self, path: &'static str, at: usize, found: &mut Findings) -> Option<String> {
        let object = match path.split('.').nth(1) {
            Some("invoice") => &self.invoice,
            Some("transactions") => self.transactions.get(at)?,
            _ => &self.known,
        };
        self.member(object, path, found)
    }

    fn has_invoice(&self) -> bool {
        !is_absent(&self.invoice)
    }

    fn transactions(&self) -> usize {
        self.transactions.len()
    }
}

/// What is there, when it is an object with members; `undefined` otherwise.
fn object(given: JsValue, path: &'static str, found: &mut Findings) -> JsValue {
    if is_absent(&given) {
        return JsValue::UNDEFINED;
    }
    if given.is_object() && elements(&given).is_none() {
        return given;
    }
    wrong(path, found);
    JsValue::UNDEFINED
}

fn is_absent(value: &JsValue) -> bool {
    value.is_null() || value.is_undefined()
}

/// A text as it is; a number exactly as JavaScript prints it, so that 1e21 is still seen to be in exponent notation. An integer
/// that a number cannot hold exactly is none; a `BigInt` is one of any size.
fn text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| {
        if value.is_bigint() {
            return value.dyn_ref::<BigInt>()?.to_string(10).ok().map(String::from);
        }
        let number = value.dyn_ref::<Number>()?;
        let is_exact = !Number::is_integer(number) || Number::is_safe_integer(number);
        number.to_string_with_radix(10).ok().map(String::from).filter(|_| is_exact)
    })
}

/// What a `Date` says of itself, of whichever realm it is. One that is no moment throws.
fn iso(date: &JsValue) -> Option<String> {
    let print = Reflect::get(date, &JsValue::from_str("toISOString")).ok()?;
    print.dyn_ref::<Function>()?.call0(date).ok()?.as_string()
}

/// The elements of an array. A proxy may throw at whatever is asked of it first, and `try_iter` lets it.
fn elements(list: &JsValue) -> Option<Vec<JsValue>> {
    let elements = try_iter(list).ok()??;
    if Array::is_array(list) { elements.collect::<Result<_, _>>().ok() } else { None }
}

/// The member that a path ends in, or `undefined` where there is none. A getter that throws stands for something that
/// cannot be read: as little as `false` can.
fn value(object: &JsValue, path: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::FALSE)
}

/// The object's own members by name. A proxy that throws has none.
fn members(object: &JsValue) -> Vec<(String, JsValue)> {
    let keys = if object.is_object() { Reflect::own_keys(object).unwrap_or_default() } else { Array::new() };
    keys.iter()
        .filter_map(|key| Some((key.as_string()?, Reflect::get(object, &key).unwrap_or(JsValue::FALSE))))
        .collect()
}
