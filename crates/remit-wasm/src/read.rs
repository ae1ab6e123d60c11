//! Converts JavaScript objects of any content to the core's types.
//!
//! `null` and `undefined` are absent. Any other value that cannot be read is an issue. If it counted as absent, the rules that
//! need it would be skipped silently.

use js_sys::{Array, BigInt, Function, Number, Reflect, try_iter};
use remit_core::{Code, Context, Draft, Findings, Param, Provider, Rejection, Zone};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::known::{self, Source};

/// The provider with this identifier.
pub(crate) fn provider(id: &str) -> Result<&'static Provider, Rejection> {
    let ids = || Provider::ALL.iter().map(|provider| provider.id).collect::<Vec<_>>().join(", ");
    let params = || vec![("value", Param::Text(id.to_owned())), ("choices", Param::Text(ids()))];
    Provider::find(id).ok_or_else(|| Rejection::of("provider", Code::ChoiceUnknown, params()))
}

/// Reads a draft and the options.
pub(crate) fn draft_and_context(
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
    let read = known::context(&mut objects, &known::draft_texts(&draft), zone, &mut found);
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
            // Its name is reported as not a field; its value does not matter.
            None => draft.set(name, "…"),
        }
    }
    draft
}

fn wrong(path: &str, found: &mut Findings) {
    found.issue("", Code::MemberType, vec![("value", Param::Text(path.to_owned()))]);
}

/// The options, as JavaScript objects.
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
        // An absent element is an issue as well: `false` has the wrong type.
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

/// The value if it is an object with members, otherwise `undefined`. Reports any other value that is not absent.
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

/// The text of a string, a number or a `BigInt`. A number is printed as JavaScript prints it, so 1e21 is still rejected as
/// exponent notation. `None` for an integer that a number cannot hold exactly.
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

/// The text of a `Date`, from any realm. An invalid `Date` throws, so it has none.
fn iso(date: &JsValue) -> Option<String> {
    let print = Reflect::get(date, &JsValue::from_str("toISOString")).ok()?;
    print.dyn_ref::<Function>()?.call0(date).ok()?.as_string()
}

/// The elements of an array. A proxy can throw at any access; `try_iter` passes its exception on as an error.
fn elements(list: &JsValue) -> Option<Vec<JsValue>> {
    let elements = try_iter(list).ok()??;
    if Array::is_array(list) { elements.collect::<Result<_, _>>().ok() } else { None }
}

/// The member that a path ends in, or `undefined` without one. If the getter throws, the result is `false`, which every option
/// rejects.
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
