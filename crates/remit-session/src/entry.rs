//! The entered values and the person's progress through the fields.

use remit_core::{Draft, Problem};

/// The entered values.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The identifier of the chosen provider.
    pub provider: &'static str,
    /// The entered values by field name, with numbers as decimal text in every locale. Kept when the provider changes.
    pub draft: Draft,
    /// Numbers as typed, where the draft has them in another form.
    pub(crate) typed: Draft,
    /// Fields whose control holds an incomplete value, such as half a date.
    pub(crate) unfinished: Vec<&'static str>,
    /// Fields that have lost the focus at least once.
    pub(crate) left: Vec<&'static str>,
    /// Whether the person has tried to submit.
    pub(crate) submitted: bool,
    /// Whether the person has entered something since the form was last empty.
    pub(crate) touched: bool,
    /// The provider's refusal, shown at its field until the form changes.
    pub(crate) refused: Option<Problem>,
}

impl Entry {
    pub(crate) fn new(provider: &'static str) -> Self {
        Self { provider, ..Self::default() }
    }
}
