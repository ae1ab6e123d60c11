//! The list of existing payments, with a button to remove each if the page and the provider allow it.

use leptos::prelude::*;
use remit_core::RecordedPayment;
use remit_session::{Event, Session, UiText};

use super::node::{Node, bare, keyed, node};
use super::parts::{button, disabled, is_escape, outer};
use crate::form::Form;

/// The list, initially closed: most payments are recorded without looking at the others.
pub(crate) fn payments(form: Form) -> AnyView {
    keyed(move || form.read(key), move |_| panel(form))
}

/// The list alone, in its own frame and open from the beginning. Empty while the invoice is not known.
pub(crate) fn list_only(form: Form) -> AnyView {
    Effect::new(move || {
        if form
            .read(key)
            .is_some_and(|key| form.peek(|session| !is_open(session) || session.listing().key != key))
        {
            form.send(Event::ListToggled);
        }
    });
    keyed(move || form.read(key), move |_| outer(form).child(panel(form)).view())
}

fn key(session: &Session) -> Option<String> {
    session.payments_of().map(|of| of.key)
}

/// Whether the person has opened the list of the form's present invoice.
fn is_open(session: &Session) -> bool {
    session.listing().open && key(session).is_some_and(|key| session.listing().key == key)
}

fn panel(form: Form) -> AnyView {
    let title = node("button", "toggle")
        .attr("type", "button")
        .live("aria-expanded", move || Some(form.read(is_open).to_string()))
        .live("disabled", move || disabled(form))
        .on("click", move |_| form.send(Event::ListToggled))
        .words(move || form.read(|session| session.ui(UiText::Payments)));
    let status = keyed(move || form.read(status), move |text| bare("span").text(&text).view());
    node("section", "payments")
        .node(title)
        .child(keyed(move || form.read(shape), move |_| list(form)))
        .node(node("p", "said").attr("role", "status").child(status))
        .view()
}

/// The text of the status region, which a screen reader reads out.
fn status(session: &Session) -> Option<String> {
    let now = session.listing();
    let loading = match &now.payments {
        _ if !is_open(session) => None,
        None => Some(UiText::CheckBusy),
        Some(Err(_)) => Some(UiText::PaymentsFailed),
        Some(Ok(payments)) => payments.is_empty().then_some(UiText::NoPayments),
    };
    let removal = now.removal_message.clone().filter(|_| is_open(session));
    let parts: Vec<_> = [removal, loading.map(|text| session.ui(text))].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The key of the list's elements. While it is the same the list is not rebuilt, and the focus stays.
fn shape(session: &Session) -> Option<String> {
    let now = session.listing();
    let Some(Ok(payments)) = now.payments.as_ref().filter(|_| is_open(session)) else { return None };
    let ids: Vec<_> = payments.iter().map(|payment| payment.id.as_str()).collect();
    let pending = now.pending_removal.as_ref().map(|payment| payment.id.as_str()).unwrap_or_default();
    let removes = if session.can_remove() { "removes" } else { "" };
    (!ids.is_empty()).then(|| [&ids.join(" "), pending, removes].join(" "))
}

fn list(form: Form) -> AnyView {
    let (now, can_remove) = form.peek(|session| (session.listing().clone(), session.can_remove()));
    let line = |payment: &RecordedPayment| {
        let line = facts(form, payment);
        match &now.pending_removal {
            Some(pending) if pending.id == payment.id => line.child(question(form, payment)).view(),
            // A payment without a known amount cannot be confirmed by name, so it cannot be removed.
            None if can_remove && payment.amount.is_some() => line.child(remove_button(form, payment)).view(),
            _ => line.view(),
        }
    };
    let lines = now.payments.and_then(Result::ok).unwrap_or_default().iter().map(line).collect();
    node("ul", "paid").attr("role", "list").children(lines).view()
}

/// The amount and the date of a payment, as the locale writes them; empty if unknown.
fn amount_and_day(form: Form, payment: &RecordedPayment) -> (String, String) {
    form.peek(|session| {
        let amount = payment.amount.map(|amount| session.money(amount)).unwrap_or_default();
        (amount, payment.paid_at.map(|at| session.moment(at)).unwrap_or_default())
    })
}

/// The amount, the date and the other details that distinguish a payment.
fn facts(form: Form, payment: &RecordedPayment) -> Node {
    let (amount, day) = amount_and_day(form, payment);
    let day = Some(day).filter(|day| !day.is_empty());
    let parts = [&day, &payment.receipt_number, &payment.note, &payment.by];
    let mut details = node("span", "more");
    for (at, part) in parts.into_iter().flatten().enumerate() {
        details = if at > 0 { details.text(" · ") } else { details };
        details = details.node(bare("bdi").text(part));
    }
    let amount = node("span", "sum").node(bare("bdi").text(&amount));
    node("li", "line").node(amount).node(details.attr("id", &details_id(form, payment)))
}

fn details_id(form: Form, payment: &RecordedPayment) -> String {
    form.id(&["p-", &payment.id].concat())
}

fn remove_button(form: Form, payment: &RecordedPayment) -> AnyView {
    let (amount, day) = amount_and_day(form, payment);
    let (label, text) = form.peek(|session| {
        let label = session.ui_with(UiText::RemoveOne, &[("amount", &amount), ("date", &day)]);
        (label, session.ui(UiText::Remove))
    });
    let payment = payment.clone();
    node("button", "remove")
        .attr("type", "button")
        .attr("aria-label", &label)
        .live("disabled", move || disabled(form))
        .on("click", move |_| {
            form.send(Event::RemovalAsked(payment.clone()));
            form.focus(".question");
        })
        .text(&text)
        .view()
}

fn question(form: Form, payment: &RecordedPayment) -> AnyView {
    let (amount, _) = amount_and_day(form, payment);
    let text = form.peek(|session| {
        let params = [
            ("amount", amount.as_str()),
            ("invoice", &session.invoice_name()),
            ("provider", session.provider().name),
        ];
        session.ui_with(UiText::RemoveQuestion, &params)
    });
    let busy = move || form.read(|session| session.listing().busy);
    let label = move || {
        let text = if busy() { UiText::RemoveBusy } else { UiText::RemoveYes };
        form.read(|session| session.ui(text))
    };
    let confirm = node("button", "button danger")
        .attr("type", "button")
        .live("aria-disabled", move || busy().then(|| "true".to_owned()))
        .live("disabled", move || disabled(form))
        .on("click", move |_| form.send(Event::RemovalConfirmed))
        .words(label);
    let keep = move || {
        form.send(Event::RemovalCancelled);
        form.focus(".toggle");
    };
    let cancel = move |_| {
        let label = form.peek(|session| session.ui(UiText::RemoveNo));
        button(form, "button secondary", label, keep)
    };
    let is_idle = move || (!busy()).then(String::new);
    let actions = node("div", "actions").node(confirm).child(keyed(is_idle, cancel));
    node("div", "question")
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-labelledby", &form.id("question"))
        .attr("aria-describedby", &details_id(form, payment))
        .on("keydown", move |event| {
            if is_escape(&event) {
                keep();
            }
        })
        .node(node("p", "sentence").attr("id", &form.id("question")).text(&text))
        .node(actions)
        .view()
}
