//! Tests that concern several crates: the vectors, and the tools to run them.

pub mod drafts;
pub mod vectors;
mod zone;
