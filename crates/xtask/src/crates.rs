//! The step `crates`: packages and documents the libraries, as crates.io and docs.rs do. And the generated files.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::shell::{cargo, root, target};
use crate::tools;

/// The crates that other projects use.
const PUBLISHABLE: [&str; 5] =
    ["remit-core", "remit-session", "remit-leptos", "remit-relay", "remit-sandbox"];
/// A target without a standard library.
const NO_STD: &str = "wasm32v1-none";

/// `cargo xtask codegen`: writes the generated files, or checks them.
pub(crate) fn codegen(sh: &Shell, check: bool) -> Result<()> {
    let check = check.then_some("--check");
    Ok(cargo(sh, "run --quiet --locked --package codegen --").args(check).run()?)
}

pub(crate) fn run(sh: &Shell) -> Result<()> {
    packages(sh)?;
    cargo(sh, "doc --locked --no-deps --workspace --quiet").env("RUSTDOCFLAGS", "-D warnings").run()?;
    let core = sh.read_file(root().join("crates/remit-core/src/lib.rs"))?;
    if core.contains("#![no_std]") {
        tools::target_for(sh, NO_STD)?;
        cargo(sh, "check --locked --quiet --package remit-core --all-features --target").arg(NO_STD).run()?;
    }
    Ok(())
}

/// Compiles each crate from the files that its package contains, together with the packages of the others.
///
/// cargo's own verification unpacks and compiles a package only once for each version. While the version stays the same, it
/// would compile the later packages against an outdated one.
fn packages(sh: &Shell) -> Result<()> {
    let names = PUBLISHABLE.iter().flat_map(|name| ["--package", name]);
    cargo(sh, "package --locked --allow-dirty --quiet --no-verify").args(names).run()?;
    let (packed, folder) = (target()?.join("package"), target()?.join("unpacked"));
    sh.remove_path(&folder)?;
    sh.create_dir(&folder)?;
    let (mut members, mut patches) = (String::new(), String::new());
    for name in PUBLISHABLE {
        let full = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let package = packed.join(format!("{full}.crate"));
        cmd!(sh, "tar -xzf {package} -C {folder}").quiet().run()?;
        members += &format!("{full:?}, ");
        patches += &format!("{name} = {{ path = {full:?} }}\n");
    }
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[patch.crates-io]\n{patches}");
    sh.write_file(folder.join("Cargo.toml"), manifest)?;
    sh.copy_file(root().join("Cargo.lock"), &folder)?;
    let manifest = folder.join("Cargo.toml");
    cargo(sh, "check --quiet --offline --workspace --manifest-path").arg(manifest).run()?;
    Ok(())
}
