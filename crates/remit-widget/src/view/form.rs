//! The form, and the frame around all pages of the widget.

use leptos::prelude::*;
use remit_core::schema::field::{Field, When};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, ShadowRoot};

use super::node::{all, bare, keyed, maybe, node};
use super::{control, payments, result, review};
use crate::intl;
use crate::phase::Phase;
use crate::state::State;
use crate::text::UiText;

/// The entire widget.
pub(crate) fn form(state: State) -> AnyView {
    // A page is rebuilt only when the page or the language changes, so that the focus stays in the field. A payment being
    // sent stays on the review.
    let page = move || {
        let phase = state.phase.read();
        let page = match &*phase {
            Phase::Editing => "form",
            Phase::Review(_) | Phase::Sending(_) | Phase::HandedOver(_) => "review",
            Phase::Done(..) => phase.as_str(),
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
        .live("data-state", move || Some(state.phase.read().as_str().to_owned()))
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
    let title = node("h2", "title").attr("id", "title").words(move || state.ui(UiText::Title));
    let head = node("header", "head").node(title).child(maybe(move || lead(state)));
    let fields = keyed(move || Some(state.chosen().id.to_owned()), move |_| fields(state));
    let review = node("button", "button primary")
        .attr("type", "submit")
        // Pressing the button must not take the focus from a field. Otherwise the field's message moves the button away
        // from the pointer, and the click is lost.
        .on("mousedown", |event| event.prevent_default())
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .words(move || state.ui(UiText::Review));
    let errors = move || {
        let errors = state.errors();
        (!errors.is_empty())
            .then(|| errors.into_iter().map(|(name, text)| format!("{name} {text}\n")).collect())
    };
    let providers = move || {
        let ids = state.options.read().providers.iter().map(|provider| provider.id).collect::<Vec<_>>();
        (ids.len() > 1).then(|| ids.join(" "))
    };
    node("form", "form")
        .attr("novalidate", "")
        .attr("aria-labelledby", "title")
        .on("submit", submit)
        .node(head)
        .child(keyed(errors, move |_| summary(state)))
        .node(node("div", "fields").child(keyed(providers, move |_| choice_of_provider(state))).child(fields))
        .node(node("div", "actions").node(review))
        .child(payments::payments(state))
        .view()
}

/// The invoice and its balance, if the page set them.
fn lead(state: State) -> Option<AnyView> {
    let options = state.options.read();
    let invoice = options.invoice.as_ref()?;
    let number =
        state.ui_with(UiText::Invoice, &[("number", invoice.number.as_ref().unwrap_or(&invoice.id))]);
    let mut lead = node("p", "lead").node(bare("bdi").text(&number));
    if let Some(balance) = invoice.balance {
        let text = state.ui_with(UiText::Balance, &[("balance", &intl::money(balance, &options.locale))]);
        lead = lead.text(" · ").node(node("span", "balance").text(&text));
    }
    Some(lead.view())
}

/// The errors, with a link to each field. It takes the focus after a failed submission, so that a screen reader reads it
/// out. As the user corrects fields, it becomes shorter without an announcement.
fn summary(state: State) -> AnyView {
    let line = |(name, text): (&'static str, String)| {
        let line = bare("li");
        if name.is_empty() {
            return line.text(&text).view();
        }
        let target = format!("f-{name}");
        let link = bare("a").attr("href", &format!("#{target}")).text(&text);
        // As for the button: the message of the field that loses the focus must not move the link before the click.
        let link = link.on("mousedown", |event| event.prevent_default());
        line.node(link.on("click", move |event| go(&event, &target))).view()
    };
    let lines = state.errors().into_iter().map(line).collect::<Vec<_>>();
    let title = node("h3", "summary-title").attr("id", "summary").text(&state.ui(UiText::ProblemTitle));
    let list = bare("ul").attr("role", "list").children(lines);
    let summary = node("div", "summary").attr("tabindex", "-1").attr("role", "group");
    summary.attr("aria-labelledby", "summary").node(title).node(list).view()
}

/// Focuses a field. A fragment in the address does not reach into a shadow root.
fn go(event: &Event, id: &str) {
    event.prevent_default();
    let root = event_target::<HtmlElement>(event).get_root_node().dyn_into::<ShadowRoot>().ok();
    let field = root
        .and_then(|root| root.get_element_by_id(id))
        .and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        // Focusing fails only for a disabled field, which the user cannot correct.
        let _ = field.focus();
    }
}

/// The choice of provider, if the page offers several.
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
    let label = node("label", "label").attr("for", "f-provider").words(move || state.ui(UiText::Provider));
    let field = node("div", "field").attr("data-kind", "choice").attr("data-wide", "");
    field.node(label).node(node("div", "control").node(select)).view()
}

/// The provider's fields. Those that depend on the same choice form a group under its label.
fn fields(state: State) -> AnyView {
    let fields = state.operation().fields;
    let field_view = move |field: &'static Field| {
        keyed(move || state.asks(field).then(String::new), move |_| control::field(state, field))
    };
    let mut views = Vec::new();
    let mut last = When::Always;
    for field in fields {
        let When::Equals(_, value) = field.when else {
            views.push(field_view(field));
            continue;
        };
        if field.when == last {
            continue;
        }
        last = field.when;
        let members = || fields.iter().filter(|other| other.when == field.when);
        let is_shown = move || members().any(|field| state.asks(field)).then(String::new);
        let group = move |_| {
            let legend = node("legend", "legend").words(move || state.word("choice", value));
            let group = node("fieldset", "group").attr("data-wide", "").node(legend);
            group.children(members().map(field_view).collect()).view()
        };
        views.push(keyed(is_shown, group));
    }
    all(views)
}
