//! What was entered: raw text by field name.

use alloc::string::String;
use alloc::vec::Vec;

use crate::schema::values::Values;

/// A payment as it was entered, before anything is known to be right: texts by field name, in order.
///
/// The names are the same for every provider (`amount`, `paidAt`, `note`, …), so that a draft outlives a change of
/// provider. A text of nothing but white space counts as not entered.
///
/// ```
/// use remit_core::Draft;
///
/// let draft = Draft::new().with("amount", "1250.00").with("paidAt", "2026-11-19");
/// assert_eq!(draft.get("amount"), Some("1250.00"));
/// assert_eq!(draft.get("note"), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    entries: Vec<(String, String)>,
}

impl Draft {
    /// An empty draft.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The draft with one more entry; a later entry replaces an earlier one of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.set(name, text);
        self
    }

    /// Sets the text of a field.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let (name, text) = (name.into(), text.into());
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = text,
            None => self.entries.push((name, text)),
        }
    }

    /// The text that was entered for a field, as it was entered.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.entries.iter().find(|(known, _)| known == name)?;
        (!text.trim().is_empty()).then_some(text.as_str())
    }

    /// Every entry, in the order it was first made.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Draft {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(entries: I) -> Self {
        entries.into_iter().fold(Self::new(), |draft, (name, text)| draft.with(name, text))
    }
}

impl From<&Values<'_>> for Draft {
    /// The draft that reads back as these values.
    fn from(values: &Values<'_>) -> Self {
        values.iter().filter_map(|(field, value)| Some((field.name, value?.text()))).collect()
    }
}
