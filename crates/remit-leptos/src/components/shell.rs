//! What the components share: their options, their place in the page, and the life of their form.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use leptos::html;
use leptos::prelude::*;
use remit_core::report::message::Table;
use remit_core::{BankTransaction, Draft, Provider, Purpose};
use remit_session::{Announcement, Event, Options};

use crate::endpoint::{Endpoint, Invoice};
use crate::form::{Form, Host, browser_formats};
use crate::outcome::{Submission, Ticket};
use crate::styles::STYLES;
use crate::view::node::{bare, node};

/// The languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "fa", "he", "ur"];

/// The props that every component has.
#[derive(Clone, Copy)]
pub(crate) struct Props {
    pub(crate) purpose: Purpose,
    pub(crate) provider: Signal<String>,
    pub(crate) endpoint: Signal<Endpoint>,
    pub(crate) session: MaybeProp<String>,
    pub(crate) invoice: MaybeProp<Invoice>,
    pub(crate) preset: MaybeProp<Draft>,
    pub(crate) transactions: MaybeProp<Vec<BankTransaction>>,
    pub(crate) disabled: Signal<bool>,
    pub(crate) removable: Signal<bool>,
    pub(crate) locale: MaybeProp<String>,
    pub(crate) messages: MaybeProp<String>,
    pub(crate) styles: bool,
}

impl Props {
    /// The options that the props amount to now.
    ///
    /// # Errors
    /// A message for the developer that names the invalid prop and the remedy.
    fn options(self) -> Result<Options, String> {
        let has = |provider: &&&'static Provider| provider.operation(self.purpose).is_some();
        let allowed =
            || Provider::ALL.iter().filter(has).map(|provider| provider.id).collect::<Vec<_>>().join(", ");
        let ids = self.provider.get();
        let find = |id: &str| {
            let found = Provider::find(id).filter(|provider| has(&provider));
            found.ok_or_else(|| format!("provider=\"{id}\" is unknown. Set one or more of: {}.", allowed()))
        };
        let providers = ids.split_whitespace().map(find).collect::<Result<Vec<_>, _>>()?;
        let first = *providers
            .first()
            .ok_or_else(|| format!("provider is empty. Set one or more of: {}.", allowed()))?;
        let (base_url, secrets) = self.endpoint.with(|endpoint| (endpoint.check(), endpoint.secrets.clone()));
        let locale = self.locale.get().filter(|locale| !locale.is_empty()).unwrap_or_else(|| "en".to_owned());
        let (language, table) = match self.messages.get() {
            Some(messages) => {
                let table =
                    Table::parse(&messages).map_err(|_| "messages is not a JSON object.".to_owned())?;
                (locale.split('-').next().unwrap_or("en").to_owned(), table)
            }
            None => ("en".to_owned(), Table::english()),
        };
        let options = Options {
            purpose: self.purpose,
            providers,
            base_url: base_url?,
            locale,
            right_to_left: RIGHT_TO_LEFT.contains(&language.as_str()),
            language,
            disabled: self.disabled.get(),
            removable: self.removable.get(),
            preset: self.preset.get().unwrap_or_default(),
            transactions: self.transactions.get().unwrap_or_default(),
            credentials: secrets,
            table,
            ..Options::new(first)
        };
        let options = options.with_session(&self.session.get().unwrap_or_default())?;
        Ok(match self.invoice.get() {
            Some(invoice) => options.with_invoice(invoice.check()?.clone()),
            None => options,
        })
    }
}

/// Tells the application's callbacks.
struct Page {
    root: NodeRef<html::Div>,
    announce: Box<dyn Fn(&Announcement) -> bool + Send + Sync>,
}

impl Host for Page {
    fn announce(&self, announcement: &Announcement) -> bool {
        (self.announce)(announcement)
    }

    fn root(&self) -> Option<web_sys::Element> {
        let root = self.root.try_get_untracked().flatten()?;
        Some(wasm_bindgen::JsCast::unchecked_into(root))
    }
}

/// Passes a confirmed payment to the application's callback. Returns whether the application takes it over.
pub(crate) fn submit(
    form: Option<Form>,
    callback: Option<Callback<Submission>>,
    announcement: &Announcement,
) -> bool {
    let (Some(form), Some(callback), Announcement::Submit(intent)) = (form, callback, announcement) else {
        return false;
    };
    let is_taken = Arc::new(AtomicBool::new(false));
    let ticket = Ticket { send: Arc::new(form.sender()) };
    callback.try_run(Submission { intent: intent.clone(), ticket, is_taken: is_taken.clone() });
    is_taken.load(Ordering::Relaxed)
}

