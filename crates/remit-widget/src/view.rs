//! The views.

mod control;
pub(crate) mod form;
mod node;
mod payments;
mod result;
mod review;

use leptos::prelude::*;
use remit_core::Value;

use crate::intl;
use crate::phase::Ready;
use crate::state::State;
use crate::text::UiText;
use node::{bare, node};

/// A value as the locale writes it.
fn shown(state: State, value: &Value) -> String {
    let options = state.options.read();
    match value {
        Value::Money(money) => intl::money(*money, &options.locale),
        Value::Instant(instant) => intl::moment(*instant, &options.locale),
        Value::Choice(choice) => options.table.word("choice", choice.value),
        Value::Percentage(_) => format!("{}\u{a0}%", value.text()),
        value => value.text().into_owned(),
    }
}

/// A list of labels and values.
fn facts(rows: Vec<(String, String)>) -> AnyView {
    let row = |(label, value): (String, String)| {
        let value = bare("dd").node(bare("bdi").text(&value));
        node("div", "fact").node(bare("dt").text(&label)).node(value).view()
    };
    node("dl", "facts").children(rows.into_iter().map(row).collect()).view()
}

/// A sentence about a payment, with its amount, invoice, provider and date.
fn sentence(state: State, text: UiText, ready: &Ready) -> String {
    let payment = ready.checked.payment.as_ref();
    let amount = payment.map(|payment| shown(state, &Value::Money(payment.amount))).unwrap_or_default();
    let date = payment.and_then(|payment| payment.paid_at);
    let date = date.map(|at| shown(state, &Value::Instant(at))).unwrap_or_default();
    let (invoice, provider) = (ready.invoice.as_str(), ready.provider.name);
    state.ui_with(text, &[("amount", &amount), ("invoice", invoice), ("provider", provider), ("date", &date)])
}

/// A button that does not submit the form.
fn button(state: State, class: &'static str, label: String, press: impl Fn() + 'static) -> AnyView {
    node("button", class)
        .attr("type", "button")
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .on("click", move |_| press())
        .text(&label)
        .view()
}
