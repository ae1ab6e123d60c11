//! The providers, emulated on the wire: their routes, sign-in, answers and refusals, with books in SQLite.
//!
//! Nothing here names a provider. What one accepts and says is on its page in `remit_core`; the sandbox keeps the
//! books, and shows faults when it is told to. What no documentation settles was chosen, and is listed in the crate's
//! `choices.md`.

mod answer;
mod books;
mod decide;
mod describe;
mod fault;
mod http;
mod invoice;
mod look;
mod payment;
mod seed;
mod serve;
mod throttle;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use remit_core::wire::json::Json;

pub use books::Error;
use books::{Books, End};
use fault::Faults;
pub use fault::{Fault, FaultError, Kind};
pub use serve::serve;
use throttle::Throttles;

/// The emulated providers with their books. Clones share them.
#[derive(Clone)]
pub struct Sandbox {
    books: Arc<Books>,
    faults: Arc<Mutex<Faults>>,
    throttles: Arc<Mutex<Throttles>>,
}

impl Sandbox {
    /// Opens the books at `path`, or new ones that are kept in memory alone. What is missing is made and seeded.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be opened, or is not a sandbox's.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        Ok(Self { books: Arc::new(Books::open(path)?), faults: Arc::default(), throttles: Arc::default() })
    }

    /// Has the sandbox show these faults from now on, in place of any it was told before.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.faults().set(faults);
    }

    /// What is in the books, and how to sign in: a JSON document.
    ///
    /// # Errors
    /// [`Error`] when the books cannot be read.
    pub fn describe(&self) -> Result<Json, Error> {
        self.books.within(|ledger| Ok((describe::all(ledger)?, End::Discard)))
    }

    fn throttles(&self) -> MutexGuard<'_, Throttles> {
        self.throttles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        // A list of faults has no state in which a panic could leave it half changed.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
