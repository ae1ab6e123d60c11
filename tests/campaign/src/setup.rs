//! What relays are started with.

use std::path::PathBuf;

use crate::power::Power;

/// What every relay of a run is started with.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) toml: String,
    /// The secrets, by the names that the configuration gives them.
    pub(crate) secrets: Vec<(String, String)>,
    /// Where to start relays as programs, if they are.
    pub(crate) program: Option<ProgramSetup>,
}

/// How to start a relay as a program.
#[derive(Debug, Clone)]
pub(crate) struct ProgramSetup {
    /// Where to write the configuration.
    pub(crate) folder: PathBuf,
    /// The power that can be lost, if it can.
    pub(crate) power: Option<Power>,
}
