//! The list of existing payments, with a button to remove each if the page and the provider allow it.

use leptos::prelude::*;
use remit_core::{RecordedPayment, Value};

use super::node::{Node, all, bare, keyed, node};
use super::{button, shown};
use crate::listing::Listing;
use crate::payments::{Subject, remove, toggle};
use crate::state::State;
use crate::text::UiText;

/// The list, initially closed: most payments are recorded without looking at the others.
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
        .words(move || state.ui(UiText::Payments));
    let status = keyed(move || status(state), |text| bare("span").text(&text).view());
    node("section", "payments")
        .node(title)
        .child(keyed(move || shape(state), move |_| list(state)))
        .node(node("p", "said").attr("role", "status").child(status))
        .view()
}

/// The text of the status region, which a screen reader reads out.
fn status(state: State) -> Option<String> {
    let now = state.listing.read();
    let loading = match &now.payments {
        _ if !now.open => None,
        None => Some(UiText::CheckBusy),
        Some(Err(_)) => Some(UiText::PaymentsFailed),
        Some(Ok(payments)) => payments.is_empty().then_some(UiText::NoPayments),
    };
    let loading = loading.map(|text| state.ui(text));
    match (&now.removal_message, loading) {
        (Some(removal), Some(loading)) => Some(format!("{removal} {loading}")),
        (removal, loading) => removal.clone().or(loading),
    }
}

/// The key of the list's elements. While it is the same the list is not rebuilt, and the focus stays.
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
    let can_remove = subject.removes(state);
    let line = |payment: &RecordedPayment| {
        let line = facts(state, payment);
        match &now.pending_removal {
            Some(pending_removal) if pending_removal.id == payment.id => {
                line.child(question(state, &subject, payment)).view()
            }
            // A payment without a known amount cannot be confirmed by name, so it cannot be removed.
            None if can_remove && payment.amount.is_some() => {
                line.child(remove_button(state, payment)).view()
            }
            _ => line.view(),
        }
    };
    let lines = now.payments.and_then(Result::ok).unwrap_or_default().iter().map(line).collect();
    node("ul", "paid").attr("role", "list").children(lines).view()
}

/// The amount, the date and the other details that distinguish a payment.
fn facts(state: State, payment: &RecordedPayment) -> Node {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at)));
    let parts = [&day, &payment.receipt_number, &payment.note, &payment.by];
    let mut details = node("span", "more");
    for (at, part) in parts.into_iter().flatten().enumerate() {
        details = if at > 0 { details.text(" · ") } else { details };
        details = details.node(bare("bdi").text(part));
    }
    let amount = node("span", "sum").node(bare("bdi").text(&state.amount(payment.amount)));
    node("li", "line").node(amount).node(details.attr("id", &details_id(payment)))
}

fn details_id(payment: &RecordedPayment) -> String {
    format!("p-{}", payment.id)
}

fn remove_button(state: State, payment: &RecordedPayment) -> AnyView {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at))).unwrap_or_default();
    let params = [("amount", &*state.amount(payment.amount)), ("date", &*day)];
    let label = state.ui_with(UiText::RemoveOne, &params);
    let payment = payment.clone();
    node("button", "remove")
        .attr("type", "button")
        .attr("aria-label", &label)
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| {
            state.listing.update(|listing| {
                listing.removal_message = None;
                listing.pending_removal = Some(payment.clone());
            });
            state.focus(".question");
        })
        .text(&state.ui(UiText::Remove))
        .view()
}

fn question(state: State, subject: &Subject, payment: &RecordedPayment) -> AnyView {
    let (invoice, provider) = subject.names(state);
    let amount = state.amount(payment.amount);
    let params = [("amount", amount.as_str()), ("invoice", &invoice), ("provider", provider)];
    let text = state.ui_with(UiText::RemoveQuestion, &params);
    let busy = move || state.listing.read().busy;
    let confirm = node("button", "button danger")
        .attr("type", "button")
        .live("aria-disabled", move || busy().then(|| "true".to_owned()))
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| remove(state))
        .words(move || state.ui(if busy() { UiText::RemoveBusy } else { UiText::RemoveYes }));
    let cancel = move |_| {
        button(state, "button secondary", state.ui(UiText::RemoveNo), move || {
            state.listing.update(|listing| listing.pending_removal = None);
            state.focus(".toggle");
        })
    };
    let is_idle = move || (!busy()).then(String::new);
    let actions = node("div", "actions").node(confirm).child(keyed(is_idle, cancel));
    node("div", "question")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "question")
        .attr("aria-describedby", &details_id(payment))
        .node(node("p", "sentence").attr("id", "question").text(&text))
        .node(actions)
        .view()
}
