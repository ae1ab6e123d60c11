//! How commands are started: at the root of the project, with the project's own tools first in PATH.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use xshell::{Cmd, Shell, cmd};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Some code is compiled for the browser only.
pub(crate) const WASM_LINTS: &str = "clippy --locked --target wasm32-unknown-unknown --package remit-wasm --package remit-session --package remit-leptos --package remit-element --package remit-headless --package example-leptos -- -D warnings";

/// Leptos is compiled either for the browser alone or to take over a server's page.
pub(crate) const WASM_LINTS_OF_HYDRATION: &str = "clippy --locked --target wasm32-unknown-unknown --package remit-leptos --package example-leptos-ssr --lib --features remit-leptos/hydrate,example-leptos-ssr/hydrate -- -D warnings";

/// Builds the programs that steps run. Always both: cargo would compile the dependencies again for another selection.
pub(crate) const BUILD_PROGRAMS: &str = "build --locked --package remit-demo --package bindgen";

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().and_then(Path::parent).unwrap_or(here)
}

/// The folder of the tools that only this project uses.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// The release page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder, wherever it is configured to be. This program was built into it.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot locate this program")?;
    Ok(program.parent().and_then(Path::parent).context("this program is in no target folder")?.to_owned())
}

/// A program of the workspace, as the dev profile builds it.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    Ok(target()?.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

pub(crate) fn shell() -> Result<Shell> {
    let sh = Shell::new()?;
    sh.change_dir(root());
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(tools().join("bin")).chain(std::env::split_paths(&rest));
    sh.set_var(
        "PATH",
        std::env::join_paths(all).context("the path of this project contains the separator of PATH")?,
    );
    Ok(sh)
}

/// The cargo that started this program, with arguments separated by spaces.
pub(crate) fn cargo<'a>(sh: &'a Shell, arguments: &str) -> Cmd<'a> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut cmd = cmd!(sh, "{cargo}").args(arguments.split_whitespace());
    // `cargo run` describes this package to this program. For another cargo these would be changed inputs, and it would
    // rebuild crates whose build scripts read them.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cmd = cmd.env_remove(name);
        }
    }
    cmd
}

/// npm, with arguments separated by spaces.
pub(crate) fn npm<'a>(sh: &'a Shell, arguments: &str) -> Cmd<'a> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    cmd!(sh, "{npm}").args(arguments.split_whitespace())
}

/// Whether a command starts and succeeds. Prints nothing.
pub(crate) fn works(cmd: Cmd<'_>) -> bool {
    cmd.quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

/// The files of a folder, and with `deep` of the folders in it, whose names end in `suffix`, in order. An empty list is
/// an error: a step that finds nothing to check must not pass.
pub(crate) fn files(folder: &Path, suffix: &str, deep: bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(suffix) {
            files.push(path);
        } else if deep && path.is_dir() && !path.ends_with("node_modules") {
            files.extend(self::files(&path, suffix, false).unwrap_or_default());
        }
    }
    if files.is_empty() {
        bail!("{} contains no *{suffix}", folder.display());
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_the_projects_own_tools_first_in_path() {
        let path = shell().unwrap().var("PATH").unwrap();
        assert_eq!(std::env::split_paths(&path).next().unwrap(), root().join(".tools").join("bin"));
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn reports_a_folder_without_matching_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(files(folder.path(), ".test.mjs", true).is_err());
        fs::create_dir(folder.path().join("deno")).unwrap();
        for name in ["b.test.mjs", "a.test.mjs", "stack.mjs", "deno/c.test.mjs"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names = |deep| files(folder.path(), ".test.mjs", deep).unwrap().len();
        assert_eq!((names(false), names(true)), (2, 3));
        assert_eq!(files(folder.path(), ".test.mjs", false).unwrap()[0], folder.path().join("a.test.mjs"));
    }
}
