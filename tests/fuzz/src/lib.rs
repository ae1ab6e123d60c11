//! Properties of every text from outside.
//!
//! A target accepts any bytes, and panics if a property does not hold. libFuzzer searches for such bytes (`cargo xtask
//! fuzz`). `cargo test` replays the inputs that it kept in `corpus/`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target panics if a property does not hold"
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

/// A parser of text from outside.
#[derive(Debug)]
pub struct Target {
    /// The target's name, which is also the directory of its corpus.
    pub name: &'static str,
    /// Checks the properties for these bytes.
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
