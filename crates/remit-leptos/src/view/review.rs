//! The review: it shows the person the payment before it is sent. [WCAG 2.2, 3.3.4]

use leptos::prelude::*;
use remit_session::{Event, UiText};
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::node::{bare, keyed, node, nothing};
use super::parts::{disabled, facts, is_escape};
use crate::form::Form;

/// After this many milliseconds a click counts as an answer to the review, and not as the second half of a double click on the
/// button that opened it.
const READING_TIME: u64 = 500;

/// The review. It stays the same page while the payment is being sent, so that the pressed button keeps the focus.
pub(crate) fn review(form: Form) -> AnyView {
    let busy = move || form.read(|session| session.phase().is_busy());
    let label = move || {
        let text = if busy() { UiText::Recording } else { UiText::Record };
        form.read(|session| session.ui(text))
    };
    let class = move || Some(if busy() { "button primary busy" } else { "button primary" }.to_owned());
    let record = bare("button")
        .attr("type", "button")
        .attr("part", "button primary")
        .live("class", class)
        .live("aria-disabled", move || busy().then(|| "true".to_owned()))
        .live("disabled", move || disabled(form))
        .on("click", move |event| {
            if is_deliberate(form, &event) {
                form.send(Event::Confirm)
            }
        })
        .words(label);
    let change = move |_| {
        node("button", "button secondary")
            .attr("type", "button")
            .live("disabled", move || disabled(form))
            .on("click", move |event| {
                if is_deliberate(form, &event) {
                    form.send(Event::Edit)
                }
            })
            .words(move || form.read(|session| session.ui(UiText::Change)))
            .view()
    };
    let actions =
        node("div", "actions").node(record).child(keyed(move || (!busy()).then(String::new), change));
    let said = form.peek(|session| session.said()).unwrap_or_default();
    let sentences = said.sentences.iter().map(|text| node("p", "sentence").text(text).view()).collect();
    // A payment like this one may be found in the list only after the review was shown.
    let notices = move || {
        let said = form.read(|session| session.said())?;
        (!said.notices.is_empty()).then(|| said.notices.join("\n"))
    };
    let warned = move |text: String| {
        let lines = text.split('\n').map(|line| bare("li").text(line).view()).collect();
        node("ul", "notices").attr("role", "list").children(lines).view()
    };
    node("section", "review")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", &form.id("title"))
        .live("aria-busy", move || busy().then(|| "true".to_owned()))
        .on("keydown", move |event| {
            if is_escape(&event) {
                form.send(Event::Edit);
            }
        })
        .node(node("h2", "title").attr("id", &form.id("title")).text(&said.title))
        .children(sentences)
        .child(if said.rows.is_empty() { nothing() } else { facts(&said.rows) })
        .node(bare("div").attr("role", "status").child(keyed(notices, warned)))
        .node(actions)
        .view()
}

/// Whether a click is a new, deliberate act. A key or a program has no click count; a pointer must press once, and not before
/// the review could be seen.
fn is_deliberate(form: Form, event: &web_sys::Event) -> bool {
    let clicks = event.dyn_ref::<MouseEvent>().map_or(0, |event| event.detail());
    let shown = form.peek(remit_session::Session::review_shown);
    clicks == 0 || (clicks == 1 && crate::form::now().elapsed.saturating_sub(shown) >= READING_TIME)
}
