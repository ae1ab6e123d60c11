//! What all of the crates promise together.

pub mod drafts;
pub mod vectors;
mod zone;
