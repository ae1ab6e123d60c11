//! Where things are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().and_then(Path::parent).unwrap_or(here)
}

/// Where the tools are kept that only this project uses.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// Where the built page is.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo put this program, and puts the others of the workspace.
pub(crate) fn programs() -> Result<PathBuf> {
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    this.parent().map(Path::to_owned).context("this program has no directory")
}

/// Cargo's target directory, wherever it was told to put it.
pub(crate) fn target() -> Result<PathBuf> {
    programs()?.parent().map(Path::to_owned).context("cargo's target directory has no path")
}

/// A directory that goes away with its owner.
#[derive(Debug)]
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    /// A new empty directory `name` in `parent`; the name also carries this process's number.
    pub(crate) fn new(parent: &Path, name: &str) -> Result<Self> {
        let path = parent.join(format!("{name}-{}", std::process::id()));
        // A process of the same number may have been killed before it could tidy up.
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| format!("cannot empty {}", path.display()))?;
        }
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}
