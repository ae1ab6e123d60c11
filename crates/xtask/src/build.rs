//! `cargo xtask build`: the release page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::shell::{cargo, dist, root, target};
use crate::tools;

/// The module contains its own build of the standard library, in which a panic is one instruction: the toolchain's
/// formats a message that no browser shows, an eighth of everything that is loaded. The flags are unstable, the compiler
/// is pinned, and `RUSTC_BOOTSTRAP` lets it accept them. `trim-paths` replaces this machine's paths.
const LEAN: [(&str, &str); 7] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_TRIM_PATHS", "true"),
    ("CARGO_PROFILE_RELEASE_TRIM_PATHS", "all"),
    ("CARGO_PROFILE_WEB_TRIM_PATHS", "all"),
    ("CARGO_PROFILE_VALIDATOR_TRIM_PATHS", "all"),
];
const LEAN_FLAGS: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

/// Builds the page into dist/.
pub(crate) fn page(sh: &Shell) -> Result<()> {
    tools::wasm_target(sh)?;
    tools::standard_library(sh)?;
    tools::javascript(sh)?;
    tools::wasm_bindgen(sh)?;
    tools::trunk(sh)?;
    // Trunk copies every snippet in this folder, including those of earlier builds.
    sh.remove_path(target()?.join("wasm-bindgen"))?;
    fetch(sh)?;
    // With this option Trunk fails instead of downloading a tool that is missing or has another version. It also asks
    // cargo for all packages of Cargo.lock, which are downloaded by now.
    own_settings(lean(cmd!(sh, "trunk build --offline=true --skip-version-check"), &[])).run()?;
    let (dist, parts) = (dist(), target()?.join("page"));
    cmd!(sh, "node www/npm/build/page.mjs {dist} {parts}").run()?;
    refuse_paths(sh, &dist.join("remit-element_bg.wasm"))
}

/// Trunk with the settings of Trunk.toml alone. Trunk also rejects NO_COLOR=1, the usual value.
pub(crate) fn own_settings(mut trunk: Cmd<'_>) -> Cmd<'_> {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TRUNK_") || name == "NO_COLOR") {
            trunk = trunk.env_remove(name);
        }
    }
    trunk
}

/// Downloads every package of Cargo.lock, for all targets: `cargo metadata --offline`, which Trunk runs, fails without
/// one of them even if no build needs it.
pub(crate) fn fetch(sh: &Shell) -> Result<()> {
    Ok(cargo(sh, "fetch --locked --quiet").envs(LEAN).run()?)
}

/// The command with what a lean module needs. Of all ways to pass flags to rustc, this one has precedence.
pub(crate) fn lean<'a>(command: Cmd<'a>, flags: &[&str]) -> Cmd<'a> {
    let flags: Vec<_> = LEAN_FLAGS.iter().chain(flags).copied().collect();
    command.envs(LEAN).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
}

/// Fails if a module contains a path of this machine. It would identify the person who built it, and differ between
/// machines.
pub(crate) fn refuse_paths(sh: &Shell, module: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let home = std::env::home_dir();
    let sysroot = PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read()?);
    let cargo_home =
        std::env::var_os("CARGO_HOME").filter(|path| !path.is_empty()).map(|path| root().join(path));
    let places = [Some(root().to_owned()), Some(sysroot), cargo_home, home].into_iter().flatten();
    if let Some(path) = first_path(&bytes, places) {
        bail!(
            "{} contains a path of this machine: {path}. Find out which tool wrote it, and let it omit the path",
            module.display()
        );
    }
    Ok(())
}

/// The first path in one of the places.
fn first_path(bytes: &[u8], places: impl Iterator<Item = PathBuf>) -> Option<String> {
    let found = places
        // Everything is in the root folder, which is some users' home.
        .filter(|place| place.file_name().is_some())
        .flat_map(|place| [fs::canonicalize(&place).unwrap_or_else(|_| place.clone()), place])
        .filter_map(|place| {
            // With the separator: a short name can be the beginning of another word.
            let start =
                [place.as_os_str().as_encoded_bytes(), std::path::MAIN_SEPARATOR_STR.as_bytes()].concat();
            bytes.windows(start.len()).position(|window| window == start)
        })
        .min()?;
    let text = bytes.get(found..)?.iter().take_while(|byte| byte.is_ascii_graphic()).take(160);
    Some(text.copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_path_of_this_machine_in_a_module() {
        let places = || ["/", "/no/cargo", "/no"].map(PathBuf::from).into_iter();
        assert_eq!(first_path(b"\0asm/rustc/library/core/src/lib.rs/nothing/index.js", places()), None);
        let found = first_path(b"\0asm\xff/no/cargo/git/a-1/src/lib.rs\0next text/no/b.rs", places());
        assert_eq!(found.unwrap(), "/no/cargo/git/a-1/src/lib.rs");
    }
}
