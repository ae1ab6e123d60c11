//! The tools that the steps need besides cargo.
//!
//! Parts of the toolchain come from rustup. A tool that is written in Rust is taken from PATH at the right version, or
//! installed into `.tools/`: by cargo-binstall, if that is installed, otherwise from source. The JavaScript tools are the
//! dependencies of www/npm/build/package.json.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::shell::{WASM, cargo, npm, root, target, tools, works};

/// The oldest Node.js that the package supports.
const NODE: u32 = 20;
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A program that `cargo install` can install.
struct Tool {
    package: &'static str,
    program: &'static str,
    options: &'static [&'static str],
}

const TRUNK: Tool =
    Tool { package: "trunk", program: "trunk", options: &["--no-default-features", "--features", "rustls"] };
const WASM_BINDGEN: Tool =
    Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen-test-runner", options: &[] };
const DENY: Tool = Tool { package: "cargo-deny", program: "cargo-deny", options: &[] };
const FUZZ: Tool = Tool { package: "cargo-fuzz", program: "cargo-fuzz", options: &[] };

const DENY_VERSION: &str = "0.20.2";
const FUZZ_VERSION: &str = "0.13.2";

/// Installs everything.
pub(crate) fn all(sh: &Shell) -> Result<()> {
    lints(sh)?;
    wasm_target(sh)?;
    standard_library(sh)?;
    node(sh)?;
    python(sh)?;
    cpp(sh)?;
    chromium(sh)?;
    postgres(sh)?;
    javascript(sh)?;
    deny(sh)?;
    fuzz(sh)?;
    wasm_bindgen(sh)?;
    trunk(sh)?;
    eprintln!("Every tool is installed.");
    Ok(())
}

/// rustfmt and clippy.
pub(crate) fn lints(sh: &Shell) -> Result<()> {
    let present = works(cargo(sh, "fmt --version")) && works(cargo(sh, "clippy --version"));
    if present { Ok(()) } else { rustup(sh, "component add rustfmt clippy") }
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target(sh: &Shell) -> Result<()> {
    target_for(sh, WASM)
}

/// The standard library for a target.
pub(crate) fn target_for(sh: &Shell, name: &str) -> Result<()> {
    let library = cmd!(sh, "rustc --print target-libdir --target {name}").quiet().read()?;
    if Path::new(library.trim()).is_dir() { Ok(()) } else { rustup(sh, &format!("target add {name}")) }
}

/// The sources of the standard library: the release page contains its own build of it.
pub(crate) fn standard_library(sh: &Shell) -> Result<()> {
    let sysroot = PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read()?);
    let present = sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file();
    if present { Ok(()) } else { rustup(sh, "component add rust-src") }
}

fn rustup(sh: &Shell, arguments: &str) -> Result<()> {
    cmd!(sh, "rustup").args(arguments.split_whitespace()).run().with_context(|| {
        format!("install rustup (https://rustup.rs), or do what `rustup {arguments}` does with your own toolchain manager")
    })
}

pub(crate) fn node(sh: &Shell) -> Result<()> {
    let version = cmd!(sh, "node --version").quiet().ignore_stderr().read().unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= NODE) && works(npm(sh, "--version")),
        "install Node.js {NODE} or later, with npm, and add it to PATH"
    );
    Ok(())
}

/// Python reads the sandbox's database in the browser tests: another program than the one that wrote it.
pub(crate) fn python(sh: &Shell) -> Result<()> {
    let import = "import json, sqlite3";
    ensure!(
        works(cmd!(sh, "python3 -c {import}")),
        "install Python 3 with its module sqlite3 (Debian: `apt-get install python3`), and add python3 to PATH"
    );
    Ok(())
}

/// A C++ compiler: libFuzzer is written in C++.
pub(crate) fn cpp(sh: &Shell) -> Result<()> {
    if std::env::var_os("CXX").is_some() || works(cmd!(sh, "c++ --version")) {
        return Ok(());
    }
    debian(sh, "g++").context(
        "install a C++ compiler (Debian: `apt-get install g++`; macOS: `xcode-select --install`), or set CXX to one",
    )
}

/// The path of a Chromium that starts.
pub(crate) fn chromium(sh: &Shell) -> Result<PathBuf> {
    // Some systems have a `chromium-browser` that only prints how to install one.
    let starts = |path: &Path| works(cmd!(sh, "{path} --version"));
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        ensure!(
            starts(&path),
            "CHROMIUM is set to {}, which does not start: correct or unset it",
            path.display()
        );
        return Ok(path);
    }
    let find =
        || CHROMIUM.into_iter().map(PathBuf::from).find(|name| starts(name)).map(|name| in_path(sh, &name));
    if let Some(found) = find() {
        return found;
    }
    let remedy = "install Chromium (Debian: `apt-get install chromium`) or Google Chrome, or set CHROMIUM to the path of one";
    debian(sh, "chromium").context(remedy)?;
    find().context(remedy)?
}

/// Playwright needs the whole path.
fn in_path(sh: &Shell, name: &Path) -> Result<PathBuf> {
    let path = sh.var("PATH")?;
    let mut places = std::env::split_paths(&path)
        .map(|folder| folder.join(name).with_extension(std::env::consts::EXE_EXTENSION));
    places.find(|path| path.is_file()).with_context(|| format!("{} is not in PATH", name.display()))
}

