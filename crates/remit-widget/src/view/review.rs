//! The review: it shows the user the payment before it is sent. [WCAG 2.2, 3.3.4]

use leptos::prelude::*;
use remit_core::Notice;
use remit_core::schema::field::Kind;

use super::node::{bare, keyed, node, nothing};
use super::{button, facts, sentence, shown};
use crate::phase::Ready;
use crate::send::send;
use crate::state::{State, is_news};
use crate::text::UiText;

/// The review. It stays the same page while the payment is being sent, so that the pressed button keeps the focus.
pub(crate) fn review(state: State, ready: &Ready) -> AnyView {
    let checked = &ready.checked;
    let dated = checked.payment.as_ref().is_some_and(|payment| payment.paid_at.is_some());
    let text = if dated { UiText::ReviewSentence } else { UiText::ReviewUndated };
    let rows = checked.values.iter().filter_map(|(field, value)| {
        // A value that the page set is either in the sentence or irrelevant to the user.
        let value = value.filter(|_| !matches!(field.kind, Kind::Currency(_)) && state.asks(field))?;
        Some((state.word("field", field.name), shown(state, value)))
    });
    let busy = move || state.phase.read().is_busy();
    let label = move || state.ui(if busy() { UiText::Recording } else { UiText::Record });
    let class = move || Some(if busy() { "button primary busy" } else { "button primary" }.to_owned());
    let record = bare("button")
        .attr("type", "button")
        .attr("part", "button primary")
        .live("class", class)
        .live("aria-disabled", move || busy().then(|| "true".to_owned()))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| send(state))
        .words(label);
    let change = move |_| button(state, "button secondary", state.ui(UiText::Change), move || state.edit());
    let actions = node("div", "actions").node(record);
    node("section", "review")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "title")
        .live("aria-busy", move || busy().then(|| "true".to_owned()))
        .node(node("h2", "title").attr("id", "title").text(&state.ui(UiText::ReviewTitle)))
        .node(node("p", "sentence").text(&sentence(state, text, ready)))
        .child(facts(rows.collect()))
        .child(notices(state, &checked.notices))
        .node(actions.child(keyed(move || (!busy()).then(String::new), change)))
        .view()
}

/// The notices that matter to the user.
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
