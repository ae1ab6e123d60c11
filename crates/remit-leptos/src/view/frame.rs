//! The form, and the frame around all of its pages.

use leptos::prelude::*;
use remit_core::schema::field::{Field, When};
use remit_session::{Event, Session, UiText};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::node::{all, bare, keyed, maybe, node};
use super::parts::{disabled, outer};
use super::{control, outcome, payments, review};
use crate::form::{Form, page};

/// The entire form.
pub(crate) fn frame(form: Form) -> AnyView {
    // A page is rebuilt only when the page, its payment or the language changes, so that the focus stays in the field.
    let key = move || {
        form.read(|session| {
            let intent = session.phase().intent().map(|intent| intent.id.as_str()).unwrap_or_default();
            Some([page(session), " ", intent, " ", &session.options().language].concat())
        })
    };
    let content = move |_| match form.peek(page) {
        "form" => editing(form),
        "review" => review::review(form),
        _ => outcome::outcome(form),
    };
    outer(form)
        .live("data-state", move || Some(form.read(|session| session.phase().as_str().to_owned())))
        .child(keyed(key, content))
        .view()
}

fn editing(form: Form) -> AnyView {
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        form.send(Event::Submit);
    };
    let ui = move |text: UiText| move || form.read(|session| session.ui(text));
    let title = node("h2", "title").attr("id", &form.id("title")).words(ui(UiText::Title));
    let head = node("header", "head").node(title).child(maybe(move || lead(form)));
    let fields =
        keyed(move || Some(form.read(|session| session.provider().id.to_owned())), move |_| fields(form));
    let review = node("button", "button primary")
        .attr("type", "submit")
        // Pressing the button must not take the focus from a field. Otherwise the field's message moves the button away
        // from the pointer, and the click is lost.
        .on("mousedown", |event| event.prevent_default())
        // In a server's page the browser would submit the form itself, and write the values into the address.
        .live("disabled", move || {
            disabled(form).or_else(|| (!form.read(Session::knows_time)).then(String::new))
        })
        .words(ui(UiText::Review));
    let errors = move || {
        let errors = form.read(|session| session.errors());
        let lines = errors.iter().map(|(name, text)| [name, " ", text, "\n"].concat()).collect();
        (!errors.is_empty()).then_some(lines)
    };
    let providers = move || {
        let ids: Vec<_> =
            form.read(|session| session.options().providers.iter().map(|provider| provider.id).collect());
        (ids.len() > 1).then(|| ids.join(" "))
    };
    node("form", "form")
        .attr("novalidate", "")
        .attr("aria-labelledby", &form.id("title"))
        .on("submit", submit)
        .node(head)
        .child(keyed(errors, move |_| summary(form)))
        .node(node("div", "fields").child(keyed(providers, move |_| choice_of_provider(form))).child(fields))
        .node(node("div", "actions").node(review))
        .child(payments::payments(form))
        .view()
}

/// The invoice and its balance, once known.
fn lead(form: Form) -> Option<AnyView> {
    form.read(|session| {
        if session.is_reading() {
            return Some(node("p", "lead").text(&session.ui(UiText::ReadingInvoice)).view());
        }
        let invoice = session.invoice()?;
        let number = invoice.number.as_ref().unwrap_or(&invoice.id);
        let number = session.ui_with(UiText::Invoice, &[("number", number)]);
        let mut lead = node("p", "lead").node(bare("bdi").text(&number));
        if let Some(balance) = invoice.balance {
            let text = session.ui_with(UiText::Balance, &[("balance", &session.money(balance))]);
            lead = lead.text(" · ").node(node("span", "balance").text(&text));
        }
        Some(lead.view())
    })
}

/// The errors, with a link to each field. It takes the focus after a failed submission, so that a screen reader reads it
/// out. As the person corrects fields, it becomes shorter without an announcement.
fn summary(form: Form) -> AnyView {
    let line = |(name, text): &(&'static str, String)| {
        let line = bare("li");
        if name.is_empty() {
            return line.text(text).view();
        }
        let target = form.id(&["f-", name].concat());
        let link = bare("a").attr("href", &["#", &target].concat()).text(text);
        // As for the button: the message of the field that loses the focus must not move the link before the click.
        let link = link.on("mousedown", |event| event.prevent_default());
        line.node(link.on("click", move |event| go(&event, &target))).view()
    };
    let errors = form.peek(|session| session.errors());
    let lines = errors.iter().map(line).collect::<Vec<_>>();
    let title = form.peek(|session| session.ui(UiText::ProblemTitle));
    let title = node("h3", "summary-title").attr("id", &form.id("summary")).text(&title);
    let list = bare("ul").attr("role", "list").children(lines);
    let summary = node("div", "summary").attr("tabindex", "-1").attr("role", "group");
    summary.attr("aria-labelledby", &form.id("summary")).node(title).node(list).view()
}

/// Focuses a field. A fragment in the address does not reach into a shadow root.
fn go(event: &web_sys::Event, id: &str) {
    event.prevent_default();
    let link = event_target::<HtmlElement>(event);
    let form = link.closest("form").ok().flatten();
    let field = form.and_then(|form| form.query_selector(&["[id='", id, "']"].concat()).ok().flatten());
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        // Focusing fails only for a disabled field, which the person cannot correct.
        let _ = field.focus();
    }
}

/// The choice of provider, if the page offers several.
fn choice_of_provider(form: Form) -> AnyView {
    let (providers, chosen) =
        form.peek(|session| (session.options().providers.clone(), session.provider().id));
    let options = providers.into_iter().map(|provider| {
        let selected = (provider.id == chosen).then_some("");
        bare("option").attr("value", provider.id).maybe("selected", selected).text(provider.name).view()
    });
    let id = form.id("f-provider");
    let select = node("select", "input")
        .attr("id", &id)
        .attr("name", "provider")
        .live("disabled", move || disabled(form))
        .value(move || form.read(|session| session.provider().id.to_owned()))
        .on("change", move |event| form.send(Event::Chosen(event_target_value(&event))))
        .children(options.collect());
    let label = node("label", "label").attr("for", &id);
    let label = label.words(move || form.read(|session| session.ui(UiText::Provider)));
    let field = node("div", "field").attr("data-kind", "choice").attr("data-wide", "");
    field.node(label).node(node("div", "control").node(select)).view()
}

/// The provider's fields. Those that depend on the same choice form a group under its label.
fn fields(form: Form) -> AnyView {
    let fields = form.peek(Session::operation).fields;
    let is_asked = move |field: &Field| form.read(|session| session.asks(field));
    let field_view = move |field: &'static Field| {
        keyed(move || is_asked(field).then(String::new), move |_| control::field(form, field))
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
        let is_shown = move || members().any(is_asked).then(String::new);
        let group = move |_| {
            let legend = move || form.read(|session| session.word("choice", value));
            let group = node("fieldset", "group").attr("data-wide", "");
            let group = group.node(node("legend", "legend").words(legend));
            group.children(members().map(field_view).collect()).view()
        };
        views.push(keyed(is_shown, group));
    }
    all(views)
}
