//! `cargo xtask build`

use std::ffi::OsString;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::args::Args;
use crate::process::{self, cargo, command};
use crate::tools::{Tool, WASM, need};
use crate::{bundle, module, places, workspace};

pub(crate) const OPTIONS: &str = "";
pub(crate) const ABOUT: &str = "Builds the page into dist/: Trunk, then esbuild and wasm-opt.";

pub(crate) const MODULE: &str = "remit-widget_bg.wasm";

/// The module brings a standard library of its own, in which a panic is the one instruction that stops a module: with
/// the one that comes with the toolchain, what a panic would say, to nobody, is an eighth of all that is loaded. How
/// to ask for that may change with the compiler, and the compiler is pinned; `RUSTC_BOOTSTRAP` makes it listen.
pub(crate) const LEAN: [(&str, &str); 3] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];
const LEAN_FLAGS: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

pub(crate) fn run(args: Args) -> Result<()> {
    args.finish()?;
    page()
}

/// Whether the page was built since this program was started.
static BUILT: AtomicBool = AtomicBool::new(false);

/// Builds the page, unless that was done since this program was started.
pub(crate) fn page_once() -> Result<()> {
    if BUILT.load(Ordering::Relaxed) { Ok(()) } else { page() }
}

/// Builds the page.
pub(crate) fn page() -> Result<()> {
    need(&[
        Tool::WasmTarget,
        Tool::Library,
        Tool::Node,
        Tool::WasmOpt,
        Tool::Esbuild,
        Tool::WasmBindgen,
        Tool::Trunk,
    ])?;
    let begun = Instant::now();
    // All packages at once, and here: what follows is offline, so that nothing is downloaded unseen.
    process::run(cargo().args(["fetch", "--locked", "--quiet", "--target", WASM]).envs(LEAN))?;
    trunk()?;
    let dist = workspace::dist();
    let script = bundle::script(&dist)?;
    bundle::style(&dist)?;
    // After the script: what that no longer uses, the module need not offer.
    module::shrink(&dist.join(MODULE), &script, &module::WIDGET)?;
    places::refuse(&dist.join(MODULE))?;
    BUILT.store(true, Ordering::Relaxed);
    eprintln!("dist/ is built ({:.1} s)", begun.elapsed().as_secs_f64());
    Ok(())
}

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
    trunk.env("CARGO_ENCODED_RUSTFLAGS", flags(&[])?).envs(LEAN);
    process::run(&mut trunk)
}

/// What a lean module takes of rustc, as CARGO_ENCODED_RUSTFLAGS wants it. Of all ways to hand flags to rustc that one
/// comes first, and it alone allows for spaces in them.
pub(crate) fn flags(more: &[&str]) -> Result<OsString> {
    let mut flags = places::rustflags()?;
    for flag in LEAN_FLAGS.iter().chain(more) {
        flags.push("\u{1f}");
        flags.push(flag);
    }
    Ok(flags)
}
