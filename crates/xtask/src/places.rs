//! Where on this machine a module is built must not show in it: that would tell about the person who built it, differ
//! from machine to machine, and be loaded by everybody.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, read};
use crate::workspace;

/// How much of an offending path is shown, at most.
const SHOWN: usize = 160;

/// What tells rustc to name sources by their packages, as CARGO_ENCODED_RUSTFLAGS wants it.
pub(crate) fn rustflags() -> Result<OsString> {
    let mut flags = remapping(workspace::root(), &cargo_home()?)?;
    flags.push(naming(&sysroot()?, &read(command("rustc").args(["--version", "--verbose"]))?)?);
    Ok(flags.join(&*OsString::from("\u{1f}")))
}

/// Fails when the module contains a path of this machine.
pub(crate) fn refuse(module: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut places = vec![workspace::root().to_owned(), cargo_home()?, sysroot()?];
    places.extend(std::env::home_dir());
    if let Some(path) = first(&bytes, &places) {
        bail!(
            "{} contains a path of this machine: {path}. Find out how it got there, and if rustc put it there, name \
             its beginning in crates/xtask/src/places.rs",
            module.display()
        );
    }
    Ok(())
}

/// Where cargo keeps the sources of packages. What is started here starts at the root of the project.
fn cargo_home() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CARGO_HOME").filter(|path| !path.is_empty()) {
        return Ok(workspace::root().join(path));
    }
    let home = std::env::home_dir().context("neither CARGO_HOME nor HOME is set")?;
    Ok(home.join(".cargo"))
}

/// Where the toolchain is.
pub(crate) fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(read(command("rustc").args(["--print", "sysroot"]))?.trim_end()))
}

/// Where a toolchain keeps the standard library's sources, if it has them.
pub(crate) fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib").join("rustlib").join("src").join("rust")
}

/// The flag after which the standard library's sources are named as they are where they are not installed: with them,
/// as editors want them, rustc writes down where they lie.
fn naming(sysroot: &Path, version: &str) -> Result<OsString> {
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    let commit = commit.context("rustc does not say what commit it was built from")?;
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(library(sysroot));
    flag.push(format!("=/rustc/{commit}"));
    Ok(flag)
}

/// The flags after which a path starts at the workspace's root, or with a package's name and version.
fn remapping(root: &Path, cargo_home: &Path) -> Result<Vec<OsString>> {
    // Where several fit, rustc takes the last.
    let mut prefixes = spellings(root);
    for cargo_home in spellings(cargo_home) {
        prefixes.extend(registries(&cargo_home.join("registry").join("src"))?);
    }
    let flag = |prefix: PathBuf| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(prefix);
        flag.push("/=");
        flag
    };
    Ok(prefixes.into_iter().map(flag).collect())
}

/// One directory for each registry; none where all sources are part of the project.
fn registries(sources: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(sources) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot list {}", sources.display()))?,
    };
    let mut registries = Vec::new();
    for entry in entries {
        registries.push(entry?.path());
    }
    // In another order they would be other flags, and everything would be built again.
    registries.sort();
    Ok(registries)
}

/// A path as it was given, and without symbolic links.
fn spellings(path: &Path) -> Vec<PathBuf> {
    let mut spellings = vec![path.components().collect()];
    spellings.extend(fs::canonicalize(path));
    spellings.dedup();
    spellings
}

/// The first path in one of the places.
fn first(bytes: &[u8], places: &[PathBuf]) -> Option<String> {
    let found = places
        .iter()
        // Everything is in the root directory, which is some users' home.
        .filter(|place| place.file_name().is_some())
        .flat_map(|place| spellings(place))
        .filter_map(|place| {
            // Only what is in the place: a short name may well begin another word.
            let begin = [place.as_os_str().as_encoded_bytes(), b"/"].concat();
            bytes.windows(begin.len()).position(|window| window == begin)
        })
        .min()?;
    let rest = bytes.get(found..)?;
    let path: String =
        rest.iter().take_while(|byte| byte.is_ascii_graphic()).take(SHOWN).copied().map(char::from).collect();
    // Texts lie in a module without a gap; where one ends can be told only from its ending.
    Some(path.split_once(".rs").map_or(path.clone(), |(file, _)| format!("{file}.rs")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    #[test]
    fn rustc_is_told_of_the_root_and_of_every_registry() {
        let home = TempDir::new(&std::env::temp_dir(), "remit-places").unwrap();
        let path = fs::canonicalize(home.path()).unwrap();
        assert_eq!(remapping(Path::new("/no/root"), &path).unwrap(), ["--remap-path-prefix=/no/root/="]);
        for name in ["index-2", "index-1"] {
            fs::create_dir_all(path.join("registry/src").join(name)).unwrap();
        }
        let flags = remapping(Path::new("/no root/"), &path).unwrap();
        let registry = |name: &str| {
            OsString::from(format!("--remap-path-prefix={}/registry/src/{name}/=", path.display()))
        };
        let root = OsString::from("--remap-path-prefix=/no root/=");
        assert_eq!(flags, [root, registry("index-1"), registry("index-2")]);
    }

    #[test]
    fn the_standard_library_is_named_alike_with_its_sources_and_without() {
        let flag = naming(Path::new("/no/rust"), "rustc 1.0\nbinary: rustc\ncommit-hash: 0a1b\n").unwrap();
        assert_eq!(flag, "--remap-path-prefix=/no/rust/lib/rustlib/src/rust=/rustc/0a1b");
        assert!(naming(Path::new("/no/rust"), "rustc 1.0\n").is_err());
        assert!(sysroot().unwrap().join("lib/rustlib").is_dir());
    }

    #[test]
    fn a_link_is_known_by_both_names() {
        let home = TempDir::new(&std::env::temp_dir(), "remit-links").unwrap();
        let path = fs::canonicalize(home.path()).unwrap();
        fs::create_dir(path.join("real")).unwrap();
        std::os::unix::fs::symlink(path.join("real"), path.join("link")).unwrap();
        assert_eq!(spellings(&path.join("link")), [path.join("link"), path.join("real")]);
        assert_eq!(spellings(&path.join("real")), [path.join("real")]);
    }

    #[test]
    fn the_first_path_of_this_machine_is_found() {
        let places = ["/", "/no/cargo", "/no"].map(PathBuf::from);
        assert_eq!(first(b"\0asm/rustc/library/core/src/lib.rs/nothing/index.js", &places), None);
        let found = first(b"\0asm\xff/no/cargo/git/a-1/src/lib.rsnext text/no/b.rs", &places);
        assert_eq!(found.unwrap(), "/no/cargo/git/a-1/src/lib.rs");
        assert_eq!(first(b"see /no/notes.txt for", &places).unwrap(), "/no/notes.txt");
    }
}
