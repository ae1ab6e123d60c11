//! The element around a form, on which the form's announcements become DOM events.

use remit_core::wire::json::Json;
use remit_leptos::Host;
use remit_leptos::remit_session::Announcement;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, Element, HtmlElement};

/// An element with a shadow root that holds the form. WebAssembly in a page has one thread.
pub(crate) struct ElementHost(SendWrapper<HtmlElement>);

impl ElementHost {
    pub(crate) fn new(element: HtmlElement) -> Self {
        Self(SendWrapper::new(element))
    }
}

impl Host for ElementHost {
    /// Dispatches an event. The page takes a payment over by preventing the default action.
    fn announce(&self, announcement: &Announcement) -> bool {
        let is_cancelable = matches!(announcement, Announcement::Submit(_));
        !dispatch(&self.0, announcement.name(), is_cancelable, &announcement.detail())
    }

    fn root(&self) -> Option<Element> {
        // A shadow root finds elements exactly as an element does.
        self.0.shadow_root().map(JsCast::unchecked_into)
    }
}

/// Dispatches an event on the element. Returns false if a listener prevented the default action.
fn dispatch(element: &HtmlElement, name: &str, is_cancelable: bool, detail: &Json) -> bool {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(is_cancelable);
    init.set_detail(&js_sys::JSON::parse(&detail.print()).unwrap_or(JsValue::NULL));
    CustomEvent::new_with_event_init_dict(name, &init)
        .and_then(|event| element.dispatch_event(&event))
        .unwrap_or(true)
}
