//! From a draft to checked values: what was entered, what the caller knows, and the rules.

pub mod context;
pub mod draft;
pub mod interpreter;
pub mod rules;
