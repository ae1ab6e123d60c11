//! From a draft to checked values: the draft, the context, the interpreter and the rules.

pub mod context;
pub mod draft;
pub mod interpreter;
pub mod rules;
