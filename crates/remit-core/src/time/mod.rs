//! Moments, time zones, and reading moments from text.

pub mod instant;
pub mod reading;
pub mod zone;
