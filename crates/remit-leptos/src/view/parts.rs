//! Small parts that several views have.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::node::{Node, bare, keyed, node};
use crate::form::Form;

/// A list of labels and values.
pub(crate) fn facts(rows: &[(String, String)]) -> AnyView {
    let row = |(label, value): &(String, String)| {
        let value = bare("dd").node(bare("bdi").text(value));
        node("div", "fact").node(bare("dt").text(label)).node(value).view()
    };
    node("dl", "facts").children(rows.iter().map(row).collect()).view()
}

/// A button that does not submit the form.
pub(crate) fn button(form: Form, class: &'static str, label: String, press: impl Fn() + 'static) -> AnyView {
    node("button", class)
        .attr("type", "button")
        .live("disabled", move || disabled(form))
        .on("click", move |_| press())
        .text(&label)
        .view()
}

/// The attribute `disabled` of a control.
pub(crate) fn disabled(form: Form) -> Option<String> {
    form.read(|session| session.is_disabled().then(String::new))
}

/// Whether the event is the Escape key, which takes back the last step.
pub(crate) fn is_escape(event: &web_sys::Event) -> bool {
    event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape")
}

/// The frame with the reason why the form is blocked, if it is.
pub(crate) fn outer(form: Form) -> Node {
    let direction = move || form.read(|session| if session.options().right_to_left { "rtl" } else { "ltr" });
    bare("div")
        .attr("class", "remit")
        .attr("part", "frame")
        .live("dir", move || Some(direction().to_owned()))
        .live("lang", move || Some(form.read(|session| session.options().language.clone())))
        .child(keyed(
            move || form.read(|session| session.blocked()),
            |text| node("p", "blocked").attr("tabindex", "-1").attr("role", "alert").text(&text).view(),
        ))
}
