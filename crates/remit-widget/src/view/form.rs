//! The form, and the frame around everything.

use leptos::prelude::*;
use remit_core::field::{Field, When};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, ShadowRoot};

use super::node::{all, bare, live, maybe, node};
use super::{control, result, review};
use crate::intl;
use crate::state::{Phase, State};

/// The whole widget.
pub(crate) fn form(state: State) -> AnyView {
    // Only going to another page makes a new one. What else a page shows of the state it follows by itself: a page that
    // was made anew on every change would take the focus from whoever is typing.
    let page = live(move || {
        let phase = state.phase.get();
        untrack(|| match phase {
            Phase::Editing => editing(state),
            Phase::Review(checked) => review::review(state, &checked, false),
            Phase::Sending(checked) => review::review(state, &checked, true),
            Phase::Done(checked, outcome) => result::result(state, checked, outcome),
        })
    });
    bare("div")
        .attr("class", "remit")
        .attr("part", "frame")
        .live("dir", move || Some(if state.options.read().right_to_left { "rtl" } else { "ltr" }.to_owned()))
        .live("lang", move || Some(state.options.read().locale.clone()))
        .live("data-state", move || Some(state.phase.read().word().to_owned()))
        .child(page)
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
    let provider = Memo::new(move |_| state.chosen().id);
    let fields = live(move || {
        // Read, not only tracked: a memo that nobody has read follows nothing.
        let _ = provider.get();
        untrack(|| fields(state))
    });
    let review = node("button", "button primary")
        .attr("type", "submit")
        // Pressing it must not take the focus from a field: what is then said there would push the button from under
        // the finger, and the click would be lost.
        .on("mousedown", |event| event.prevent_default())
        .live("disabled", move || state.options.read().disabled.then(String::new))
        .words(move || state.ui("review"));
    node("form", "form")
        .attr("novalidate", "")
        .attr("aria-labelledby", "title")
        .on("submit", submit)
        .node(head)
        .child(maybe(move || summary(state)))
        .node(
            bare("div").attr("class", "fields").child(maybe(move || choice_of_provider(state))).child(fields),
        )
        .node(node("div", "actions").node(review))
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

/// What is wrong, with a way to each field. Takes the focus after a submission that failed.
fn summary(state: State) -> Option<AnyView> {
    let complaints = state.complaints();
    let line = |(name, text): (&'static str, String)| {
        let line = bare("li");
        if name.is_empty() {
            return line.text(&text).view();
        }
        let target = format!("f-{name}");
        let link = bare("a").attr("href", &format!("#{target}")).text(&text);
        line.node(link.on("click", move |event| go(&event, &target))).view()
    };
    let lines = complaints.into_iter().map(line).collect::<Vec<_>>();
    if lines.is_empty() {
        return None;
    }
    let title = node("h3", "summary-title").text(&state.ui("problem_title"));
    let list = bare("ul").attr("role", "list").children(lines);
    let alert = bare("div").attr("role", "alert").node(title).node(list);
    Some(node("div", "summary").attr("tabindex", "-1").node(alert).view())
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
fn choice_of_provider(state: State) -> Option<AnyView> {
    let providers = state.options.read().providers.clone();
    if providers.len() < 2 {
        return None;
    }
    let chosen = state.entry.read_untracked().provider;
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
    Some(field.node(label).node(node("div", "control").node(select)).view())
}

/// The provider's fields; those that hang on one choice stand together under its name.
fn fields(state: State) -> AnyView {
    let fields = state.chosen().payment.fields;
    let one = move |field: &'static Field| {
        let asked = Memo::new(move |_| state.asks(field));
        maybe(move || asked.get().then(|| untrack(|| control::field(state, field))))
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
        let asked = Memo::new(move |_| together().any(|field| state.asks(field)));
        let group = move || {
            let legend = node("legend", "legend").words(move || state.word("choice", value));
            let group = node("fieldset", "group").attr("data-wide", "").node(legend);
            group.children(together().map(one).collect()).view()
        };
        views.push(maybe(move || asked.get().then(|| untrack(group))));
    }
    all(views)
}
