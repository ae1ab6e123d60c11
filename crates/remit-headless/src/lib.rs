//! A form's session, called from JavaScript: `www/npm/session.js` carries out its effects.
//!
//! Events, effects and the state cross as JSON text. The module `event` reads events; `effect` and `state` write the other two.

mod effect;
mod event;
#[cfg(target_arch = "wasm32")]
mod intl;
mod options;
mod state;

use remit_core::wire::json::Json;
use remit_session::Session;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A session. Its owner reports every event with the time, and carries out the effects in their order.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Headless {
    session: Session,
}

#[wasm_bindgen]
impl Headless {
    /// A session at its beginning. `options` are those of [`Options::read`](remit_session::Options::read); `seed` differs from that of every other session of the
    /// origin; `now` is `{elapsed, wall, offset}`, in milliseconds, seconds since 1970 and minutes.
    ///
    /// # Errors
    /// A message for the page's developer if an option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, seed: String, now: &str) -> Result<Headless, JsError> {
        let options = options::read(options).map_err(|message| JsError::new(&message))?;
        Ok(Self { session: Session::new(options, seed, event::now(&object(now)?)) })
    }

    /// Applies an event, and returns the effects.
    ///
    /// # Errors
    /// A message for the page's developer if the event names an unknown field, provider or payment, or an option is invalid. The
    /// session is unchanged then.
    pub fn handle(&mut self, event: &str, now: &str) -> Result<String, JsError> {
        let event = event::read(&self.session, &object(event)?).map_err(|message| JsError::new(&message))?;
        let effects = self.session.handle(event, event::now(&object(now)?));
        Ok(Json::Array(effects.iter().map(effect::write).collect()).print())
    }

    /// The state: an array of the page's part and of `{intent, scope, working}`.
    #[must_use]
    pub fn state(&self) -> String {
        Json::Array(vec![state::shown(&self.session), state::own(&self.session)]).print()
    }
}

fn object(json: &str) -> Result<Json, JsError> {
    Json::parse(json).map_err(|error| JsError::new(&error.to_string()))
}
