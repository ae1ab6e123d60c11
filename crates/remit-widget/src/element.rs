//! What `www/remit.js` holds of a mounted form.

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
    /// A sentence for the page's developer when an option is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(root: HtmlElement, host: HtmlElement, options: &str) -> Result<Widget, JsError> {
        let options = check(options)?;
        let owner = Owner::new();
        let state = owner.with(|| State::new(host, options));
        let mounted = mount_to(root, move || form::form(state));
        Ok(Self { state, _mounted: Box::new(mounted), _owner: owner })
    }

    /// AcceptedCurrencies changed attributes or properties. What was typed stays.
    ///
    /// # Errors
    /// As for the constructor.
    pub fn configure(&self, options: &str) -> Result<(), JsError> {
        self.state.configure(check(options)?);
        Ok(())
    }

    /// What was entered: a JSON object of texts by field name, numbers as decimal text.
    #[wasm_bindgen(getter)]
    pub fn value(&self) -> String {
        to_json::draft(&self.state.entry.read_untracked().draft).print()
    }

    /// Replaces what was entered by the texts of a JSON object.
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

    /// Where the form stands: `editing`, `review`, `sending`, `handed-over`, `recorded`, `refused`, `not-sent` or
    /// `unknown`.
    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> String {
        self.state.phase.read_untracked().word().to_owned()
    }

    /// Whether something has to be seen to its end before the form may go: a payment on its way or of unknown outcome, a
    /// removal, a look.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.state.is_busy()
    }

    /// Whether the page should not be left now.
    #[wasm_bindgen(getter)]
    pub fn working(&self) -> bool {
        self.state.is_at_work()
    }

    /// Does what the form's button does: checks, and goes to the review. Never sends. Whether it went there.
    pub fn submit(&self) -> bool {
        self.state.submit()
    }

    /// AcceptedCurrencies the answer to a payment that the page has sent itself, as JSON `{status, headers, body}`; anything else
    /// stands for an answer that was lost. Whether there was such a payment.
    pub fn settle(&self, reply: &str) -> bool {
        send::settle(self.state, Json::parse(reply).ok().and_then(|json| reply_of(&json)).as_ref())
    }

    /// Empties the form, unless a payment is on its way.
    pub fn reset(&self) {
        self.state.reset();
    }
}

fn reply_of(json: &Json) -> Option<Response> {
    let status = json.get("status")?.as_integer()?.try_into().ok()?;
    let Json::Object(headers) = json.get("headers")? else { return None };
    let headers = headers.iter().filter_map(|(name, value)| Some((name.clone(), value.scalar()?.to_owned())));
    Some(Response::new(status, headers.collect(), json.get("body")?.as_text()?))
}

fn check(options: &str) -> Result<Options, JsError> {
    Options::read(options).map_err(|sentence| JsError::new(&sentence))
}
