//! What happened in a run, line by line.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The log of a run. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    begun: Instant,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), lines: Arc::default() }
    }

    pub(crate) fn add(&self, line: impl AsRef<str>) {
        let line = format!("{:>6} ms  {}", self.begun.elapsed().as_millis(), line.as_ref());
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    pub(crate) fn text(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}
