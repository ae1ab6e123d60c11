//! Moments, time zones, and the parser for moments.

pub mod day;
pub mod instant;
pub mod reading;
pub mod zone;
