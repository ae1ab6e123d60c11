//! The payments so far, with a way to remove one where the page and the provider let one be removed.

use leptos::prelude::*;
use remit_core::{RecordedPayment, Value};

use super::node::{Node, all, bare, keyed, node};
use super::{button, shown};
use crate::payments::{Listing, Subject, remove, toggle};
use crate::state::State;

/// Closed at first: most payments are recorded without a look at the others.
pub(crate) fn payments(state: State) -> AnyView {
    let subject = move || Subject::of(state).map(|subject| subject.key);
    keyed(subject, move |key| {
        if state.listing.read_untracked().key != key {
            state.listing.set(Listing { key, ..Listing::default() });
        }
        panel(state)
    })
}

fn panel(state: State) -> AnyView {
    let title = node("button", "toggle")
        .attr("type", "button")
        .live("aria-expanded", move || Some(state.listing.read().open.to_string()))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| toggle(state))
        .words(move || state.ui("payments"));
    let said = keyed(move || said(state), |text| bare("span").text(&text).view());
    node("section", "payments")
        .node(title)
        .child(keyed(move || shape(state), move |_| list(state)))
        .node(node("p", "said").attr("role", "status").child(said))
        .view()
}

/// What is to be read out.
fn said(state: State) -> Option<String> {
    let now = state.listing.read();
    let plain = match &now.payments {
        _ if !now.open => None,
        None => Some("check_busy"),
        Some(Err(_)) => Some("payments_failed"),
        Some(Ok(payments)) => payments.is_empty().then_some("no_payments"),
    };
    let plain = plain.map(|word| state.ui(word));
    match (&now.said, plain) {
        (Some(said), Some(plain)) => Some(format!("{said} {plain}")),
        (said, plain) => said.clone().or(plain),
    }
}

/// The same as long as the list has the same elements: whoever is in it keeps the focus.
fn shape(state: State) -> Option<String> {
    let now = state.listing.read();
    let Some(Ok(payments)) = now.payments.as_ref().filter(|_| now.open) else { return None };
    let ids: Vec<_> = payments.iter().map(|payment| payment.id.as_str()).collect();
    let pending_removal =
        now.pending_removal.as_ref().map(|pending_removal| pending_removal.id.as_str()).unwrap_or_default();
    let removes = state.options.read().removable;
    (!ids.is_empty()).then(|| format!("{} {pending_removal} {removes}", ids.join(" ")))
}

fn list(state: State) -> AnyView {
    let now = state.listing.get_untracked();
    let Some(subject) = Subject::of(state) else { return all(Vec::new()) };
    let removes = subject.removes(state);
    let line = |payment: &RecordedPayment| {
        let line = facts(state, payment);
        match &now.pending_removal {
            Some(pending_removal) if pending_removal.id == payment.id => {
                line.child(question(state, &subject, payment)).view()
            }
            // What nobody can name nobody can mean.
            None if removes && payment.amount.is_some() => line.child(choose(state, payment)).view(),
            _ => line.view(),
        }
    };
    let lines = now.payments.and_then(Result::ok).unwrap_or_default().iter().map(line).collect();
    node("ul", "paid").attr("role", "list").children(lines).view()
}

/// Amount and day, and what else there is to tell it from others.
fn facts(state: State, payment: &RecordedPayment) -> Node {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at)));
    let parts = [&day, &payment.receipt_number, &payment.note, &payment.by];
    let mut more = node("span", "more");
    for (at, part) in parts.into_iter().flatten().enumerate() {
        more = if at > 0 { more.text(" · ") } else { more };
        more = more.node(bare("bdi").text(part));
    }
    let amount = node("span", "sum").node(bare("bdi").text(&state.amount(payment.amount)));
    node("li", "line").node(amount).node(more.attr("id", &about(payment)))
}

fn about(payment: &RecordedPayment) -> String {
    format!("p-{}", payment.id)
}

fn choose(state: State, payment: &RecordedPayment) -> AnyView {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at))).unwrap_or_default();
    let label = state.ui_with("remove_one", &[("amount", &state.amount(payment.amount)), ("date", &day)]);
    let payment = payment.clone();
    node("button", "remove")
        .attr("type", "button")
        .attr("aria-label", &label)
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| {
            state.listing.update(|listing| {
                listing.said = None;
                listing.pending_removal = Some(payment.clone());
            });
            state.focus(".question");
        })
        .text(&state.ui("remove"))
        .view()
}

fn question(state: State, subject: &Subject, payment: &RecordedPayment) -> AnyView {
    let (invoice, provider) = subject.names(state);
    let amount = state.amount(payment.amount);
    let params = [("amount", amount.as_str()), ("invoice", &invoice), ("provider", provider)];
    let text = state.ui_with("remove_question", &params);
    let busy = move || state.listing.read().busy;
    let yes = node("button", "button danger")
        .attr("type", "button")
        .live("aria-disabled", move || busy().then(|| "true".to_owned()))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| remove(state))
        .words(move || state.ui(if busy() { "remove_busy" } else { "remove_yes" }));
    let no = move |_| {
        button(state, "button secondary", state.ui("remove_no"), move || {
            state.listing.update(|listing| listing.pending_removal = None);
            state.focus(".toggle");
        })
    };
    let actions = node("div", "actions").node(yes).child(keyed(move || (!busy()).then(String::new), no));
    node("div", "question")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "question")
        .attr("aria-describedby", &about(payment))
        .node(node("p", "sentence").attr("id", "question").text(&text))
        .node(actions)
        .view()
}
