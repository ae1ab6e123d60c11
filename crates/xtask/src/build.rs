//! `cargo xtask build`

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::args::Args;
use crate::process::{self, cargo, command};
use crate::tools::{Tool, need};
use crate::workspace;

pub(crate) const OPTIONS: &str = "";
pub(crate) const ABOUT: &str = "Builds the page into dist/: Trunk, then wasm-opt.";

/// What rustc uses, and every browser since 2022 and Node 20 understand. Never `--all-features`: it lets wasm-opt write
/// a module that Node 20 refuses.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
const MODULE: &str = "remit-widget_bg.wasm";

pub(crate) fn run(args: Args) -> Result<()> {
    args.finish()?;
    page()
}

/// Builds the page.
pub(crate) fn page() -> Result<()> {
    need(&[Tool::WasmTarget, Tool::Node, Tool::WasmOpt, Tool::WasmBindgen, Tool::Trunk])?;
    let begun = Instant::now();
    // All packages at once, and here: what follows is offline, so that nothing is downloaded unseen.
    process::run(cargo().args(["fetch", "--locked", "--quiet"]))?;
    trunk()?;
    let module = workspace::dist().join(MODULE);
    refuse_other_features(&process::read(command("wasm-opt").arg("--print-features").arg(&module))?)?;
    optimise(&module)?;
    // Compiling is what tells; the oldest Node that is promised is stricter than the browsers are.
    process::run(command("node").arg("--eval").arg(COMPILE).arg(&module))?;
    eprintln!("dist/ is built ({:.1} s)", begun.elapsed().as_secs_f64());
    Ok(())
}

const COMPILE: &str = "new WebAssembly.Module(require('node:fs').readFileSync(process.argv[1]))";

fn trunk() -> Result<()> {
    // Trunk takes all snippets that lie where wasm-bindgen writes, those of earlier builds too.
    let output = workspace::target()?.join("wasm-bindgen");
    if output.exists() {
        fs::remove_dir_all(&output).with_context(|| format!("cannot remove {}", output.display()))?;
    }
    let mut trunk = command("trunk");
    // Offline, Trunk fails where it would otherwise fetch a tool that is missing or of another version.
    trunk.args(["build", "--offline=true", "--skip-version-check"]).env("CARGO_NET_OFFLINE", "true");
    // What is built depends on Trunk.toml alone. And NO_COLOR=1, which is a usual way to say it, is an error to Trunk.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TRUNK_") || name == "NO_COLOR") {
            trunk.env_remove(name);
        }
    }
    process::run(&mut trunk)
}

/// wasm-opt adds to the features that it is told those that the module says it uses, so telling it is no check.
fn refuse_other_features(printed: &str) -> Result<()> {
    let other: Vec<_> = printed.split_whitespace().filter(|feature| !FEATURES.contains(feature)).collect();
    if !other.is_empty() {
        bail!(
            "the module uses what some browsers may not know: {}. If all that are supported do, add it to FEATURES in \
             crates/xtask/src/build.rs",
            other.join(" ")
        );
    }
    Ok(())
}

/// Makes a module smaller, in place.
fn optimise(module: &Path) -> Result<()> {
    let smaller = module.with_extension("smaller");
    process::run(
        command("wasm-opt")
            .arg("--mvp-features")
            .args(FEATURES)
            .args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features", "--output"])
            .arg(&smaller)
            .arg(module),
    )?;
    fs::rename(&smaller, module).with_context(|| format!("cannot write {}", module.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_is_not_listed_is_refused() {
        refuse_other_features("--enable-sign-ext\n--enable-multivalue\n").unwrap();
        let error = refuse_other_features("--enable-sign-ext\n--enable-threads\n").unwrap_err().to_string();
        assert!(error.contains("--enable-threads") && !error.contains("sign-ext"), "{error}");
    }
}
