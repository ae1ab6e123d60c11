//! The interface between a mounted form and `www/remit.js`.

use leptos::mount::mount_to;
use leptos::prelude::*;
use remit_core::to_json;
use remit_core::wire::Response;
use remit_core::wire::json::Json;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use web_sys::HtmlElement;

use crate::options::Options;
use crate::send;
use crate::state::State;
use crate::view::form;

/// A form mounted in an element. Freeing it unmounts it.
#[wasm_bindgen]
pub struct Widget {
    state: State,
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
        let state = owner.with(|| State::new(host, options));
        let mounted = mount_to(root, move || form::form(state));
        Ok(Self { state, _mounted: Box::new(mounted), _owner: owner })
    }

    /// Applies changed attributes or properties. Entered values are kept.
    ///
    /// # Errors
    /// As for the constructor.
    pub fn configure(&self, options: &str) -> Result<(), JsError> {
        self.state.configure(check(options)?);
        Ok(())
    }

    /// The entered values: a JSON object of texts by field name, with numbers as decimal text.
    #[wasm_bindgen(getter)]
    pub fn value(&self) -> String {
        to_json::draft(&self.state.entry.read_untracked().draft).print()
    }

    /// Replaces the entered values with the texts of a JSON object.
    #[wasm_bindgen(setter)]
    pub fn set_value(&self, value: &str) {
        let Ok(Json::Object(members)) = Json::parse(value) else { return };
        let texts = members.into_iter().filter_map(|(name, value)| Some((name, value.scalar()?.to_owned())));
        self.state.replace(texts.collect());
    }

    /// The identifier of the chosen provider.
    #[wasm_bindgen(getter)]
    pub fn provider(&self) -> String {
        self.state.chosen().id.to_owned()
    }

    /// The phase of the form: `editing`, `review`, `sending`, `handed-over`, `recorded`, `refused`, `not-sent` or
    /// `unknown`.
    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> String {
        self.state.phase.read_untracked().as_str().to_owned()
    }

    /// Whether the form must stay mounted: a payment is pending or has an unknown outcome, or a removal or a check is in
    /// progress.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.state.is_busy()
    }

    /// Whether a request is in progress, so that the user should not leave the page.
    #[wasm_bindgen(getter)]
    pub fn working(&self) -> bool {
        self.state.is_at_work()
    }

    /// Does the same as the form's button: checks the entered values and opens the review. Never sends a request. Returns
    /// whether the review opened.
    pub fn submit(&self) -> bool {
        self.state.submit()
    }

    /// Accepts the response to a payment that the page sent itself, as JSON `{status, headers, body}`. Any other text means
    /// that the response was lost. Returns whether the form was waiting for a response.
    pub fn settle(&self, response: &str) -> bool {
        send::settle(self.state, Json::parse(response).ok().and_then(|json| response_of(&json)).as_ref())
    }

    /// Clears the form, unless a payment is being sent.
    pub fn reset(&self) {
        self.state.reset();
    }
}

fn response_of(json: &Json) -> Option<Response> {
    let status = json.get("status")?.as_integer()?.try_into().ok()?;
    let Json::Object(headers) = json.get("headers")? else { return None };
    let headers = headers.iter().filter_map(|(name, value)| Some((name.clone(), value.scalar()?.to_owned())));
    Some(Response::new(status, headers.collect(), json.get("body")?.as_text()?))
}

fn check(options: &str) -> Result<Options, JsError> {
    Options::read(options).map_err(|message| JsError::new(&message))
}
