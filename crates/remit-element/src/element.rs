//! The interface between a mounted form and `www/remit.js`.

use leptos::mount::mount_to;
use leptos::prelude::*;
use remit_core::wire::Response;
use remit_core::wire::json::Json;
use remit_core::{Draft, Outcome, to_json};
use remit_leptos::remit_session::{Event, Options, Phase};
use remit_leptos::{Form, browser_formats};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use web_sys::HtmlElement;

use crate::host::ElementHost;

/// A form mounted in an element. Freeing it unmounts it; a payment that is being sent is still brought to its outcome.
#[wasm_bindgen]
pub struct Widget {
    form: Form,
    _mounted: Box<dyn core::any::Any>,
    _owner: Owner,
}

#[wasm_bindgen]
impl Widget {
    /// Mounts a form into `root`. `host` is the element that events are dispatched on.
    ///
    /// # Errors
    /// A message for the page's developer if an option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(root: HtmlElement, host: HtmlElement, options: &str) -> Result<Widget, JsError> {
        let options = check(options)?;
        let owner = Owner::new();
        let form = owner.with(|| Form::new(options, "", ElementHost::new(host)));
        let mounted = mount_to(root, move || form.view());
        Ok(Self { form, _mounted: Box::new(mounted), _owner: owner })
    }

    /// Applies changed attributes or properties. Entered values are kept.
    ///
    /// # Errors
    /// As for the constructor. The form keeps its earlier options.
    pub fn configure(&self, options: &str) -> Result<(), JsError> {
        self.form.send(Event::Configured(Box::new(check(options)?)));
        Ok(())
    }

    /// Keeps the form from recording anything, because the page's options are invalid. [`Widget::configure`] ends it.
    /// An empty message ends it as well.
    pub fn block(&self, message: &str) {
        self.form.send(Event::Blocked(message.to_owned()));
    }

    /// Puts the user's own entries back, for example after a reload: they count as entered, unlike those of `value`.
    pub fn restore(&self, value: &str) {
        self.form.send(Event::Returned(texts(value)));
    }

    /// Whether an invoice's identifier means the invoice that the page has set, however the two are spelled.
    #[wasm_bindgen(js_name = isInvoice)]
    pub fn is_invoice(&self, id: &str) -> bool {
        self.form.peek(|session| session.is_invoice(id))
    }

    /// The entered values: a JSON object of texts by field name, with numbers as decimal text.
    #[wasm_bindgen(getter)]
    pub fn value(&self) -> String {
        self.form.peek(|session| to_json::draft(&session.entry().draft).print())
    }

    /// Replaces the entered values with the texts of a JSON object.
    #[wasm_bindgen(setter)]
    pub fn set_value(&self, value: &str) {
        self.form.send(Event::Replaced(texts(value)));
    }

    /// The identifier of the chosen provider.
    #[wasm_bindgen(getter)]
    pub fn provider(&self) -> String {
        self.form.peek(|session| session.provider().id.to_owned())
    }

    /// The phase of the form: `editing`, `review`, `sending`, `handed-over`, `recorded`, `refused`, `not-sent` or
    /// `unknown`.
    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> String {
        self.form.peek(|session| session.phase().as_str().to_owned())
    }

    /// Whether the form must stay mounted: a payment is pending or has an unknown outcome, or a removal or a check is in
    /// progress.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.form.peek(|session| session.is_busy())
    }

    /// Whether the person has entered something that is not recorded.
    #[wasm_bindgen(getter)]
    pub fn dirty(&self) -> bool {
        self.form.peek(|session| session.is_dirty())
    }

    /// Why a form around the element should not be submitted now; empty if nothing is entered or the payment is recorded.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> String {
        self.form.peek(|session| session.problem())
    }

    /// Does the same as the form's button: checks the entered values and opens the review. Never sends a request. Returns
    /// whether the review opened.
    pub fn submit(&self) -> bool {
        let was_editing = self.form.peek(|session| matches!(session.phase(), Phase::Editing));
        self.form.send(Event::Submit);
        was_editing && self.form.peek(|session| matches!(session.phase(), Phase::Review(_)))
    }

    /// Shows every issue, without opening a review. Returns whether there is none.
    pub fn validate(&self) -> bool {
        self.form.send(Event::Validate);
        self.form.peek(|session| session.is_valid())
    }

    /// Looks for the payment of an unknown outcome. Returns whether there is one.
    pub fn check(&self) -> bool {
        let is_unknown = |phase: &Phase| matches!(phase, Phase::Done(_, Outcome::Unknown(_)));
        let is_unknown = self.form.peek(|session| is_unknown(session.phase()));
        self.form.send(Event::CheckAgain);
        is_unknown
    }

    /// Focuses the first control, or the page about a payment.
    pub fn focus(&self) {
        self.form.focus_first();
    }

    /// Accepts the response to a payment that the page sent itself, as JSON `{status, headers, body}`. Any other text means
    /// that the response was lost. Returns whether the form was waiting for a response.
    pub fn settle(&self, response: &str) -> bool {
        let response = Json::parse(response).ok().and_then(|json| response_of(&json));
        let is_waiting = self.form.peek(|session| session.is_waiting_for_page());
        self.form.send(Event::Settled(response));
        is_waiting
    }

    /// Clears the form. A pending payment, an unknown and a recorded outcome stay.
    pub fn reset(&self) {
        self.form.send(Event::Reset);
    }
}

/// The texts of a JSON object.
fn texts(json: &str) -> Draft {
    let Ok(Json::Object(members)) = Json::parse(json) else { return Draft::new() };
    members.into_iter().filter_map(|(name, value)| Some((name, value.scalar()?.to_owned()))).collect()
}

fn response_of(json: &Json) -> Option<Response> {
    let status = json.get("status")?.as_integer()?.try_into().ok()?;
    let Json::Object(headers) = json.get("headers")? else { return None };
    let headers = headers.iter().filter_map(|(name, value)| Some((name.clone(), value.scalar()?.to_owned())));
    Some(Response::new(status, headers.collect(), json.get("body")?.as_text()?))
}

fn check(options: &str) -> Result<Options, JsError> {
    Options::read(options).map(browser_formats).map_err(|message| JsError::new(&message))
}
