//! One field: its label, its control and its messages, all derived from the field's declaration.

use leptos::prelude::*;
use remit_core::schema::field::{Field, Kind};
use remit_session::{Event, UiText};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::node::{Node, bare, keyed, node};
use super::parts::{button, disabled};
use crate::form::Form;

/// A field with its label, hint, control and current messages.
pub(crate) fn field(form: Form, field: &'static Field) -> AnyView {
    let mut label = node("label", "label")
        .attr("for", &id(form, "f", field))
        .words(move || form.read(|session| session.word("field", field.name)));
    if !field.required {
        let optional = move || form.read(|session| session.ui(UiText::Optional));
        label = label.text(" ").node(node("span", "optional").words(optional));
    }
    let said = move |element: &'static str, prefix: &'static str, text: String| {
        node("p", element).attr("id", &id(form, prefix, field)).text(&text).view()
    };
    let hint = keyed(move || form.read(|session| session.hint(field)), move |text| said("hint", "h", text));
    let error = keyed(move || error(form, field), move |text| said("error", "e", text));
    let notice = keyed(move || notices(form, field), move |text| said("notice", "n", text));
    let count = keyed(
        move || form.read(|session| session.count(field)),
        |text| node("p", "count").text(&text).view(),
    );
    let wide = matches!(field.kind, Kind::Text { lines: true, .. } | Kind::Transaction).then_some("");
    node("div", "field")
        .attr("data-kind", kind(field))
        .maybe("data-wide", wide)
        .live("data-invalid", move || error_flag(form, field))
        .node(label)
        .child(hint)
        .node(node("div", "control").children(control(form, field)))
        .child(error)
        .child(notice)
        .child(count)
        .view()
}

fn id(form: Form, prefix: &str, field: &Field) -> String {
    form.id(&[prefix, "-", field.name].concat())
}

fn error(form: Form, field: &Field) -> Option<String> {
    form.read(|session| session.error(field.name))
}

fn error_flag(form: Form, field: &Field) -> Option<String> {
    error(form, field).map(|_| String::new())
}

fn notices(form: Form, field: &Field) -> Option<String> {
    let texts = form.read(|session| session.notices(field.name));
    (!texts.is_empty()).then(|| texts.join(" "))
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

fn control(form: Form, field: &'static Field) -> Vec<AnyView> {
    match field.kind {
        Kind::Choice(_) | Kind::Currency(_) => vec![select(form, field)],
        // A select if transactions are known, otherwise an input for the identifier.
        Kind::Transaction => {
            let can_choose = move || {
                form.read(|session| {
                    let (known, id) = (session.transactions(), session.text(field));
                    // An identifier that was entered and is not listed stays in the input.
                    !known.is_empty() && (id.is_empty() || known.iter().any(|one| one.id == id))
                })
            };
            let control = move |_| if can_choose() { select(form, field) } else { input(form, field) };
            vec![keyed(move || Some(can_choose().to_string()), control)]
        }
        Kind::Text { lines: true, .. } => {
            vec![common(form, field, bare("textarea").attr("rows", "2")).view()]
        }
        _ => {
            let unit = keyed(
                move || form.read(|session| session.unit(field)),
                |text| node("span", "affix").text(&text).view(),
            );
            let label = move || form.read(|session| session.suggestion(field)).map(|choice| choice.label);
            vec![unit, input(form, field), keyed(label, move |label| fill(form, field, label))]
        }
    }
}

/// Adds the parts that every control has: its name, its attributes for assistive technology and its event handlers.
fn common(form: Form, field: &'static Field, control: Node) -> Node {
    // Half a date has an empty value; only the browser's validity shows that the control is not empty.
    let enter = move |event: &web_sys::Event| {
        let target = event.target();
        let target = target.as_ref().and_then(|target| target.dyn_ref::<HtmlInputElement>());
        let unfinished = target.is_some_and(|target| target.validity().bad_input());
        form.send(Event::Entered { field, text: event_target_value(event), unfinished });
    };
    control
        .attr("class", "input")
        .attr("part", "input")
        .attr("id", &id(form, "f", field))
        .attr("name", field.name)
        .maybe("aria-required", field.required.then_some("true"))
        .live("aria-invalid", move || error(form, field).map(|_| "true".to_owned()))
        .live("aria-describedby", move || described(form, field))
        .live("disabled", move || disabled(form))
        .value(move || form.read(|session| session.text(field)))
        .on("input", move |event| enter(&event))
        .on("blur", move |event| {
            // Clearing half a date fires no input event.
            if field.kind == Kind::Instant {
                enter(&event);
            }
            form.send(Event::Left(field.name));
        })
}

/// The identifiers of the elements that describe the control: its hint, its error and its notices.
fn described(form: Form, field: &Field) -> Option<String> {
    let hint = form.read(|session| session.hint(field)).map(|_| id(form, "h", field));
    let error = error(form, field).map(|_| id(form, "e", field));
    let notice = notices(form, field).map(|_| id(form, "n", field));
    let ids: Vec<String> = [hint, error, notice].into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn select(form: Form, field: &'static Field) -> AnyView {
    let key = move || {
        let choices = form.read(|session| session.choices(field));
        Some(choices.iter().map(|choice| [&choice.value, " ", &choice.label, "\n"].concat()).collect())
    };
    let options = move |_| {
        let (chosen, choose, choices) =
            form.peek(|session| (session.text(field), session.ui(UiText::Choose), session.choices(field)));
        let option = |value: &str, label: &str| {
            let selected = (value == chosen).then_some("");
            bare("option").attr("value", value).maybe("selected", selected).text(label).view()
        };
        let known = choices.iter().map(|choice| option(&choice.value, &choice.label));
        super::node::all(core::iter::once(option("", &choose)).chain(known).collect())
    };
    common(form, field, bare("select")).child(keyed(key, options)).view()
}

fn input(form: Form, field: &'static Field) -> AnyView {
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
    common(form, field, input).view()
}

/// The button that enters the suggested value.
fn fill(form: Form, field: &'static Field, label: String) -> AnyView {
    button(form, "fill", label, move || form.send(Event::Suggested(field)))
}
