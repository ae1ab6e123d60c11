//! Operations on text: digits, newlines, templates.

pub(crate) mod digits;
pub mod named;
pub(crate) mod newlines;
pub mod template;
