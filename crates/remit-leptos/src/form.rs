//! A session connected to a page: its events come from controls and from the browser, and its effects are carried out here.

use std::sync::Arc;

use leptos::prelude::*;
use remit_session::{Announcement, Effect, Event, Now, Options, Phase, Session};

/// What a form needs to know of the page around it.
pub trait Host: Send + Sync {
    /// Tells the page. Returns whether the page takes over the payment of an [`Announcement::Submit`].
    fn announce(&self, announcement: &Announcement) -> bool;

    /// The element or shadow root that holds the form, to find controls in it.
    fn root(&self) -> Option<web_sys::Element>;
}

/// A form on a page. Cheap to copy; ends with the Leptos owner in which it was made. A payment that is being sent then is
/// still brought to its outcome.
#[derive(Clone, Copy)]
pub struct Form {
    session: RwSignal<Session>,
    core: StoredValue<Core>,
    /// Precedes the `id` of every control, so that several forms can share a page.
    prefix: StoredValue<String>,
}

/// What outlives the owner: the session, for as long as requests are in progress.
#[derive(Clone)]
struct Core {
    session: ArcRwSignal<Session>,
    host: Arc<dyn Host>,
}

impl Form {
    /// Makes a form. `prefix` precedes the `id` of every control; forms in the same document need different ones.
    pub fn new(options: Options, prefix: impl Into<String>, host: impl Host + 'static) -> Self {
        let session = ArcRwSignal::new(Session::new(options, seed(), now()));
        let core = Core { session: session.clone(), host: Arc::new(host) };
        let form = Self {
            session: RwSignal::from(session),
            core: StoredValue::new(core.clone()),
            prefix: StoredValue::new(prefix.into()),
        };
        #[cfg(target_arch = "wasm32")]
        form.watch(core);
        form
    }

    /// Reads the session, and subscribes to its changes.
    pub fn read<T>(&self, read: impl FnOnce(&Session) -> T) -> T {
        read(&self.tracked())
    }

    /// Reads the session without subscribing to its changes.
    pub fn peek<T>(&self, read: impl FnOnce(&Session) -> T) -> T {
        read(&self.untracked())
    }

    /// Not generic, so that the many readers share it: the module is smaller.
    #[inline(never)]
    fn tracked(&self) -> impl core::ops::Deref<Target = Session> {
        self.session.read()
    }

    #[inline(never)]
    fn untracked(&self) -> impl core::ops::Deref<Target = Session> {
        self.session.read_untracked()
    }

    /// Passes an event to the session, and carries out what it asks for. Does nothing after the form's owner has ended.
    #[inline(never)]
    pub fn send(&self, event: Event) {
        if let Some(core) = self.core.try_get_value() {
            core.send(event);
        }
    }

    /// A handle with which to send events after the form's owner has ended.
    pub fn sender(&self) -> impl Fn(Event) + Send + Sync + Clone + 'static {
        let core = self.core.get_value();
        move |event| core.send(event)
    }

    /// The `id` of an element of this form.
    pub(crate) fn id(&self, name: &str) -> String {
        self.prefix.with_value(|prefix| [prefix.as_str(), name].concat())
    }

    /// Focuses the first match in the form after the next rendering.
    pub(crate) fn focus(&self, selector: &'static str) {
        self.core.with_value(|core| core.focus(selector));
    }

    /// Focuses the form: its first control, or the page about a payment.
    pub fn focus_first(&self) {
        self.focus(self.peek(start));
    }

    /// Keeps the session informed of other tabs and of the connection.
    #[cfg(target_arch = "wasm32")]
    fn watch(&self, core: Core) {
        use crate::browser::Watch;

        let (store, connection) = (core.clone(), core.clone());
        let watch =
            Watch::new(move || store.read_store(), move |online| connection.send(Event::Online(online)));
        let watch = StoredValue::new_local(watch);
        on_cleanup(move || watch.dispose());
        if !crate::browser::online() {
            core.send(Event::Online(false));
        }
        core.read_store();
    }
}

/// Where the focus belongs when another page of the form is shown.
fn start(session: &Session) -> &'static str {
    if matches!(session.phase(), Phase::Editing) { FIRST } else { "[tabindex='-1']" }
}

/// The first control of the form.
const FIRST: &str = "input, select, textarea";

/// The control for a bank transaction, which is a list once transactions are known.
const REFERENCE: &str = "[data-kind=reference] .input";
const FOCUSED_REFERENCE: &str = "[data-kind=reference] .input:focus";

/// The page of the form that a phase shows. A payment that is being sent stays on the review.
pub(crate) fn page(session: &Session) -> &'static str {
    match session.phase() {
        Phase::Editing => "form",
        Phase::Review(_) | Phase::Sending(..) | Phase::HandedOver(_) => "review",
        phase @ Phase::Done(..) => phase.as_str(),
    }
}

