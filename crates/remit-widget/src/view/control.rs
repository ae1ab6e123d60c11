//! One field: its label, its control, and what is to be said about it. Everything comes from the declaration.

use leptos::prelude::*;
use remit_core::schema::field::{Field, Kind};
use remit_core::{BankTransaction, Currency, Suggestion};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::node::{Node, bare, keyed, node};
use crate::intl;
use crate::options::Options;
use crate::state::State;
use crate::transactions::follow;

/// A field with its label, hint, control, and what is to be said about it now.
pub(crate) fn field(state: State, field: &'static Field) -> AnyView {
    let mut label =
        node("label", "label").attr("for", &id("f", field)).words(move || state.word("field", field.name));
    if !field.required {
        label = label.text(" ").node(node("span", "optional").words(move || state.ui("optional")));
    }
    let hint = keyed(move || hint(state, field), move |text| said("hint", "h", field, &text));
    let complaint = move || state.complaint(field.name);
    let error = keyed(complaint, move |text| said("error", "e", field, &text));
    let notice = keyed(move || notices(state, field), move |text| said("notice", "n", field, &text));
    let count = keyed(move || count(state, field), |text| node("p", "count").text(&text).view());
    let wide = matches!(field.kind, Kind::Text { lines: true, .. } | Kind::Transaction).then_some("");
    node("div", "field")
        .attr("data-kind", kind(field))
        .maybe("data-wide", wide)
        .live("data-invalid", move || state.complaint(field.name).map(|_| String::new()))
        .node(label)
        .child(hint)
        .node(node("div", "control").children(control(state, field)))
        .child(error)
        .child(notice)
        .child(count)
        .view()
}

fn id(prefix: &str, field: &Field) -> String {
    format!("{prefix}-{}", field.name)
}

fn said(class: &'static str, prefix: &str, field: &Field, text: &str) -> AnyView {
    node("p", class).attr("id", &id(prefix, field)).text(text).view()
}

fn hint(state: State, field: &Field) -> Option<String> {
    state.options.read().table.get(&format!("hint.{}", field.name)).map(str::to_owned)
}

/// Notices, while there is nothing to complain about.
fn notices(state: State, field: &Field) -> Option<String> {
    let texts = state.notices(field.name);
    (!texts.is_empty() && state.complaint(field.name).is_none()).then(|| texts.join(" "))
}

fn kind(field: &Field) -> &'static str {
    match field.kind {
        Kind::Id { .. } | Kind::Uuid => "id",
        Kind::Transaction => "reference",
        Kind::Integer { .. } => "integer",
        Kind::Integers => "list",
        Kind::Currency(_) => "currency",
        Kind::Amount { .. } => "amount",
        Kind::Percentage => "percentage",
        Kind::Instant => "date",
        Kind::Text { lines: true, .. } => "longtext",
        Kind::Text { .. } => "text",
        Kind::Choice(_) => "choice",
    }
}

/// How many characters are left, once few are.
fn count(state: State, field: &Field) -> Option<String> {
    let Kind::Text { max, .. } = field.kind else { return None };
    let length: usize = state.text(field).chars().map(char::len_utf16).sum();
    let left = max.checked_sub(length).filter(|left| *left <= max / 5)?;
    Some(state.ui_with("count", &[("left", &left.to_string())]))
}

fn control(state: State, field: &'static Field) -> Vec<AnyView> {
    match field.kind {
        Kind::Choice(_) | Kind::Currency(_) => vec![select(state, field)],
        // Bank transactions are chosen from where they are known, and named otherwise.
        Kind::Transaction => {
            follow(state);
            // Another that has been named already stays as it is.
            let is_among = move |id: &str| state.known_transactions().iter().any(|t| t.id == id);
            let known = move || {
                let named = state.text(field);
                !state.known_transactions().is_empty() && (named.is_empty() || is_among(&named))
            };
            let control = move |_| if known() { select(state, field) } else { input(state, field) };
            vec![keyed(move || Some(known().to_string()), control)]
        }
        Kind::Text { lines: true, .. } => {
            vec![common(state, field, bare("textarea").attr("rows", "2")).view()]
        }
        _ => {
            let unit = keyed(move || unit(state, field), |text| node("span", "affix").text(&text).view());
            let label = move || likely(state, field).map(|(label, value)| label + &value);
            vec![unit, input(state, field), keyed(label, move |_| fill(state, field))]
        }
    }
}

/// What there is to choose from: values with their words.
fn choices(state: State, field: &Field) -> Vec<(String, String)> {
    let options = state.options.read();
    match field.kind {
        Kind::Choice(choices) => choices
            .iter()
            .map(|choice| (choice.value.to_owned(), options.table.word("choice", choice.value)))
            .collect(),
        Kind::Currency(takes) => Currency::all()
            .filter(|currency| takes.includes(*currency))
            .map(|currency| {
                let code = currency.code();
                (code.to_owned(), format!("{code} · {}", intl::currency_name(code, &options.locale)))
            })
            .collect(),
        _ => {
            let known = state.known_transactions();
            known.iter().map(|transaction| transaction_line(&options, transaction)).collect()
        }
    }
}

