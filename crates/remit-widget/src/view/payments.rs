//! The payments so far, with a way to remove one where the provider has one.

use leptos::prelude::*;
use remit_core::{Recorded, Value};

use super::node::{Node, all, bare, keyed, maybe, node};
use super::{button, shown};
use crate::payments::{Listing, Subject, remove, toggle};
use crate::state::State;

/// Closed at first: most payments are recorded without a look at the others.
pub(crate) fn payments(state: State) -> AnyView {
    let subject = move || Subject::of(state).map(|subject| subject.key);
    keyed(subject, move |_| {
        let Some(subject) = untrack(|| Subject::of(state)) else { return all(Vec::new()) };
        panel(state, subject)
    })
}

fn panel(state: State, subject: Subject) -> AnyView {
    let listing = RwSignal::new(Listing::default());
    let expanded = move || Some(listing.read().open.to_string());
    let press = {
        let subject = subject.clone();
        move |_| toggle(listing, &subject)
    };
    let title = node("button", "toggle")
        .attr("type", "button")
        .live("aria-expanded", expanded)
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", press)
        .words(move || state.ui("payments"));
    let said = keyed(move || listing.read().said.clone(), |text| bare("span").text(&text).view());
    let list = maybe(move || listing.read().open.then(|| content(state, listing, &subject)));
    node("section", "payments")
        .node(title)
        .child(list)
        .node(node("p", "said").attr("role", "status").child(said))
        .view()
}

fn content(state: State, listing: RwSignal<Listing>, subject: &Subject) -> AnyView {
    let now = listing.read();
    let say = |word| node("p", "hint").text(&state.ui(word)).view();
    match &now.payments {
        None => say("check_busy"),
        Some(Err(_)) => say("payments_failed"),
        Some(Ok(payments)) if payments.is_empty() => say("no_payments"),
        Some(Ok(payments)) => {
            let line = |payment: &Recorded| {
                let line = facts(state, payment);
                match &now.doomed {
                    Some(doomed) if doomed.id == payment.id => {
                        line.child(question(state, listing, subject, payment)).view()
                    }
                    None if subject.removes() => line.child(choose(state, listing, payment)).view(),
                    _ => line.view(),
                }
            };
            let lines = payments.iter().map(line).collect();
            node("ul", "paid").attr("role", "list").children(lines).view()
        }
    }
}

/// Amount and day, and what else there is to tell it from others.
fn facts(state: State, payment: &Recorded) -> Node {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at)));
    let more = [&day, &payment.receipt_number, &payment.note, &payment.by];
    let more: Vec<_> = more.into_iter().flatten().map(String::as_str).collect();
    let amount = node("span", "sum").node(bare("bdi").text(&state.amount(payment.amount)));
    node("li", "line").node(amount).node(node("span", "more").text(&more.join(" · ")))
}

fn choose(state: State, listing: RwSignal<Listing>, payment: &Recorded) -> AnyView {
    let day = payment.paid_at.map(|at| shown(state, &Value::Instant(at))).unwrap_or_default();
    let label = state.ui_with("remove_one", &[("amount", &state.amount(payment.amount)), ("date", &day)]);
    let payment = payment.clone();
    node("button", "remove")
        .attr("type", "button")
        .attr("aria-label", &label)
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| {
            listing.update(|listing| {
                listing.said = None;
                listing.doomed = Some(payment.clone());
            });
            state.focus(".question");
        })
        .text(&state.ui("remove"))
        .view()
}

fn question(state: State, listing: RwSignal<Listing>, subject: &Subject, payment: &Recorded) -> AnyView {
    let (invoice, provider) = subject.names(state);
    let amount = state.amount(payment.amount);
    let params = [("amount", amount.as_str()), ("invoice", &invoice), ("provider", provider)];
    let text = state.ui_with("remove_question", &params);
    let busy = listing.read().busy;
    let subject = subject.clone();
    let yes = button(
        state,
        "button danger",
        state.ui(if busy { "remove_busy" } else { "remove_yes" }),
        move || {
            remove(state, listing, &subject);
        },
    );
    let no = (!busy).then(|| {
        button(state, "button secondary", state.ui("remove_no"), move || {
            listing.update(|listing| listing.doomed = None);
            state.focus(".toggle");
        })
    });
    node("div", "question")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", "question")
        .node(node("p", "sentence").attr("id", "question").text(&text))
        .node(node("div", "actions").child(yes).children(no.into_iter().collect()))
        .view()
}