impl Core {
    fn send(&self, event: Event) {
        let is_page = matches!(
            event,
            Event::Configured(_)
                | Event::Blocked(_)
                | Event::Replaced(_)
                | Event::Reset
                | Event::Stored { .. }
        );
        let is_submit = matches!(event, Event::Submit);
        let had_focus = self.has_focus();
        let mut result = (Vec::new(), false, "", false, false);
        let is_in_reference = matches!(event, Event::Answered { .. }) && self.finds(FOCUSED_REFERENCE);
        self.session.update(|session| {
            let (before, was_busy, could_choose) =
                (page(session), session.listing().busy, !session.transactions().is_empty());
            let effects = session.handle(event, now());
            let has_removed = was_busy && !session.listing().busy;
            let is_replaced = could_choose == session.transactions().is_empty();
            result = (effects, before != page(session), start(session), has_removed, is_replaced);
        });
        let (effects, has_moved, start, has_removed, is_replaced) = result;
        // Otherwise a screen reader stays on a removed button. The page's own changes must not take the focus from another
        // element of the page.
        if has_moved && (!is_page || had_focus) {
            self.focus(start);
        } else if is_submit && !has_moved {
            self.focus(".summary");
        } else if has_removed && had_focus {
            // The button that confirmed the removal no longer exists.
            self.focus(".toggle");
        } else if is_replaced && is_in_reference {
            // The input has given way to a list, or the list to an input.
            self.focus(REFERENCE);
        }
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn focus(&self, selector: &'static str) {
        let core = self.clone();
        after_rendering(move || {
            use wasm_bindgen::JsCast as _;

            let found = core.host.root().and_then(|root| root.query_selector(selector).ok().flatten());
            if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
                // Focusing fails only if the element was removed meanwhile.
                let _ = element.focus();
            }
        });
    }

    fn has_focus(&self) -> bool {
        self.finds(":focus")
    }

    /// Whether something in the form matches.
    fn finds(&self, selector: &str) -> bool {
        let found = |root: web_sys::Element| root.query_selector(selector).is_ok_and(|found| found.is_some());
        cfg!(target_arch = "wasm32") && self.host.root().is_some_and(found)
    }

    #[cfg(target_arch = "wasm32")]
    fn read_store(&self) {
        let core = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let claimed = crate::browser::all_claimed().await;
            let own = core.session.with_untracked(|session| {
                session.phase().intent().filter(|_| session.phase().is_busy()).map(|intent| intent.scope())
            });
            let claimed = claimed.into_iter().filter(|scope| Some(scope) != own.as_ref()).collect();
            core.send(Event::Stored { stored: crate::browser::intents(), claimed });
        });
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn carry_out(&self, effect: Effect) {
        // A server renders a form and reports only what does not need a browser.
        if let Effect::Announce(announcement) = &effect {
            self.host.announce(announcement);
        }
    }

    #[cfg(target_arch = "wasm32")]
    fn carry_out(&self, effect: Effect) {
        use crate::browser;
        use wasm_bindgen_futures::spawn_local;

        let core = self.clone();
        match effect {
            Effect::Call(call) => spawn_local(async move {
                let id = call.id;
                let response = crate::net::send(call).await;
                core.send(Event::Answered { call: id, response });
            }),
            Effect::Claim(scope) => spawn_local(async move {
                let granted = browser::claims(&scope).await;
                core.send(Event::Claimed { granted, stored: browser::intents() });
            }),
            Effect::Release(scope) => browser::release(&scope),
            Effect::Store(intent) => browser::keep(&intent),
            Effect::Forget(id) => browser::forget(&id),
            Effect::Announce(announcement) => {
                let taken_over = self.host.announce(&announcement);
                if let Announcement::Submit(_) = announcement {
                    self.send(if taken_over { Event::TakenOver } else { Event::NotTaken });
                }
            }
            Effect::Wake(after) => {
                let after = core::time::Duration::from_millis(after);
                set_timeout(move || core.send(Event::Woke), after);
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) fn now() -> Now {
    if is_hydrating() { Now::default() } else { crate::browser::time() }
}

/// Whether the browser is taking over a server's page. What it renders now must equal the server's page, and the server
/// does not know the user's date and time zone.
#[cfg(target_arch = "wasm32")]
pub(crate) fn is_hydrating() -> bool {
    #[cfg(feature = "hydrate")]
    return Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    #[cfg(not(feature = "hydrate"))]
    false
}

#[cfg(target_arch = "wasm32")]
fn seed() -> String {
    crate::browser::seed()
}

#[cfg(target_arch = "wasm32")]
fn after_rendering(focus: impl FnOnce() + 'static) {
    request_animation_frame(focus);
}

/// A server has no form to act on: the browser makes its own session.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn now() -> Now {
    Now::default()
}

#[cfg(not(target_arch = "wasm32"))]
fn seed() -> String {
    String::new()
}

#[cfg(not(target_arch = "wasm32"))]
fn after_rendering(_: impl FnOnce() + 'static) {}

/// The options with amounts, dates and numbers as the browser writes them. A server writes them plainly.
#[must_use]
pub fn browser_formats(options: Options) -> Options {
    #[cfg(target_arch = "wasm32")]
    let options = Options { format: &crate::browser::Intl, ..options };
    options
}
