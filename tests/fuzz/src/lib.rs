//! What must hold for every text that comes from outside, whatever it is.
//!
//! A target takes any bytes at all, and panics when something that must hold does not. libFuzzer looks for such bytes
//! (`cargo xtask fuzz`); what it kept, in `corpus/`, is tried again by every `cargo test`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must hold and does not ends the run"
)]

mod amount;
mod answer;
mod json;
#[path = "../../../crates/remit-core/tests/libraries/mod.rs"]
mod libraries;
mod message;
mod moment;
mod number;
mod request;
pub mod seeds;
mod xml;

/// A reader of what comes from outside.
#[derive(Debug)]
pub struct Target {
    /// What it is called, and the directory of its corpus.
    pub name: &'static str,
    /// Tries these bytes.
    pub check: fn(&[u8]),
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 6] = [
        Self { name: "amount", check: amount::check },
        Self { name: "moment", check: moment::check },
        Self { name: "json", check: json::check },
        Self { name: "xml", check: xml::check },
        Self { name: "answer", check: answer::check },
        Self { name: "request", check: request::check },
    ];

    /// The target of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        const { &Self::ALL }.iter().find(|target| target.name == name)
    }
}

/// Gives an input to the target of this name.
///
/// # Panics
/// If something does not hold that must hold for every input, or if there is no such target.
pub fn check(name: &str, input: &[u8]) {
    let target = Target::find(name).unwrap_or_else(|| panic!("there is no target {name}"));
    (target.check)(input);
}