/// A bank transaction: when, what, and what is left of it.
fn transaction_line(options: &Options, transaction: &BankTransaction) -> (String, String) {
    let at = transaction.at.map(|at| intl::moment(at, &options.locale));
    let left = transaction
        .unallocated
        .map(|money| options.table.ui("unallocated", &[("money", &intl::money(money, &options.locale))]));
    let parts = [at, transaction.description.clone(), left].into_iter().flatten().collect::<Vec<_>>();
    (transaction.id.clone(), if parts.is_empty() { transaction.id.clone() } else { parts.join(" · ") })
}

/// What every control has: its name, its state for assistive technology, and what happens when it is used.
fn common(state: State, field: &'static Field, control: Node) -> Node {
    // Half a date has no value; only the browser knows that something is there.
    let take = move |event: &Event| {
        let target = event.target();
        let unfinished = target.as_ref().and_then(|t| t.dyn_ref::<HtmlInputElement>());
        state.enter(field, event_target_value(event), unfinished.is_some_and(|t| t.validity().bad_input()));
    };
    control
        .attr("class", "input")
        .attr("part", "input")
        .attr("id", &id("f", field))
        .attr("name", field.name)
        .maybe("aria-required", field.required.then_some("true"))
        .live("aria-invalid", move || state.complaint(field.name).map(|_| "true".to_owned()))
        .live("aria-describedby", move || described(state, field))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .value(move || state.text(field))
        .on("input", move |event| take(&event))
        .on("blur", move |event| {
            // Half a date that is taken back fires no input event.
            if field.kind == Kind::Instant {
                take(&event);
            }
            state.leave(field.name);
        })
}

/// What describes the control: its hint, and what is said about it.
fn described(state: State, field: &Field) -> Option<String> {
    let hint = hint(state, field).map(|_| id("h", field));
    let error = state.complaint(field.name).map(|_| id("e", field));
    let notice = notices(state, field).map(|_| id("n", field));
    let ids: Vec<String> = [hint, error, notice].into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn select(state: State, field: &'static Field) -> AnyView {
    let key = move || {
        Some(choices(state, field).into_iter().map(|(value, words)| format!("{value} {words}\n")).collect())
    };
    let options = move |_| {
        let chosen = state.text(field);
        let empty = (String::new(), state.ui("choose"));
        let option = |(value, words): (String, String)| {
            let selected = (value == chosen).then_some("");
            bare("option").attr("value", &value).maybe("selected", selected).text(&words).view()
        };
        super::node::all(core::iter::once(empty).chain(choices(state, field)).map(option).collect())
    };
    common(state, field, bare("select")).child(keyed(key, options)).view()
}

fn input(state: State, field: &'static Field) -> AnyView {
    let (input_type, mode) = match field.kind {
        // `type=number` drops characters and changes with the wheel: amounts are text.
        Kind::Amount { .. } | Kind::Percentage => ("text", Some("decimal")),
        Kind::Integer { .. } => ("text", Some("numeric")),
        Kind::Instant => ("date", None),
        _ => ("text", None),
    };
    // Among words that run from right to left, 12.50 would be shown as 50.12.
    let direction = (!matches!(field.kind, Kind::Text { .. } | Kind::Instant)).then_some("ltr");
    let input = bare("input").attr("type", input_type).maybe("inputmode", mode).attr("autocomplete", "off");
    let input = input.maybe("dir", direction);
    let input =
        input.maybe("max", (input_type == "date").then_some("9999-12-31")).attr("spellcheck", "false");
    common(state, field, input).view()
}

/// What the number counts: a currency, or percent.
fn unit(state: State, field: &Field) -> Option<String> {
    match field.kind {
        Kind::Amount { .. } => state.currency().map(|currency| currency.code().to_owned()),
        Kind::Percentage => Some("%".to_owned()),
        _ => None,
    }
}

/// The likely value with its label: today, or the whole balance.
fn likely(state: State, field: &Field) -> Option<(String, String)> {
    match Suggestion::of(field)? {
        Suggestion::Today => Some((state.ui("today"), intl::today())),
        Suggestion::Balance => {
            let options = state.options.read();
            let balance = options.invoice.as_ref()?.balance.filter(|balance| balance.minor() > 0)?;
            Some((state.ui("pay_balance"), balance.to_decimal_string()))
        }
    }
}

/// The likely value, one press away.
fn fill(state: State, field: &'static Field) -> AnyView {
    let (label, value) = likely(state, field).unwrap_or_default();
    super::button(state, "fill", label, move || state.fill(field, value.clone()))
}