/// The folder of PostgreSQL's programs. Debian keeps them out of PATH, in a folder for each version.
pub(crate) fn postgres(sh: &Shell) -> Result<PathBuf> {
    let find = || {
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let folders = debian.map(|version| version.path().join("bin"));
        let in_path =
            in_path(sh, Path::new("initdb")).ok().and_then(|path| path.parent().map(Path::to_owned));
        folders.filter(|folder| folder.join("initdb").is_file()).max().or(in_path)
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    let remedy =
        "install PostgreSQL (Debian: `apt-get install postgresql`), and add the folder of initdb to PATH";
    debian(sh, "postgresql").context(remedy)?;
    find().context(remedy)
}

pub(crate) fn is_root(sh: &Shell) -> Result<bool> {
    Ok(works(cmd!(sh, "id -u")) && cmd!(sh, "id -u").quiet().read()? == "0")
}

/// Installs a Debian package, if that needs no password.
fn debian(sh: &Shell, package: &str) -> Result<()> {
    ensure!(works(cmd!(sh, "apt-get --version")), "this system has no apt-get");
    let sudo: &[&str] = if is_root(sh)? { &[] } else { &["sudo", "-n"] };
    let env = ["env", "DEBIAN_FRONTEND=noninteractive"];
    for words in [&["update"][..], &["install", "-y", package]] {
        let mut line = sudo.iter().chain(&env).chain(&["apt-get"]).chain(words);
        let program = line.next().context("an empty command")?;
        cmd!(sh, "{program} {line...}").run()?;
    }
    Ok(())
}

/// esbuild, wasm-opt and size-limit.
pub(crate) fn javascript(sh: &Shell) -> Result<()> {
    node(sh)?;
    crate::dependencies::install(sh, "www/npm/build")
}

pub(crate) fn trunk(sh: &Shell) -> Result<()> {
    let config = sh.read_file(root().join("Trunk.toml"))?;
    let version = quoted(&config, "trunk-version = \"=").context("Trunk.toml names no trunk-version")?;
    install(sh, &TRUNK, version)
}

/// `wasm-bindgen` and `wasm-bindgen-test-runner`, at the version of the crate.
pub(crate) fn wasm_bindgen(sh: &Shell) -> Result<()> {
    install(sh, &WASM_BINDGEN, &wasm_bindgen_version(sh)?)
}

fn wasm_bindgen_version(sh: &Shell) -> Result<String> {
    let id = cargo(sh, "pkgid --locked wasm-bindgen").quiet().read()?;
    Ok(id.rsplit(['@', '#']).next().unwrap_or_default().to_owned())
}

pub(crate) fn deny(sh: &Shell) -> Result<()> {
    install(sh, &DENY, DENY_VERSION)
}

pub(crate) fn fuzz(sh: &Shell) -> Result<()> {
    cpp(sh)?;
    install(sh, &FUZZ, FUZZ_VERSION)
}

fn install(sh: &Shell, tool: &Tool, version: &str) -> Result<()> {
    let Tool { package, program, options } = tool;
    let has_version = || {
        let printed = cmd!(sh, "{program} --version").quiet().ignore_stderr().read().unwrap_or_default();
        printed.split_whitespace().any(|word| word == version)
    };
    if has_version() {
        return Ok(());
    }
    eprintln!("{package} {version} is not in PATH: installing it into .tools/");
    let (root, name) = (tools(), format!("{package}@{version}"));
    if works(cargo(sh, "binstall -V")) {
        cargo(sh, "binstall --no-confirm --force --root").arg(&root).arg(&name).run()?;
    } else {
        // Unoptimised: it compiles in a quarter of the time, and is fast enough.
        let built = target()?.join("tools");
        let install = |lock: Option<&str>| {
            let install = cargo(sh, "install --debug --force --root").arg(&root).arg(&name);
            let install = install.args(lock).args(*options);
            install.env("CARGO_TARGET_DIR", &built).env("CARGO_PROFILE_DEV_DEBUG", "false").run()
        };
        // A registry's mirror may not have every version of the tool's own Cargo.lock.
        if let Err(error) = install(Some("--locked")) {
            eprintln!("{error}\nInstalling {package} again, with the newest compatible dependencies");
            install(None)?;
        }
        // Some gigabytes that are not needed again.
        sh.remove_path(&built)?;
    }
    if !has_version() {
        bail!(
            "{package} was installed, but `{program} --version` does not print {version}: remove the older one from PATH"
        );
    }
    Ok(())
}

/// The rest of the line after `prefix`, up to the quotation mark.
fn quoted<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(prefix)?.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trunk downloads a tool whose version differs from the one that its configuration names.
    #[test]
    fn trunk_uses_the_versions_of_the_lock_files() {
        let sh = crate::shell::shell().unwrap();
        let config = sh.read_file(root().join("Trunk.toml")).unwrap();
        assert_eq!(quoted(&config, "wasm_bindgen = \"").unwrap(), wasm_bindgen_version(&sh).unwrap());
        let manifest = sh.read_file(root().join("www/npm/build/package.json")).unwrap();
        let binaryen = quoted(&manifest, "\"binaryen\": \"").unwrap();
        let version = quoted(&config, "wasm_opt = \"version_").unwrap();
        assert_eq!(binaryen.split('.').next().unwrap(), version);
    }
}
