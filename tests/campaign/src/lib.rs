//! The fault campaign: relays that crash, between clients that retry and a provider behind a faulty network.
//!
//! A run has a sandbox, whose books are the truth; a proxy that delays, breaks, repeats and replaces what passes through it; one
//! to three relays over one store, which crash at named points and are replaced; and clients that insist: plain ones, and forms.
//! Its seed decides everything but the timing of the network and of the threads.
//!
//! In the end, what clients were told and what each key says is compared with the books. Every payment must be recorded exactly
//! once, or known not to be recorded, or left to a person where the provider's records do not tell.

mod books;
mod campaign;
mod crash;
mod fault;
mod fleet;
mod form;
mod host;
mod log;
mod other;
mod plain;
mod plan;
mod power;
mod program;
mod proxy;
mod relay;
mod run;
mod setup;
mod store;
mod table;
mod told;
mod verdict;
mod wire;
mod wish;
mod world;

pub use campaign::{Options, Summary, run};
pub use program::{Alone, serve_alone};
