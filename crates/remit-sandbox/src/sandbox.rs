//! The sandbox as a whole: books, faults and throttles.

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
    /// Opens the books at `path`, or new ones that are kept in memory alone. What is missing is made and seeded.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be opened, or is not a sandbox's.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let books = Books::open(path)?;
        books.within(|ledger| Ok((seed::missing(ledger)?, End::Keep)))?;
        Ok(Self { books: Arc::new(books), faults: Arc::default(), throttles: Arc::default() })
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

    pub(crate) fn throttles(&self) -> MutexGuard<'_, Throttles> {
        self.throttles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        // A list of faults has no state in which a panic could leave it half changed.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
