//! What will be recorded, read back before it is sent. [WCAG 2.2, 3.3.4]

use leptos::prelude::*;
use remit_core::field::Kind;
use remit_core::{Checked, Notice};

use super::node::{bare, node, nothing};
use super::{button, facts, sentence, shown};
use crate::send::send;
use crate::state::{State, is_news};

/// The review; `sending` once it is on its way.
pub(crate) fn review(state: State, checked: &Checked, sending: bool) -> AnyView {
    let word = if checked.payment.paid_at.is_some() { "review_sentence" } else { "review_undated" };
    let rows = checked.values.iter().filter_map(|(field, value)| {
        // What the page has set is in the sentence, or is the page's own business.
        let value = value.filter(|_| !matches!(field.kind, Kind::Currency(_)) && state.asks(field))?;
        Some((state.word("field", field.name), shown(state, value)))
    });
    let record = if sending { state.ui("recording") } else { state.ui("record") };
    let primary = node("button", if sending { "button primary busy" } else { "button primary" })
        .attr("type", "button")
        .maybe("aria-disabled", sending.then_some("true"))
        .on("click", move |_| send(state))
        .text(&record);
    let change = if sending {
        nothing()
    } else {
        button("button secondary", state.ui("change"), move || state.edit())
    };
    node("section", "review")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "title")
        .maybe("aria-busy", sending.then_some("true"))
        .node(node("h2", "title").attr("id", "title").text(&state.ui("review_title")))
        .node(node("p", "sentence").text(&sentence(state, word, checked)))
        .child(facts(rows.collect()))
        .child(notices(state, &checked.notices))
        .node(node("div", "actions").node(primary).child(change))
        .view()
}

/// What was changed on the way, where it is news to the person.
fn notices(state: State, notices: &[Notice]) -> AnyView {
    let news = notices.iter().filter(|notice| is_news(notice));
    let line = |notice: &Notice| {
        let text = format!("{}: {}", state.word("field", notice.field), state.notice(notice));
        bare("li").text(&text).view()
    };
    let lines: Vec<_> = news.map(line).collect();
    if lines.is_empty() {
        return nothing();
    }
    node("ul", "notices").attr("role", "list").children(lines).view()
}
