//! Drafts: raw text by field name.

use alloc::string::String;
use alloc::vec::Vec;

use crate::schema::values::Values;

/// A payment before it is checked: texts by field name, in order.
///
/// The names are the same for every provider (`amount`, `paidAt`, `note`, …): a draft survives a change of provider.
/// A text of only whitespace counts as missing.
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

    /// Sets the text of a field and returns the draft.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.set(name, text);
        self
    }

    /// Sets the text of a field, replacing any earlier text.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let (name, text) = (name.into(), text.into());
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = text,
            None => self.entries.push((name, text)),
        }
    }

    /// The unmodified text of a field; `None` if it is missing or only whitespace.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.entries.iter().find(|(known, _)| known == name)?;
        (!text.trim().is_empty()).then_some(text.as_str())
    }

    /// Every entry, in the order of insertion.
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
    /// The draft whose check returns these values.
    fn from(values: &Values<'_>) -> Self {
        values.iter().filter_map(|(field, value)| Some((field.name, value?.text()))).collect()
    }
}
