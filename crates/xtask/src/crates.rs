//! The step `crates`: packages and documents the libraries, as crates.io and docs.rs do. And the generated files.

use anyhow::Result;
use xshell::Shell;

use crate::shell::cargo;
use crate::tools;

/// The crates that other projects use.
const PUBLISHABLE: [&str; 3] = ["remit-core", "remit-relay", "remit-sandbox"];
/// A target without a standard library.
const NO_STD: &str = "wasm32v1-none";

/// `cargo xtask codegen`: writes the generated files, or checks them.
pub(crate) fn codegen(sh: &Shell, check: bool) -> Result<()> {
    let check = check.then_some("--check");
    Ok(cargo(sh, "run --quiet --locked --package codegen --").args(check).run()?)
}

pub(crate) fn run(sh: &Shell) -> Result<()> {
    let packages = PUBLISHABLE.iter().flat_map(|name| ["--package", name]);
    // Compiles each crate from the files that its package contains.
    cargo(sh, "package --locked --allow-dirty --quiet").args(packages).run()?;
    cargo(sh, "doc --locked --no-deps --workspace --quiet").env("RUSTDOCFLAGS", "-D warnings").run()?;
    let core = sh.read_file(crate::shell::root().join("crates/remit-core/src/lib.rs"))?;
    if core.contains("#![no_std]") {
        tools::target_for(sh, NO_STD)?;
        cargo(sh, "check --locked --quiet --package remit-core --all-features --target").arg(NO_STD).run()?;
    }
    Ok(())
}
