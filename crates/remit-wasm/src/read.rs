//! From JavaScript objects, whatever they hold, to the core's types.
//!
//! `null` and `undefined` are absent. Whatever else cannot be read is an issue and not taken for absent: the rule that
//! needs it would rest, and nobody would know.

use js_sys::{Array, Function, Number, Reflect, try_iter};
use remit_core::{
    Code, Currency, Draft, Findings, Instant, Invoice, Known, Money, Offset, Param, Provider, Rejection,
    State, Transaction, Zone,
};
use wasm_bindgen::{JsCast as _, JsValue};

/// The provider of this identifier.
pub(crate) fn provider(id: &str) -> Result<&'static Provider, Rejection> {
    let ids = || Provider::ALL.iter().map(|provider| provider.id).collect::<Vec<_>>().join(", ");
    let params = || vec![("value", Param::Text(id.to_owned())), ("choices", Param::Text(ids()))];
    Provider::find(id).ok_or_else(|| Rejection::of("provider", Code::ChoiceUnknown, params()))
}

/// A draft, and what the caller knows beside it.
pub(crate) fn given(draft: &JsValue, known: &JsValue) -> Result<(Draft, Known), Rejection> {
    let mut reader = Reader::default();
    let read = (reader.draft(draft), reader.known(known));
    reader.0.settle()?;
    Ok(read)
}

/// The members of an object that are texts or numbers, as texts.
pub(crate) fn texts(object: &JsValue) -> Vec<(String, String)> {
    members(object).into_iter().filter_map(|(name, value)| Some((name, text(&value)?))).collect()
}

/// Reads members by their paths, such as `known.invoice.id`, and keeps what is wrong with them.
#[derive(Default)]
struct Reader(Findings);

impl Reader {
    fn draft(&mut self, object: &JsValue) -> Draft {
        let mut draft = Draft::new();
        for (name, value) in members(object).into_iter().filter(|(_, value)| !is_absent(value)) {
            match text(&value) {
                Some(text) => draft.set(name, text),
                None => self.wrong(&name),
            }
        }
        draft
    }

    fn known(&mut self, given: &JsValue) -> Known {
        let Some(given) = self.object(given.clone(), "known") else { return Known::default() };
        let currency = self.currency(&given, "known.currency");
        Known {
            now: self.moment(&given, "known.now", Zone::Unknown),
            zone: self.offset(&given, "known.offsetMinutes").into(),
            currency,
            invoice: self.invoice(&given, "known.invoice", currency),
            transactions: self.transactions(&given, "known.transactions"),
        }
    }

    fn invoice(
        &mut self,
        known: &JsValue,
        path: &'static str,
        fallback: Option<Currency>,
    ) -> Option<Invoice> {
        let given = self.object(member(known, path), path)?;
        self.require(&given, "known.invoice.id");
        if fallback.is_none() {
            self.require(&given, "known.invoice.currency");
        }
        let id = self.text(&given, "known.invoice.id");
        let number = self.text(&given, "known.invoice.number");
        let currency = self.currency(&given, "known.invoice.currency").or(fallback);
        let balance = self.money(&given, "known.invoice.balance", currency);
        let state = self.state(&given, "known.invoice.state");
        let issued = self.moment(&given, "known.invoice.issued", Zone::Fixed(Offset::UTC));
        Some(Invoice { number, balance, state, issued, ..Invoice::new(id?, currency?) })
    }

    fn state(&mut self, object: &JsValue, path: &'static str) -> Option<State> {
        let text = self.text(object, path)?;
        let found = State::ALL.into_iter().find(|state| state.text() == text);
        if found.is_none() {
            let choices = Param::Text(State::ALL.map(State::text).join(", "));
            self.0.issue(path, Code::ChoiceUnknown, vec![("value", Param::Text(text)), ("choices", choices)]);
        }
        found
    }

    fn transactions(&mut self, known: &JsValue, path: &'static str) -> Vec<Transaction> {
        let given = member(known, path);
        if is_absent(&given) {
            return Vec::new();
        }
        let Some(elements) = elements(&given) else {
            self.wrong(path);
            return Vec::new();
        };
        elements.into_iter().filter_map(|given| self.transaction(given, path)).collect()
    }

