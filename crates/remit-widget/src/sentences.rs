//! The form's texts, as the locale's table has them.

use leptos::prelude::Read as _;
use remit_core::{Cause, ProblemCode, Provider};

use crate::state::State;
use crate::text::{RETRY_AFTER, UiText, problem_key};

impl State {
    /// A text of the form.
    pub(crate) fn ui(&self, text: UiText) -> String {
        self.ui_with(text, &[])
    }

    /// A text of the form with its parameters.
    pub(crate) fn ui_with(&self, text: UiText, params: &[(&str, &str)]) -> String {
        let options = self.options.read();
        options.table.ui(text.key(options.purpose), params)
    }

    /// The sentence for a refusal.
    pub(crate) fn problem(&self, code: ProblemCode, provider: &Provider) -> String {
        let options = self.options.read();
        options.table.filled("problem", problem_key(code, options.purpose), &[("provider", provider.name)])
    }

    /// The sentence that says how long to wait before another attempt.
    pub(crate) fn retry_after(&self, seconds: u32) -> String {
        let params = [("seconds", &*seconds.to_string())];
        self.options.read().table.filled("problem", RETRY_AFTER, &params)
    }

    /// The sentence for the cause of a failure.
    pub(crate) fn cause(&self, cause: Cause, provider: &Provider) -> String {
        self.options.read().table.filled("cause", cause.as_str(), &[("provider", provider.name)])
    }

    /// The label of a field or a choice; without one, its name in words.
    pub(crate) fn word(&self, group: &str, name: &str) -> String {
        self.options.read().table.word(group, name)
    }
}
