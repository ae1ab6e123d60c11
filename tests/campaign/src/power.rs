//! Power that can be lost: then files are as they were when they were last synced.
//!
//! `power_loss.c` keeps a copy of each file at each sync. Losing power replaces the files by their copies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

const SOURCE: &str = include_str!("../power_loss.c");

/// The power of one run.
#[derive(Debug, Clone)]
pub(crate) struct Power {
    library: PathBuf,
    /// The folder of the files.
    pub(crate) volatile: PathBuf,
    /// The folder of the copies.
    durable: PathBuf,
}

impl Power {
    /// Power for the files of a new folder in this one; `None` if the platform has no such thing.
    ///
    /// # Errors
    /// If the library cannot be compiled.
    pub(crate) fn new(folder: &Path, library: &Library) -> Result<Option<Self>> {
        if !cfg!(target_os = "linux") {
            return Ok(None);
        }
        let (volatile, durable) = (folder.join("volatile"), folder.join("durable"));
        fs::create_dir(&volatile)?;
        fs::create_dir(&durable)?;
        Ok(Some(Self { library: library.path()?, volatile, durable }))
    }

    /// The environment of a program that has this power.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 3] {
        [("LD_PRELOAD", &self.library), ("REMIT_VOLATILE", &self.volatile), ("REMIT_DURABLE", &self.durable)]
    }

    /// Loses power, while no program runs. What a file contained beyond its last sync is lost, or by chance is not.
    ///
    /// # Errors
    /// If a file cannot be replaced.
    pub(crate) fn lose(&self, random: &mut fastrand::Rng) -> Result<()> {
        let loses_all = random.bool();
        for entry in fs::read_dir(&self.volatile)? {
            let path = entry?.path();
            let name = path.file_name().context("a file without a name")?;
            let copy = self.durable.join(name);
            // Shared memory is never on the disk.
            if name.to_string_lossy().ends_with("-shm") {
                fs::remove_file(&path)?;
            } else if loses_all || random.bool() {
                if copy.is_file() {
                    fs::copy(&copy, &path)?;
                } else {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(())
    }
}

/// The compiled library, for every run of a campaign.
pub(crate) struct Library {
    folder: TempDir,
    path: OnceLock<Option<PathBuf>>,
}

impl Library {
    /// A library that is compiled when it is first needed.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, path: OnceLock::new() })
    }

    fn path(&self) -> Result<PathBuf> {
        let path = self.path.get_or_init(|| self.compile().ok());
        path.clone().context("cannot compile power_loss.c: is a C compiler installed?")
    }

    fn compile(&self) -> Result<PathBuf> {
        let (source, library) =
            (self.folder.path().join("power_loss.c"), self.folder.path().join("power_loss.so"));
        fs::write(&source, SOURCE)?;
        let mut cc = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        let status = cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).status()?;
        ensure!(status.success(), "cc failed");
        Ok(library)
    }
}
