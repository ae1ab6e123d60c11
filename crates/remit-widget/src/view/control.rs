//! One field: its label, its control and its messages, all derived from the field's declaration.

use leptos::prelude::*;
use remit_core::schema::field::{Field, Kind};
use remit_core::{BankTransaction, Currency, Suggestion};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::node::{Node, bare, keyed, node};
use crate::intl;
use crate::options::Options;
use crate::state::State;
use crate::text::UiText;
use crate::transactions::follow;

/// A field with its label, hint, control and current messages.
pub(crate) fn field(state: State, field: &'static Field) -> AnyView {
    let mut label =
        node("label", "label").attr("for", &id("f", field)).words(move || state.word("field", field.name));
    if !field.required {
        label = label.text(" ").node(node("span", "optional").words(move || state.ui(UiText::Optional)));
    }
    let hint = keyed(move || hint(state, field), move |text| message(node("p", "hint"), "h", field, &text));
    let error =
        keyed(move || state.error(field.name), move |text| message(node("p", "error"), "e", field, &text));
    let notice =
        keyed(move || notices(state, field), move |text| message(node("p", "notice"), "n", field, &text));
    let count = keyed(move || count(state, field), |text| node("p", "count").text(&text).view());
    let wide = matches!(field.kind, Kind::Text { lines: true, .. } | Kind::Transaction).then_some("");
    node("div", "field")
        .attr("data-kind", kind(field))
        .maybe("data-wide", wide)
        .live("data-invalid", move || state.error(field.name).map(|_| String::new()))
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

fn message(element: Node, prefix: &str, field: &Field, text: &str) -> AnyView {
    element.attr("id", &id(prefix, field)).text(text).view()
}

fn hint(state: State, field: &Field) -> Option<String> {
    state.options.read().table.get(&format!("hint.{}", field.name)).map(str::to_owned)
}

/// The field's notices, unless it has an error.
fn notices(state: State, field: &Field) -> Option<String> {
    let texts = state.notices(field.name);
    (!texts.is_empty() && state.error(field.name).is_none()).then(|| texts.join(" "))
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

/// The number of characters left, once at most a fifth is.
fn count(state: State, field: &Field) -> Option<String> {
    let Kind::Text { max, .. } = field.kind else { return None };
    let length: usize = state.text(field).chars().map(char::len_utf16).sum();
    let left = max.checked_sub(length).filter(|left| *left <= max / 5)?;
    Some(state.ui_with(UiText::Count, &[("left", &left.to_string())]))
}

fn control(state: State, field: &'static Field) -> Vec<AnyView> {
    match field.kind {
        Kind::Choice(_) | Kind::Currency(_) => vec![select(state, field)],
        // A select if transactions are known, otherwise an input for the identifier.
        Kind::Transaction => {
            follow(state);
            // An identifier that was entered and is not listed stays in the input.
            let is_listed = move |id: &str| state.known_transactions().iter().any(|t| t.id == id);
            let can_choose = move || {
                let id = state.text(field);
                !state.known_transactions().is_empty() && (id.is_empty() || is_listed(&id))
            };
            let control = move |_| if can_choose() { select(state, field) } else { input(state, field) };
            vec![keyed(move || Some(can_choose().to_string()), control)]
        }
        Kind::Text { lines: true, .. } => {
            vec![common(state, field, bare("textarea").attr("rows", "2")).view()]
        }
        _ => {
            let unit = keyed(move || unit(state, field), |text| node("span", "affix").text(&text).view());
            let label = move || suggestion(state, field).map(|(label, value)| label + &value);
            vec![unit, input(state, field), keyed(label, move |_| fill(state, field))]
        }
    }
}

/// The choices: values with their labels.
fn choices(state: State, field: &Field) -> Vec<(String, String)> {
    let options = state.options.read();
    match field.kind {
        Kind::Choice(choices) => choices
            .iter()
            .map(|choice| (choice.value.to_owned(), options.table.word("choice", choice.value)))
            .collect(),
        Kind::Currency(accepted) => Currency::all()
            .filter(|currency| accepted.includes(*currency))
            .map(|currency| {
                let code = currency.code();
                (code.to_owned(), format!("{code} · {}", intl::currency_name(code, &options.locale)))
            })
            .collect(),
        _ => {
            let known = state.known_transactions();
            known.iter().map(|transaction| transaction_line(state, &options, transaction)).collect()
        }
    }
}

/// A bank transaction as a choice: its date, its description and the amount not yet allocated.
fn transaction_line(state: State, options: &Options, transaction: &BankTransaction) -> (String, String) {
    let at = transaction.at.map(|at| intl::moment(at, &options.locale));
    let unallocated = transaction
        .unallocated
        .map(|money| state.ui_with(UiText::Unallocated, &[("money", &intl::money(money, &options.locale))]));
    let parts = [at, transaction.description.clone(), unallocated];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>();
    (transaction.id.clone(), if parts.is_empty() { transaction.id.clone() } else { parts.join(" · ") })
}

/// Adds the parts that every control has: its name, its attributes for assistive technology and its event handlers.
fn common(state: State, field: &'static Field, control: Node) -> Node {
    // Half a date has an empty value; only the browser's validity shows that the control is not empty.
    let enter = move |event: &Event| {
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
        .live("aria-invalid", move || state.error(field.name).map(|_| "true".to_owned()))
        .live("aria-describedby", move || described(state, field))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .value(move || state.text(field))
        .on("input", move |event| enter(&event))
        .on("blur", move |event| {
            // Clearing half a date fires no input event.
            if field.kind == Kind::Instant {
                enter(&event);
            }
            state.leave(field.name);
        })
}

/// The identifiers of the elements that describe the control: its hint, its error and its notices.
fn described(state: State, field: &Field) -> Option<String> {
    let hint = hint(state, field).map(|_| id("h", field));
    let error = state.error(field.name).map(|_| id("e", field));
    let notice = notices(state, field).map(|_| id("n", field));
    let ids: Vec<String> = [hint, error, notice].into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn select(state: State, field: &'static Field) -> AnyView {
    let key = move || {
        Some(choices(state, field).into_iter().map(|(value, label)| format!("{value} {label}\n")).collect())
    };
    let options = move |_| {
        let chosen = state.text(field);
        let empty = (String::new(), state.ui(UiText::Choose));
        let option = |(value, label): (String, String)| {
            let selected = (value == chosen).then_some("");
            bare("option").attr("value", &value).maybe("selected", selected).text(&label).view()
        };
        super::node::all(core::iter::once(empty).chain(choices(state, field)).map(option).collect())
    };
    common(state, field, bare("select")).child(keyed(key, options)).view()
}

fn input(state: State, field: &'static Field) -> AnyView {
    let (input_type, mode) = match field.kind {
        // `type=number` drops characters and changes with the mouse wheel, so amounts are text.
        Kind::Amount { .. } | Kind::Percentage => ("text", Some("decimal")),
        Kind::Integer { .. } => ("text", Some("numeric")),
        Kind::Instant => ("date", None),
        _ => ("text", None),
    };
    // In a right-to-left layout, 12.50 would appear as 50.12.
    let direction = (!matches!(field.kind, Kind::Text { .. } | Kind::Instant)).then_some("ltr");
    let input = bare("input").attr("type", input_type).maybe("inputmode", mode).attr("autocomplete", "off");
    let input = input.maybe("dir", direction);
    let input =
        input.maybe("max", (input_type == "date").then_some("9999-12-31")).attr("spellcheck", "false");
    common(state, field, input).view()
}

/// The unit of a number: a currency, or percent.
fn unit(state: State, field: &Field) -> Option<String> {
    match field.kind {
        Kind::Amount { .. } => state.currency().map(|currency| currency.code().to_owned()),
        Kind::Percentage => Some("%".to_owned()),
        _ => None,
    }
}

/// The suggested value with its label: today, or the entire balance.
fn suggestion(state: State, field: &Field) -> Option<(String, String)> {
    match Suggestion::of(field)? {
        Suggestion::Today => Some((state.ui(UiText::Today), intl::today())),
        Suggestion::Balance => {
            let options = state.options.read();
            let balance = options.invoice.as_ref()?.balance.filter(|balance| balance.minor() > 0)?;
            Some((state.ui(UiText::PayBalance), balance.to_decimal_string()))
        }
    }
}

/// The button that enters the suggested value.
fn fill(state: State, field: &'static Field) -> AnyView {
    let (label, value) = suggestion(state, field).unwrap_or_default();
    super::button(state, "fill", label, move || state.fill(field, value.clone()))
}
