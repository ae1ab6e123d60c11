//! The sandbox: its books, faults and throttles.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use remit_core::wire::json::Json;

use crate::books::{Books, End, Error};
use crate::describe;
use crate::fault::{Fault, Faults};
use crate::seed;
use crate::throttle::Throttles;

/// The emulated providers with their books. Clones share them.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) books: Arc<Books>,
    faults: Arc<Mutex<Faults>>,
    throttles: Arc<Mutex<Throttles>>,
}

impl Sandbox {
    /// Opens the books at `path`, or new books in memory. Missing books are created and seeded.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be opened, or is not a sandbox's database.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let books = Books::open(path)?;
        books.within(|ledger| Ok((seed::missing(ledger)?, End::Keep)))?;
        Ok(Self { books: Arc::new(books), faults: Arc::default(), throttles: Arc::default() })
    }

    /// Replaces the faults that the sandbox simulates.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.faults().set(faults);
    }

    /// Describes the providers' paths, keys and books as JSON.
    ///
    /// # Errors
    /// [`Error`] if the books cannot be read.
    pub fn describe(&self) -> Result<Json, Error> {
        self.books.within(|ledger| Ok((describe::all(ledger)?, End::Discard)))
    }

    pub(crate) fn throttles(&self) -> MutexGuard<'_, Throttles> {
        self.throttles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        // A panic cannot leave a list of faults half changed.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
