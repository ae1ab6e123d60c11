//! The results of a check: codes, findings, the rejection of a draft, and the sentences for them.

pub mod codes;
pub mod finding;
pub mod message;
pub mod rejection;
