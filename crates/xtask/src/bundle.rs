//! The widget's script and style sheet as they are shipped: one file each, minified.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::process::{self, command};

const SCRIPT: &str = "remit.js";
const STYLE: &str = "remit.css";
/// What wasm-bindgen writes.
const BINDINGS: &str = "remit-widget.js";
/// What the script imports, and holds when it is bundled.
const IMPORTED: [&str; 2] = [BINDINGS, "remit-intl.js"];

/// Puts the script and what it imports into one file, and returns its text.
pub(crate) fn script(dist: &Path) -> Result<String> {
    let bindings = dist.join(BINDINGS);
    write(&bindings, &without_effects(&read(&bindings)?))?;
    process::run(
        esbuild(&dist.join(SCRIPT))
            .args(["--bundle", "--format=esm", "--target=es2022", "--legal-comments=none"])
            // This, too, is only there to keep unused classes: nobody outside sees one that could be disposed of.
            .arg("--define:Symbol.dispose=undefined")
            // No tsconfig.json of a directory above has a say.
            .arg("--tsconfig-raw={}"),
    )?;
    for name in IMPORTED {
        let path = dist.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    read(&dist.join(SCRIPT))
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

/// wasm-bindgen writes a class for every type of every crate that has one. Those that nobody uses would still be
/// kept, for the sake of the registry that each makes: esbuild cannot know that making one does nothing.
fn without_effects(bindings: &str) -> String {
    bindings.replace("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
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
}
