//! The form, and the frame around everything.

use leptos::prelude::*;
use remit_core::schema::field::{Field, When};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, ShadowRoot};

use super::node::{all, bare, keyed, maybe, node};
use super::{control, payments, result, review};
use crate::intl;
use crate::state::{Phase, State};

/// The whole widget.
pub(crate) fn form(state: State) -> AnyView {
    // A page is made anew only when another takes its place, or another language: whoever is typing keeps the focus.
    // A payment under way stays on the page that it was sent from.
    let page = move || {
        let phase = state.phase.read();
        let page = match &*phase {
            Phase::Editing => "form",
            Phase::Review(_) | Phase::Sending(_) | Phase::HandedOver(_) => "review",
            Phase::Done(..) => phase.word(),
        };
        Some(format!("{page} {}", state.options.read().language))
    };
    let content = move |_| match &*state.phase.read() {
        Phase::Editing => editing(state),
        Phase::Review(ready) | Phase::Sending(ready) | Phase::HandedOver(ready) => {
            review::review(state, ready)
        }
        Phase::Done(ready, outcome) => result::result(state, ready, outcome.clone()),
    };
    bare("div")
        .attr("class", "remit")
        .attr("part", "frame")
        .live("dir", move || Some(if state.options.read().right_to_left { "rtl" } else { "ltr" }.to_owned()))
        .live("lang", move || Some(state.options.read().language.clone()))
        .live("data-state", move || Some(state.phase.read().word().to_owned()))
        .child(keyed(page, content))
        .view()
}

fn editing(state: State) -> AnyView {
    let submit = move |event: Event| {
        event.prevent_default();
        if !state.submit() {
            state.focus(".summary");
        }
    };
    let title = node("h2", "title").attr("id", "title").words(move || state.ui("title"));
    let head = node("header", "head").node(title).child(maybe(move || lead(state)));
    let fields = keyed(move || Some(state.chosen().id.to_owned()), move |_| fields(state));
    let review = node("button", "button primary")
        .attr("type", "submit")
        // Pressing it must not take the focus from a field: what is then said there would push the button from under
        // the finger, and the click would be lost.
        .on("mousedown", |event| event.prevent_default())
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .words(move || state.ui("review"));
    let complaints = move || {
        let complaints = state.complaints();
        (!complaints.is_empty())
            .then(|| complaints.into_iter().map(|(name, text)| format!("{name} {text}\n")).collect())
    };
    let offered = move || {
        let offered = state.options.read().providers.iter().map(|provider| provider.id).collect::<Vec<_>>();
        (offered.len() > 1).then(|| offered.join(" "))
    };
    node("form", "form")
        .attr("novalidate", "")
        .attr("aria-labelledby", "title")
        .on("submit", submit)
        .node(head)
        .child(keyed(complaints, move |_| summary(state)))
        .node(node("div", "fields").child(keyed(offered, move |_| choice_of_provider(state))).child(fields))
        .node(node("div", "actions").node(review))
        .child(payments::payments(state))
        .view()
}

/// The invoice and its balance, where the page has said.
fn lead(state: State) -> Option<AnyView> {
    let options = state.options.read();
    let invoice = options.invoice.as_ref()?;
    let number = options.table.ui("invoice", &[("number", invoice.number.as_ref().unwrap_or(&invoice.id))]);
    let mut lead = node("p", "lead").node(bare("bdi").text(&number));
    if let Some(balance) = invoice.balance {
        let text = options.table.ui("balance", &[("balance", &intl::money(balance, &options.locale))]);
        lead = lead.text(" · ").node(node("span", "balance").text(&text));
    }
    Some(lead.view())
}

/// What is wrong, with a way to each field. It takes the focus after a submission that failed, and is read out then; as
/// things are mended it gets shorter without a word.
fn summary(state: State) -> AnyView {
    let line = |(name, text): (&'static str, String)| {
        let line = bare("li");
        if name.is_empty() {
            return line.text(&text).view();
        }
        let target = format!("f-{name}");
        let link = bare("a").attr("href", &format!("#{target}")).text(&text);
        // As for the button: what leaving a field has to say must not move the link away from under the click.
        let link = link.on("mousedown", |event| event.prevent_default());
        line.node(link.on("click", move |event| go(&event, &target))).view()
    };
    let lines = state.complaints().into_iter().map(line).collect::<Vec<_>>();
    let title = node("h3", "summary-title").attr("id", "summary").text(&state.ui("problem_title"));
    let list = bare("ul").attr("role", "list").children(lines);
    let summary = node("div", "summary").attr("tabindex", "-1").attr("role", "group");
    summary.attr("aria-labelledby", "summary").node(title).node(list).view()
}

/// Goes to a field: a fragment does not reach into a shadow root.
fn go(event: &Event, id: &str) {
    event.prevent_default();
    let root = event_target::<HtmlElement>(event).get_root_node().dyn_into::<ShadowRoot>().ok();
    let field = root
        .and_then(|root| root.get_element_by_id(id))
        .and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        // A field that cannot take the focus is disabled, and then there is nothing to mend in it.
        let _ = field.focus();
    }
}

/// The choice of provider, where the page leaves one.
fn choice_of_provider(state: State) -> AnyView {
    let (providers, chosen) = (state.options.read().providers.clone(), state.chosen().id);
    let options = providers.into_iter().map(|provider| {
        let selected = (provider.id == chosen).then_some("");
        bare("option").attr("value", provider.id).maybe("selected", selected).text(provider.name).view()
    });
    let select = node("select", "input")
        .attr("id", "f-provider")
        .attr("name", "provider")
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .value(move || state.chosen().id.to_owned())
        .on("change", move |event| state.choose(&event_target_value(&event)))
        .children(options.collect());
    let label = node("label", "label").attr("for", "f-provider").words(move || state.ui("provider"));
    let field = node("div", "field").attr("data-kind", "choice").attr("data-wide", "");
    field.node(label).node(node("div", "control").node(select)).view()
}

/// The provider's fields; those that hang on one choice stand together under its name.
fn fields(state: State) -> AnyView {
    let fields = state.operation().fields;
    let one = move |field: &'static Field| {
        keyed(move || state.asks(field).then(String::new), move |_| control::field(state, field))
    };
    let mut views = Vec::new();
    let mut last = When::Always;
    for field in fields {
        let When::Equals(_, value) = field.when else {
            views.push(one(field));
            continue;
        };
        if field.when == last {
            continue;
        }
        last = field.when;
        let together = || fields.iter().filter(|other| other.when == field.when);
        let asked = move || together().any(|field| state.asks(field)).then(String::new);
        let group = move |_| {
            let legend = node("legend", "legend").words(move || state.word("choice", value));
            let group = node("fieldset", "group").attr("data-wide", "").node(legend);
            group.children(together().map(one).collect()).view()
        };
        views.push(keyed(asked, group));
    }
    all(views)
}
