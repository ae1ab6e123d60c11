//! The page that shows a payment's outcome.

use leptos::prelude::*;
use remit_session::{Action, CheckResult};

use super::node::{bare, keyed, node};
use super::parts::{button, facts};
use crate::form::Form;

/// The drawing of an outcome, as the path of an icon of 24 by 24.
fn mark(outcome: &str) -> &'static str {
    match outcome {
        "recorded" => "M5.5 12.5l4.5 4.5 8.5-9.5",
        "refused" => "M7 7l10 10M17 7L7 17",
        "not-sent" => "M5 5h14M12 20V10M7.5 14L12 9.5l4.5 4.5",
        _ => "M12 4.5L21 19.5H3zM12 10.5v4M12 17v.01",
    }
}

/// The page for an outcome. A screen reader reads out the result of a check; the buttons follow what is known.
pub(crate) fn outcome(form: Form) -> AnyView {
    let (name, said) = form.peek(|session| (session.phase().as_str(), session.said().unwrap_or_default()));
    let path = leptos::svg::path().attr("d", mark(name));
    let svg = leptos::svg::svg().attr("class", "mark").attr("part", "mark").attr("viewBox", "0 0 24 24");
    let svg = svg.attr("aria-hidden", "true").child(path).into_any();
    // Another tab may stop sending the payment meanwhile.
    let sentences = move || {
        let said = form.read(|session| session.said())?;
        Some(said.sentences.join("\n"))
    };
    let paragraphs = |text: String| {
        super::node::all(text.split('\n').map(|line| node("p", "sentence").text(line).view()).collect())
    };
    let words = said.words.map(|words| node("blockquote", "words").text(&words).view());
    let rows = (!said.rows.is_empty()).then(|| facts(&said.rows));
    node("section", "outcome")
        .attr("data-outcome", name)
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", &form.id("title"))
        .child(svg)
        .node(node("h2", "title").attr("id", &form.id("title")).text(&said.title))
        .child(keyed(sentences, paragraphs))
        .children(words.into_iter().collect())
        .children(rows.into_iter().collect())
        .node(node("div", "actions").children(actions(form, name)))
        .view()
}

fn actions(form: Form, outcome: &str) -> Vec<AnyView> {
    let mut views = Vec::new();
    if outcome == "unknown" {
        let is_busy = move || form.read(|session| session.check().result == Some(CheckResult::Busy));
        let found = keyed(
            move || form.read(|session| session.check_sentence()),
            |text| bare("span").text(&text).view(),
        );
        let live = node("p", "sentence found").attr("role", "status");
        views.push(live.live("aria-busy", move || is_busy().then(|| "true".to_owned())).child(found).view());
    }
    // Each action has its own place, so that the focus stays on a button while others come and go.
    for action in ALL {
        let is_offered = move || form.read(|session| session.actions().contains(&action)).then(String::new);
        let class = if matches!(action, Action::Mine | Action::Change | Action::Back | Action::Looked) {
            "button secondary"
        } else {
            "button primary"
        };
        views.push(keyed(is_offered, move |_| {
            let label = form.peek(|session| session.ui(action.text()));
            button(form, class, label, move || form.send(action.event()))
        }));
    }
    views
}

/// Every action, in the order of the buttons.
const ALL: [Action; 8] = [
    Action::Another,
    Action::Correct,
    Action::Retry,
    Action::Mine,
    Action::CheckAgain,
    Action::Change,
    Action::Back,
    Action::Looked,
];
