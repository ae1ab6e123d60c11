//! The package in every environment that it promises to work in: packed, installed, run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, run};
use crate::test::is_stale;
use crate::tools::{Tool, need};
use crate::{browser, build, package, workspace};

/// Each has a folder in tests/packaging with a project that uses the package, and with its test.
const ENVIRONMENTS: [&str; 19] = [
    "metadata",
    "readme",
    "consumer",
    "node-esm",
    "node-cjs",
    "node-worker",
    "deno",
    "bun",
    "workerd",
    "typescript",
    "plain",
    "web-worker",
    "esbuild",
    "rollup",
    "webpack",
    "vite",
    "react18",
    "react19",
    "next",
];
/// What all of them have in common, and how it is itself tested.
const SHARED: &str = "expect.test.mjs";
/// Where packages are installed: React 18 cannot lie beside React 19.
const PROJECTS: [&str; 2] = [".", "react18"];
const NPM: [&str; 5] =
    ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

/// Makes the package, twice, and runs it everywhere.
pub(crate) fn all() -> Result<()> {
    need(&[Tool::Node])?;
    let chromium = browser::chromium()?;
    build::page_once()?;
    // Kept to the end: one of the tests looks at what was packed.
    let turn = package::Turn::take()?;
    let packed = package::make(&turn)?;
    let first = fs::read(&packed).with_context(|| format!("cannot read {}", packed.display()))?;
    let again =
        fs::read(package::make(&turn)?).with_context(|| format!("cannot read {}", packed.display()))?;
    if first != again {
        bail!(
            "the package made twice is not the same twice: nobody could tell whether a published one is ours"
        );
    }
    let directory = workspace::root().join("tests").join("packaging");
    for project in PROJECTS {
        install(&directory.join(project), &packed)?;
    }
    run(command("node")
        .args(["--test", "--test-concurrency=2", "--test-timeout=300000"])
        .args(tests(&directory)?)
        .env("CHROMIUM", chromium)
        .env("REMIT_TARBALL", &packed))
}

/// What the package promises, in Node: the vectors, hostile input, files, schemas, types, and the examples of its pages.
pub(crate) fn promises() -> Result<()> {
    need(&[Tool::Node])?;
    let package = workspace::target()?.join("npm").join("package");
    if !package.join("package.json").is_file() {
        build::page_once()?;
        package::make(&package::Turn::take()?)?;
    }
    let directory = workspace::root().join("tests").join("npm");
    if is_stale(&directory) {
        eprintln!("npm ci in {}", directory.display());
        run(command("npm").arg("ci").args(NPM).current_dir(&directory))?;
    }
    let mut tests = Vec::new();
    for entry in fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        tests.extend(path.to_string_lossy().ends_with(".test.mjs").then_some(path));
    }
    if tests.is_empty() {
        bail!("{} has no tests", directory.display());
    }
    tests.sort();
    run(command("node")
        .args(["--expose-gc", "--test", "--test-concurrency=2", "--test-timeout=600000"])
        .args(tests)
        .env("REMIT_PACKAGE", package))
}

/// Installs what a project has locked, and the package.
fn install(project: &Path, packed: &Path) -> Result<()> {
    if is_stale(project) {
        eprintln!("npm ci in {}", project.display());
        run(command("npm").arg("ci").args(NPM).current_dir(project))?;
    }
    // What lies there under the same name and version would stay.
    let installed = project.join("node_modules").join("remit-payments");
    if installed.exists() {
        fs::remove_dir_all(&installed).with_context(|| format!("cannot remove {}", installed.display()))?;
    }
    run(command("npm").args(["install", "--no-save"]).args(NPM).arg(packed).current_dir(project))
}

/// The test of each environment. One that is missing would pass for ever, and so would one that is not listed.
fn tests(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut tests = vec![directory.join(SHARED)];
    tests.extend(ENVIRONMENTS.iter().map(|name| directory.join(name).join(format!("{name}.test.mjs"))));
    for test in &tests {
        if !test.is_file() {
            bail!("{} is missing", test.display());
        }
    }
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    for entry in entries {
        let folder = entry?.path();
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let test = folder.join(format!("{name}.test.mjs"));
        if test.is_file() && !ENVIRONMENTS.contains(&name) {
            bail!("{} is not listed in {}", test.display(), file!());
        }
    }
    Ok(tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    #[test]
    fn an_environment_without_a_test_is_a_failure() {
        let directory = TempDir::new(&std::env::temp_dir(), "remit-packaging").unwrap();
        fs::write(directory.path().join(SHARED), "").unwrap();
        for name in ENVIRONMENTS {
            assert!(tests(directory.path()).unwrap_err().to_string().ends_with(" is missing"), "{name}");
            fs::create_dir(directory.path().join(name)).unwrap();
            fs::write(directory.path().join(name).join(format!("{name}.test.mjs")), "").unwrap();
        }
        assert_eq!(tests(directory.path()).unwrap().len(), ENVIRONMENTS.len() + 1);
        fs::create_dir(directory.path().join("abacus")).unwrap();
        fs::write(directory.path().join("abacus/abacus.test.mjs"), "").unwrap();
        assert!(tests(directory.path()).unwrap_err().to_string().contains("abacus.test.mjs is not listed"));
    }
}
