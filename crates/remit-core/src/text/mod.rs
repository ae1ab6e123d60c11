//! Text without meaning of its own: digits, newlines, templates.

pub(crate) mod digits;
pub mod named;
pub(crate) mod newlines;
pub mod template;
