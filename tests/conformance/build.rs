//! Embeds the vectors, because a program in a browser cannot read files.

#![allow(clippy::print_stdout, reason = "a build script instructs cargo through standard output")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../vectors");
    let mut entries = String::new();
    for provider in listed(&directory)? {
        for file in listed(&provider)? {
            println!("cargo::rerun-if-changed={}", file.display());
            let (provider, name) = (name(&provider)?, name(&file)?);
            writeln!(
                entries,
                "File {{ provider: {provider:?}, name: {name:?}, text: include_str!({file:?}) }},"
            )?;
        }
    }
    let out = Path::new(&env::var("OUT_DIR")?).join("vectors.rs");
    Ok(fs::write(out, format!("/// Every file.\npub const FILES: &[File] = &[\n{entries}];\n"))?)
}

/// The sorted contents of a directory. Cargo rebuilds when an entry is added or removed.
fn listed(directory: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut paths = fs::read_dir(directory)?
        .map(|entry| entry?.path().canonicalize())
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> Result<&str, Box<dyn Error>> {
    path.file_name().and_then(|name| name.to_str()).ok_or_else(|| "a name that is not UTF-8".into())
}
