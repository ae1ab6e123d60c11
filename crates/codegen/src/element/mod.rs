//! The interface of the two elements: its declaration, and the files generated from it.

pub(crate) mod declared;
pub(crate) mod docs;
pub(crate) mod frameworks;
mod json;
pub(crate) mod manifest;
pub(crate) mod script;
pub(crate) mod style;
pub(crate) mod text;
pub(crate) mod types;
