//! Emulates the providers over HTTP: their routes, authentication, responses and refusals, with books in SQLite.
//!
//! This crate names no provider. `remit_core` defines what each provider accepts and how it responds; the sandbox keeps
//! the books, and simulates faults on request. The crate's `choices.md` lists the sandbox's choices where the providers'
//! documentation is silent.

mod answer;
mod books;
mod call;
mod decide;
mod describe;
mod fault;
mod http;
mod invoice;
mod payment;
mod read;
mod sandbox;
mod seed;
mod serve;
mod throttle;

pub use books::Error;
pub use fault::{Fault, FaultError, FaultKind};
pub use sandbox::Sandbox;
pub use serve::serve;
