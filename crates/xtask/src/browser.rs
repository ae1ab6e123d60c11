//! The browser that the tests drive.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::apt;
use crate::process::{command, works};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const MISSING: &str = "no chromium is installed, and the browser tests need one. Install the package `chromium` \
                       (Debian: `apt-get install chromium`) or Google Chrome, or set CHROMIUM to the path of one";

/// The path of a Chromium that starts, installing one where that is possible without asking anybody.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        let path = PathBuf::from(path);
        if !starts(&path) {
            bail!("CHROMIUM is set to {}, which does not start: correct it, or unset it", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = find(&std::env::var_os("PATH").unwrap_or_default()) {
        return Ok(path);
    }
    apt::install("chromium", MISSING)?;
    find(&std::env::var_os("PATH").unwrap_or_default())
        .context("chromium was installed, and yet none of its names is in PATH: set CHROMIUM to its path")
}

fn find(path: &std::ffi::OsStr) -> Option<PathBuf> {
    let directories: Vec<_> = std::env::split_paths(path).collect();
    NAMES
        .iter()
        .flat_map(|name| directories.iter().map(move |directory| directory.join(name)))
        .find(|path| starts(path))
}

/// Some systems have a `chromium-browser` that only tells how to install one.
fn starts(path: &Path) -> bool {
    path.is_file() && works(command(path).arg("--version"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::workspace::TempDir;

    #[test]
    fn takes_the_first_that_starts() {
        let directory = TempDir::new(&std::env::temp_dir(), "remit-browser").unwrap();
        assert_eq!(find(directory.path().as_os_str()), None);
        for (name, code) in [("chromium-browser", 1), ("google-chrome", 0)] {
            let path = directory.path().join(name);
            fs::write(&path, format!("#!/bin/sh\nexit {code}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        assert_eq!(find(directory.path().as_os_str()), Some(directory.path().join("google-chrome")));
    }
}
