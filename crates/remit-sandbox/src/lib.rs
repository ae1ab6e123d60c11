//! The providers, emulated on the wire: their routes, sign-in, answers and refusals, with books in SQLite.
//!
//! Nothing here names a provider. What one accepts and says is on its page in `remit_core`; the sandbox keeps the
//! books, and shows faults when it is told to. What no documentation settles was chosen, and is listed in the crate's
//! `choices.md`.

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
