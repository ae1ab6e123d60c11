//! The widget's script and style sheet as they are shipped: one file each, minified.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{self, command};
use crate::workspace;

const SCRIPT: &str = "remit.js";
const STYLE: &str = "remit.css";
/// What wasm-bindgen writes.
const BINDINGS: &str = "remit-widget.js";
/// What the script imports, and holds when it is bundled.
const IMPORTED: [&str; 3] = [BINDINGS, "remit-intl.js", "remit-load.js"];

/// Puts the script and what it imports into one file, and returns its text.
pub(crate) fn script(dist: &Path) -> Result<String> {
    let bindings = dist.join(BINDINGS);
    write(&bindings, &plain(&read(&bindings)?)?)?;
    process::run(
        esbuild(&dist.join(SCRIPT))
            .args(["--bundle", "--format=esm", "--target=es2022", "--legal-comments=none"])
            // This, too, is only there to keep unused classes: nobody outside sees one that could be disposed of.
            .arg("--define:Symbol.dispose=undefined")
            // No tsconfig.json of a directory above has a say.
            .arg("--tsconfig-raw={}"),
    )?;
    let parts = parts()?;
    fs::create_dir_all(&parts).with_context(|| format!("cannot make {}", parts.display()))?;
    for name in IMPORTED {
        let path = dist.join(name);
        fs::copy(&path, parts.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    read(&dist.join(SCRIPT))
}

/// Where what the script imports is kept, for whoever bundles it otherwise.
pub(crate) fn parts() -> Result<PathBuf> {
    Ok(workspace::target()?.join("page"))
}

/// Minifies the style sheet. Without a target: nothing is rewritten for browsers that do not know it.
pub(crate) fn style(dist: &Path) -> Result<()> {
    process::run(&mut esbuild(&dist.join(STYLE)))
}

/// esbuild, which replaces `file`.
fn esbuild(file: &Path) -> std::process::Command {
    let mut outfile = std::ffi::OsString::from("--outfile=");
    outfile.push(file);
    let mut esbuild = command("esbuild");
    esbuild.arg(file).arg(outfile).args(["--minify", "--allow-overwrite", "--log-level=warning"]);
    esbuild
}

/// wasm-bindgen's script, without what nobody uses of it.
pub(crate) fn plain(bindings: &str) -> Result<String> {
    without_looking(&without_effects(bindings))
}

/// Where it would look for the module if nobody brought it: bundlers that read this look too, and do not find it.
fn without_looking(bindings: &str) -> Result<String> {
    let Some((before, rest)) = bindings.split_once("new URL('") else {
        bail!(
            "wasm-bindgen looks for the module in another way than before: see without_looking in {}",
            file!()
        );
    };
    let (_, after) = rest
        .split_once("_bg.wasm', import.meta.url)")
        .context("wasm-bindgen looks for another file than before")?;
    Ok(format!("{before}undefined{after}"))
}

/// wasm-bindgen writes a class for every type of every crate that has one. Those that nobody uses would still be
/// kept, for the sake of the registry that each makes: esbuild cannot know that making one does nothing.
fn without_effects(bindings: &str) -> String {
    bindings.replace("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(")
}

pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn making_a_registry_is_said_to_do_nothing() {
        assert_eq!(
            without_effects("const A = b ? c : new FinalizationRegistry(d);"),
            "const A = b ? c : /* @__PURE__ */ new FinalizationRegistry(d);"
        );
    }

    #[test]
    fn a_bundler_is_not_sent_looking_for_the_module() {
        assert_eq!(
            without_looking("a = new URL('b_bg.wasm', import.meta.url); new URL(c)").unwrap(),
            "a = undefined; new URL(c)"
        );
        assert!(without_looking("a = elsewhere();").is_err());
        assert!(without_looking("a = new URL('b.css', import.meta.url);").is_err());
    }
}