    fn transaction(&mut self, given: JsValue, path: &'static str) -> Option<Transaction> {
        // A list has no absent elements: what stands there was meant to be one.
        let given = if is_absent(&given) { JsValue::FALSE } else { given };
        let given = self.object(given, path)?;
        self.require(&given, "known.transactions.id");
        self.require(&given, "known.transactions.currency");
        let id = self.text(&given, "known.transactions.id");
        let currency = self.currency(&given, "known.transactions.currency");
        let amount = self.money(&given, "known.transactions.amount", currency);
        let unallocated = self.money(&given, "known.transactions.unallocated", currency);
        let at = self.moment(&given, "known.transactions.datetime", Zone::Fixed(Offset::UTC));
        let description = self.text(&given, "known.transactions.description");
        Some(Transaction { id: id?, amount, unallocated, at, description })
    }

    /// What is there, when it is an object with members.
    fn object(&mut self, given: JsValue, path: &'static str) -> Option<JsValue> {
        if is_absent(&given) {
            return None;
        }
        let is_object = given.is_object() && elements(&given).is_none();
        if !is_object {
            self.wrong(path);
        }
        is_object.then_some(given)
    }

    fn require(&mut self, object: &JsValue, path: &'static str) {
        if is_absent(&member(object, path)) {
            self.0.issue(path, Code::Required, Vec::new());
        }
    }

    fn text(&mut self, object: &JsValue, path: &'static str) -> Option<String> {
        self.written(object, path, text)
    }

    fn currency(&mut self, object: &JsValue, path: &'static str) -> Option<Currency> {
        let text = self.text(object, path)?;
        self.parsed(path, Currency::parse(&text).map_err(|_| Code::CurrencyUnknown), text)
    }

    /// An amount. Where its currency could not be had, that has been told.
    fn money(&mut self, object: &JsValue, path: &'static str, currency: Option<Currency>) -> Option<Money> {
        let text = self.text(object, path)?;
        self.parsed(path, Money::parse(&text, currency?), text)
    }

    /// A moment: a text, or a `Date`.
    fn moment(&mut self, object: &JsValue, path: &'static str, zone: Zone) -> Option<Instant> {
        let text = self.written(object, path, |value| text(value).or_else(|| iso(value)))?;
        self.parsed(path, Instant::read(&text, zone).map(|reading| reading.instant), text)
    }

    fn offset(&mut self, object: &JsValue, path: &'static str) -> Option<Offset> {
        let minutes = |value: &JsValue| text(value)?.parse().ok().and_then(Offset::from_minutes);
        self.written(object, path, minutes)
    }

    /// The member as `read` has it. That it is there and `read` has nothing is an issue.
    fn written<T>(
        &mut self,
        object: &JsValue,
        path: &'static str,
        read: impl Fn(&JsValue) -> Option<T>,
    ) -> Option<T> {
        let value = member(object, path);
        let written = read(&value);
        if written.is_none() && !is_absent(&value) {
            self.wrong(path);
        }
        written
    }

    fn parsed<T>(&mut self, path: &'static str, parsed: Result<T, Code>, text: String) -> Option<T> {
        parsed.map_err(|code| self.0.issue(path, code, vec![("value", Param::Text(text))])).ok()
    }

    fn wrong(&mut self, path: &str) {
        self.0.issue("", Code::MemberType, vec![("value", Param::Text(path.to_owned()))]);
    }
}

fn is_absent(value: &JsValue) -> bool {
    value.is_null() || value.is_undefined()
}

/// A text as it is; a number exactly as JavaScript prints it, so that 1e21 is still seen to be in exponent notation.
fn text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| {
        let number = value.dyn_ref::<Number>()?;
        number.to_string_with_radix(10).ok().map(String::from)
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

/// The member that a path ends in, or `undefined` where there is none.
fn member(object: &JsValue, path: &str) -> JsValue {
    let name = path.rsplit('.').next().unwrap_or(path);
    value(object, &JsValue::from_str(name))
}

/// A getter that throws stands for something that cannot be read: as little as `false` can.
fn value(object: &JsValue, key: &JsValue) -> JsValue {
    Reflect::get(object, key).unwrap_or(JsValue::FALSE)
}

/// The object's own members by name. A proxy that throws has none.
fn members(object: &JsValue) -> Vec<(String, JsValue)> {
    let keys = if object.is_object() { Reflect::own_keys(object).unwrap_or_default() } else { Array::new() };
    keys.iter().filter_map(|key| Some((key.as_string()?, value(object, &key)))).collect()
}
