//! The JavaScript dependencies of a folder.

use std::fs;
use std::path::Path;

use anyhow::Result;
use xshell::Shell;

use crate::shell::{npm, root};

pub(crate) const NPM_OPTIONS: &str =
    "--ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error";

/// Installs the locked dependencies of a folder, unless they are installed.
pub(crate) fn install(sh: &Shell, folder: impl AsRef<Path>) -> Result<()> {
    let folder = root().join(folder);
    if is_stale(&folder) {
        let _in = sh.push_dir(&folder);
        npm(sh, "ci").args(NPM_OPTIONS.split(' ')).run()?;
    }
    Ok(())
}

/// Whether the installed packages are missing, or older than the lock file.
fn is_stale(folder: &Path) -> bool {
    let time = |path: &str| fs::metadata(folder.join(path)).and_then(|metadata| metadata.modified());
    match (time("node_modules/.package-lock.json"), time("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed < locked,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installs_again_when_the_lock_file_is_newer() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("package-lock.json");
        fs::write(&lock, "{}").unwrap();
        assert!(is_stale(folder.path()));
        fs::create_dir(folder.path().join("node_modules")).unwrap();
        fs::write(folder.path().join("node_modules/.package-lock.json"), "{}").unwrap();
        assert!(!is_stale(folder.path()));
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        fs::File::open(&lock).unwrap().set_modified(later).unwrap();
        assert!(is_stale(folder.path()));
    }
}
