//! `cargo xtask package`: what JavaScript developers install.
//!
//! One module and a script around it make the validator; the element and the components lie beside it. Every entry is a
//! script that esbuild has put together, once for those who import and once for those who require, and what bundlers, servers
//! and browsers have in common is all that any of them relies on.

mod entries;
mod text;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::args::Args;
use crate::bundle::{read, write};
use crate::module::Plan;
use crate::process::{self, cargo, command};
use crate::tools::{Tool, WASM, need};
use crate::{build, module, places, workspace};

pub(crate) const OPTIONS: &str = "[--no-page]";
pub(crate) const ABOUT: &str = "Makes the npm package in target/npm: the validator, the element and the components.\n\
    --no-page     takes dist/ as the last build left it";

/// The validator's module: who calls it a thousand times a second has loaded it once.
const VALIDATOR: Plan = Plan { level: "-Oz", kept: &[], before: "wasm." };
/// How large a function may be that is copied to where it is called: less than `opt-level = "s"` lets it be. A payment takes as
/// long, and the module weighs 2 % less.
const INLINED: &str = "-Cllvm-args=-inline-threshold=25";
const ELEMENTS: &str = include_str!("package/elements.mjs");
const SCHEMAS: &str = include_str!("package/schemas.mjs");

pub(crate) fn run(mut args: Args) -> Result<()> {
    let no_page = args.flag("--no-page");
    args.finish()?;
    if !no_page {
        build::page()?;
    }
    let package = make(&Turn::take()?)?;
    eprintln!("{}", package.display());
    Ok(())
}

/// The right to make the package: who comes second waits until the first is done with it.
pub(crate) struct Turn(File);

impl Turn {
    pub(crate) fn take() -> Result<Self> {
        let path = workspace::target()?.join("npm.lock");
        let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(Self(file))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Closing the file, which follows, gives it back too.
        let _ = self.0.unlock();
    }
}

/// Where everything is made.
pub(crate) fn place() -> Result<PathBuf> {
    Ok(workspace::target()?.join("npm"))
}

/// Makes the package out of the page that was built before, and says where it is.
pub(crate) fn make(_turn: &Turn) -> Result<PathBuf> {
    need(&[Tool::WasmTarget, Tool::Library, Tool::Node, Tool::WasmOpt, Tool::Esbuild, Tool::WasmBindgen])?;
    let begun = Instant::now();
    let (npm, package) = (place()?, place()?.join("package"));
    // What an earlier package had and this has not must not be packed.
    if npm.exists() {
        fs::remove_dir_all(&npm).with_context(|| format!("cannot remove {}", npm.display()))?;
    }
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;
    let bound = bound(&npm)?;
    let module = package.join("remit.wasm");
    let slim = entries::slim(&npm, &package)?;
    fs::copy(&bound, &module).with_context(|| format!("cannot write {}", module.display()))?;
    module::shrink(&module, &slim, &VALIDATOR)?;
    places::refuse(&module)?;
    entries::validator(&npm, &package)?;
    entries::element(&npm, &package)?;
    beside(&package)?;
    process::run(node(SCHEMAS).current_dir(&package))?;
    process::run(node(ELEMENTS).arg(workspace::root()).current_dir(&package))?;
    let packed = pack(&npm, &package)?;
    eprintln!("{} is packed ({:.1} s)", packed.display(), begun.elapsed().as_secs_f64());
    Ok(packed)
}

/// Builds the module and says where it is. The script that wasm-bindgen writes beside it is for those who call the crate's
/// functions over objects, and stays out of the package.
fn bound(npm: &Path) -> Result<PathBuf> {
    process::run(cargo().args(["fetch", "--locked", "--quiet", "--target", WASM]).envs(build::LEAN))?;
    process::run(
        cargo()
            .args(["build", "--locked", "--offline", "--profile", "validator", "--target", WASM])
            .args(["-p", "remit-wasm"])
            .env("CARGO_ENCODED_RUSTFLAGS", build::flags(&[INLINED])?)
            .envs(build::LEAN),
    )?;
    let built = workspace::target()?.join(WASM).join("validator").join("remit_wasm.wasm");
    process::run(
        command("wasm-bindgen")
            .args(["--target", "web", "--no-typescript", "--out-name", "bindings", "--out-dir"])
            .args([npm, &built]),
    )?;
    Ok(npm.join("bindings_bg.wasm"))
}