/// What distinguishes one component from another.
pub(crate) struct Parts<A> {
    /// The entered values, shared with the application.
    pub(crate) draft: Option<RwSignal<Draft>>,
    /// Tells the application's callbacks. Returns whether the application takes over a payment. There is no form once the
    /// component is unmounted, and a payment that was being sent then still has an outcome.
    pub(crate) announce: A,
    /// The view of the form.
    pub(crate) show: fn(Form) -> AnyView,
    pub(crate) header: Option<ViewFn>,
    pub(crate) footer: Option<ViewFn>,
}

/// A component. The first valid props start its form; invalid ones later only keep it from recording anything.
pub(crate) fn shell<A>(props: Props, parts: Parts<A>) -> AnyView
where
    A: Fn(Option<Form>, &Announcement) -> bool + Clone + Send + Sync + 'static,
{
    let Parts { draft, announce, show, header, footer } = parts;
    let (root, prefix) = (NodeRef::new(), prefix());
    let options = Memo::new_with_compare(move |_| props.options(), |_, _| true);
    let has_started =
        Memo::new(move |before: Option<&bool>| before == Some(&true) || options.with(Result::is_ok));
    let why = move || options.with(|options| options.as_ref().err().cloned()).unwrap_or_default();
    let content = move || {
        if !has_started.get() {
            leptos::logging::error!("remit: {}", untrack(why));
            return node("p", "blocked").attr("role", "alert").words(why).view();
        }
        untrack(|| match options.get() {
            Ok(valid) => {
                let announce = announce.clone();
                let form = StoredValue::new(None::<Form>);
                let tell = move |announcement: &Announcement| {
                    if let (Some(draft), Announcement::Change(_, entered)) = (draft, announcement) {
                        draft.try_set(entered.clone());
                    }
                    announce(form.try_get_value().flatten(), announcement)
                };
                let made = Form::new(valid, prefix.clone(), Page { root, announce: Box::new(tell) });
                form.set_value(Some(made));
                follow(made, options, draft);
                show(made)
            }
            Err(_) => bare("p").view(),
        })
    };
    let styles = props.styles.then(|| html::style().child(STYLES));
    // The styles end at these two elements: their content is the application's.
    let aside = |class, view: Option<ViewFn>| view.map(|view| html::div().class(class).child(view.run()));
    let (header, footer) = (aside("remit-header", header), aside("remit-footer", footer));
    html::div().class("remit-form").node_ref(root).child((styles, header, content, footer)).into_any()
}

/// What the person entered in a server's page before the browser took it over. The view replaces it, because the session
/// does not know it yet.
#[cfg(all(feature = "hydrate", target_arch = "wasm32"))]
fn entered_early(form: Form) -> Vec<Event> {
    let text = |name: &str| {
        let control = document().get_element_by_id(&form.id(&["f-", name].concat()))?;
        js_sys::Reflect::get(&control, &"value".into()).ok()?.as_string()
    };
    let mut events = Vec::new();
    if !crate::form::is_hydrating() {
        return events;
    }
    events.extend(text("provider").map(Event::Chosen));
    form.peek(|session| {
        for field in session.operation().fields {
            if let Some(text) = text(field.name).filter(|text| *text != session.text(field)) {
                events.push(Event::Entered { field, text, unfinished: false });
            }
        }
    });
    events
}

#[cfg(not(all(feature = "hydrate", target_arch = "wasm32")))]
fn entered_early(_: Form) -> Vec<Event> {
    Vec::new()
}

/// Keeps the form in step with the application: its props, its draft, and the page's end.
fn follow(form: Form, options: Memo<Result<Options, String>>, draft: Option<RwSignal<Draft>>) {
    if let Some(draft) = draft {
        form.send(Event::Replaced(draft.get_untracked()));
        Effect::new(move || {
            let wanted = draft.get();
            if form.peek(|session| session.entry().draft != wanted) {
                form.send(Event::Replaced(wanted));
            }
        });
    }
    let mut entered = entered_early(form);
    Effect::new(move || match options.get() {
        // The first rendering has plain formats, because the server's has no others.
        Ok(options) => {
            form.send(Event::Configured(Box::new(browser_formats(options))));
            core::mem::take(&mut entered).into_iter().for_each(|event| form.send(event));
        }
        Err(why) => {
            leptos::logging::error!("remit: {why}");
            form.send(Event::Blocked(why));
        }
    });
    // A server has no page that a person could leave.
    #[cfg(target_arch = "wasm32")]
    {
        let stay = window_event_listener(leptos::ev::beforeunload, move |event| {
            if form.peek(|session| session.is_busy() || session.is_dirty()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || stay.remove());
    }
}

/// What precedes the `id` of every control, equal on the server and in the browser that takes over its page.
fn prefix() -> String {
    #[cfg(any(feature = "hydrate", feature = "ssr"))]
    if let Some(context) = Owner::current_shared_context() {
        return format!("remit-{}-", context.next_id().into_inner());
    }
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("remit-{}-", NEXT.fetch_add(1, Ordering::Relaxed))
}
