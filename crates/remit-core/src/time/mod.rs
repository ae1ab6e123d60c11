//! Moments, time zones, and reading moments from text.

pub mod day;
pub mod instant;
pub mod reading;
pub mod zone;