/// What is put beside the scripts as it is, and the words about the package.
fn beside(package: &Path) -> Result<()> {
    let root = workspace::root();
    let npm = root.join("www").join("npm");
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root.join(name), &package.join(name))?;
    }
    copy(&npm.join("README.md"), &package.join("README.md"))?;
    for (from, ending, to) in
        [(root.join("www").join("locales"), ".json", "locales"), (npm.join("docs"), ".md", "docs")]
    {
        let to = package.join(to);
        fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
        for file in files(&from, ending)? {
            copy(&file, &to.join(name(&file)?))?;
        }
    }
    types(&npm, package)?;
    let manifest = read(&npm.join("package.json"))?;
    let version = env!("CARGO_PKG_VERSION");
    write(&package.join("package.json"), &manifest.replacen("\"0.0.0\"", &format!("\"{version}\""), 1))
}

/// The types, for those who import and, under another name, for those who require.
fn types(npm: &Path, package: &Path) -> Result<()> {
    let types = package.join("types");
    fs::create_dir_all(&types).with_context(|| format!("cannot make {}", types.display()))?;
    for (from, to) in [(npm.to_owned(), package.to_owned()), (npm.join("types"), types)] {
        for file in files(&from, ".d.ts")? {
            let (name, text) = (name(&file)?, read(&file)?);
            write(&to.join(&name), &text)?;
            write(&to.join(name.replace(".d.ts", ".d.cts")), &for_require(&text))?;
        }
        // What those who require get less of is written out.
        for file in files(&from, ".d.cts")? {
            copy(&file, &to.join(name(&file)?))?;
        }
    }
    Ok(())
}

/// What is imported from the package itself has the other ending too.
fn for_require(types: &str) -> String {
    let line = |line: &str| {
        if (line.contains(" from \"./") || line.contains("import(\"./"))
            && !line.trim_start().starts_with('*')
        {
            line.replace(".js\"", ".cjs\"")
        } else {
            line.to_owned()
        }
    };
    types.split_inclusive('\n').map(line).collect()
}

/// The files of a folder whose names end so, in order.
fn files(directory: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if name(&path)?.ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.with_context(|| format!("{} has no plain name", path.display()))?.to_owned())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Node, running a script that is no file of the package.
fn node(script: &str) -> std::process::Command {
    let mut node = command("node");
    node.args(["--input-type=module", "--eval", script]);
    node
}

fn pack(npm: &Path, package: &Path) -> Result<PathBuf> {
    process::read(
        command("npm")
            .args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"])
            .arg(npm)
            .arg(package),
    )?;
    let packed = npm.join(format!("remit-payments-{}.tgz", env!("CARGO_PKG_VERSION")));
    fs::metadata(&packed).with_context(|| format!("npm did not write {}", packed.display()))?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_require_find_their_types() {
        assert_eq!(
            for_require(
                "import type { A } from \"./types/index.js\";\n * from \"./a.js\"\nlet b: import(\"./b.js\").B;\n"
            ),
            "import type { A } from \"./types/index.cjs\";\n * from \"./a.js\"\nlet b: import(\"./b.cjs\").B;\n"
        );
    }

    /// A manifest that says another version than cargo would be packed under a name that nobody looks for.
    #[test]
    fn the_manifest_has_a_place_for_the_version() {
        let manifest = read(&workspace::root().join("www/npm/package.json")).unwrap();
        assert_eq!(manifest.matches("\"0.0.0\"").count(), 1);
    }
}
