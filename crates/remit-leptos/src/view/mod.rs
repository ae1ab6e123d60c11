//! The views. They name no provider and no field, and decide nothing: they show what the session says.

mod control;
mod frame;
pub(crate) mod node;
mod outcome;
mod parts;
mod payments;
mod review;

use leptos::prelude::*;

use crate::form::Form;

pub(crate) use frame::frame;
pub(crate) use payments::list_only;

impl Form {
    /// The view of the form.
    #[must_use]
    pub fn view(self) -> AnyView {
        frame(self)
    }
}
