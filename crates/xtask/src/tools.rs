//! The tools that the project needs beside cargo: which, at what version, and how each is got.
//!
//! All but the parts of the toolchain are kept in `.tools/`, so that nothing outside the project changes.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, command, is_missing, read, run, works};
use crate::{apt, places, workspace};

/// 0.22 needs a newer rustc than the pinned one.
pub(crate) const TRUNK: &str = "0.21.14";
/// The npm package that brings wasm-opt and wasm-metadce.
pub(crate) const BINARYEN: &str = "132.0.0";
/// The npm package that bundles and minifies scripts and style sheets.
const ESBUILD: &str = "0.28.2";
/// cargo-deny, which holds the dependencies against deny.toml.
const DENY: &str = "0.20.2";
/// The oldest Node that the tests run in, and that the JavaScript binding is meant for.
const NODE: u32 = 20;
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// A tool that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// rustfmt and clippy of the pinned toolchain.
    Lints,
    /// The standard library for WebAssembly.
    WasmTarget,
    /// The standard library's sources: the page's module is built with its own.
    Library,
    Trunk,
    /// wasm-bindgen and wasm-bindgen-test-runner.
    WasmBindgen,
    /// wasm-opt and wasm-metadce.
    WasmOpt,
    Esbuild,
    Deny,
    Node,
    /// Another program than the sandbox, to read the sandbox's database with.
    Python,
    /// A compiler of C++: libFuzzer is written in it.
    Cpp,
}

impl Tool {
    pub(crate) const ALL: [Self; 11] = [
        Self::Lints,
        Self::WasmTarget,
        Self::Library,
        Self::Node,
        Self::Python,
        Self::Cpp,
        Self::WasmOpt,
        Self::Esbuild,
        Self::Deny,
        Self::WasmBindgen,
        Self::Trunk,
    ];

    /// What it is called, with the version that is wanted.
    fn label(self) -> Result<String> {
        Ok(match self {
            Self::Lints => "rustfmt and clippy".to_owned(),
            Self::WasmTarget => format!("the target {WASM}"),
            Self::Library => "the sources of Rust's standard library".to_owned(),
            Self::Trunk => format!("trunk {TRUNK}"),
            Self::WasmBindgen => format!("wasm-bindgen-cli {}", wasm_bindgen()?),
            Self::WasmOpt => format!("wasm-opt of binaryen {BINARYEN}"),
            Self::Esbuild => format!("esbuild {ESBUILD}"),
            Self::Deny => format!("cargo-deny {DENY}"),
            Self::Python => "python3 with its module sqlite3".to_owned(),
            Self::Node => format!("node {NODE} or later"),
            Self::Cpp => "a C++ compiler".to_owned(),
        })
    }

    fn is_present(self) -> Result<bool> {
        Ok(match self {
            Self::Lints => {
                works(cargo().args(["fmt", "--version"])) && works(cargo().args(["clippy", "--version"]))
            }
            Self::WasmTarget => has_wasm_target()?,
            Self::Library => places::library(&places::sysroot()?).join("library/Cargo.lock").is_file(),
            Self::Trunk => own("bin/trunk", TRUNK),
            Self::WasmBindgen => {
                let version = wasm_bindgen()?;
                own("bin/wasm-bindgen", &version) && own("bin/wasm-bindgen-test-runner", &version)
            }
            Self::WasmOpt => {
                let version = major(BINARYEN);
                own("node_modules/.bin/wasm-opt", version) && own("node_modules/.bin/wasm-metadce", version)
            }
            Self::Esbuild => own("node_modules/.bin/esbuild", ESBUILD),
            Self::Deny => own("bin/cargo-deny", DENY),
            Self::Node => node_is_recent(),
            Self::Python => works(command("python3").args(["-c", "import json, sqlite3"])),
            // The name by which cargo's build scripts call it where CXX names no other.
            Self::Cpp => std::env::var_os("CXX").is_some() || works(command("c++").arg("--version")),
        })
    }

    fn install(self) -> Result<()> {
        match self {
            Self::Lints => rustup(&["component", "add", "rustfmt", "clippy"]),
            Self::WasmTarget => rustup(&["target", "add", WASM]),
            Self::Library => rustup(&["component", "add", "rust-src"]),
            Self::Trunk => cargo_install("trunk", TRUNK, &["--no-default-features", "--features", "rustls"]),
            Self::WasmBindgen => cargo_install("wasm-bindgen-cli", &wasm_bindgen()?, &[]),
            Self::WasmOpt | Self::Esbuild => npm_install(),
            Self::Deny => cargo_install("cargo-deny", DENY, &[]),
            Self::Node => bail!("install Node.js {NODE} or later, with npm, and put it in PATH"),
            Self::Python => bail!(
                "install Python 3 with its module sqlite3 (Debian: `apt-get install python3`), and put python3 in PATH"
            ),
            Self::Cpp => apt::install(
                "g++",
                "install a C++ compiler (Debian: `apt-get install g++`; macOS: `xcode-select --install`), or set CXX to one",
            ),
        }
    }
}

/// Sees to it that the tools are there, installing what is missing.
pub(crate) fn need(tools: &[Tool]) -> Result<()> {
    for tool in tools {
        if !tool.is_present()? {
            add(*tool)?;
        }
    }
    Ok(())
}

/// The same for every tool, saying of each what it found.
pub(crate) fn need_all() -> Result<()> {
    for tool in Tool::ALL {
        if tool.is_present()? {
            eprintln!("{}: present", tool.label()?);
        } else {
            add(tool)?;
        }
    }
    Ok(())
}

fn add(tool: Tool) -> Result<()> {
    let label = tool.label()?;
    eprintln!("{label}: installing");
    let begun = Instant::now();
    tool.install().with_context(|| format!("cannot install {label}"))?;
    if !tool.is_present()? {
        bail!("{label} was installed, and yet is not there at that version");
    }
    eprintln!("{label}: installed in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// The version of the wasm-bindgen crate: its command must be of the same.
fn wasm_bindgen() -> Result<String> {
    let path = workspace::root().join("Cargo.lock");
    let lock = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    locked(&lock, "wasm-bindgen")
}

/// The one version of `name` in the text of a Cargo.lock.
fn locked(lock: &str, name: &str) -> Result<String> {
    let mut versions = lock.split("[[package]]").filter_map(|package| {
        let value =
            |key: &str| package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        (value("name")?.trim_end_matches('"') == name).then(|| value("version"))?
    });
    let version = versions.next().with_context(|| format!("Cargo.lock has no package {name}"))?;
    if versions.next().is_some() {
        bail!("Cargo.lock has {name} at more than one version: `cargo tree --invert {name}` tells why");
    }
    Ok(version.trim_end_matches('"').to_owned())
}

/// Whether the program `path` in `.tools/` says that it is of `version`.
fn own(path: &str, version: &str) -> bool {
    let said = read(command(workspace::tools().join(path)).arg("--version"));
    said.is_ok_and(|said| says(&said, version))
}

/// Programs answer `trunk 0.21.14`, or `wasm-opt version 132 (version_132)`.
fn says(said: &str, version: &str) -> bool {
    said.split_whitespace().any(|word| word == version)
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

fn has_wasm_target() -> Result<bool> {
    let libraries = read(command("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    Ok(std::path::Path::new(libraries.trim()).is_dir())
}

fn node_is_recent() -> bool {
    let Ok(said) = read(command("node").arg("--version")) else { return false };
    let version = said.trim().trim_start_matches('v');
    major(version).parse::<u32>().is_ok_and(|version| version >= NODE)
        && works(command("npm").arg("--version"))
}

fn rustup(words: &[&str]) -> Result<()> {
    match run(command("rustup").args(words)) {
        Err(error) if is_missing(&error) => bail!(
            "rustup is not installed, so this cannot be added to the toolchain: do what `rustup {}` would do, with \
             whatever manages the Rust toolchain here",
            words.join(" ")
        ),
        result => result,
    }
}

/// Builds a program from its package. Unoptimised, which takes a quarter of the time and is fast enough to run.
fn cargo_install(package: &str, version: &str, options: &[&str]) -> Result<()> {
    let built = workspace::target()?.join("tools");
    let install = |locked: bool| -> Command {
        let mut install = cargo();
        install.args(["install", package, "--version", version, "--debug", "--force", "--root"]);
        install.arg(workspace::tools()).args(options).env("CARGO_TARGET_DIR", &built);
        install.env("CARGO_PROFILE_DEV_DEBUG", "false");
        if locked {
            install.arg("--locked");
        }
        install
    };
    if let Err(error) = run(&mut install(true)) {
        eprintln!("{error:#}");
        eprintln!(
            "{package}: its own lock could not be used; installing it with the newest fitting dependencies"
        );
        run(&mut install(false))?;
    }
    // Some gigabytes that nobody needs again.
    if built.exists() {
        fs::remove_dir_all(&built).with_context(|| format!("cannot remove {}", built.display()))?;
    }
    Ok(())
}

/// Installs all that npm brings. None of it needs a script of its own to run for that.
fn npm_install() -> Result<()> {
    let tools = workspace::tools();
    fs::create_dir_all(&tools).with_context(|| format!("cannot make {}", tools.display()))?;
    let mut npm = command("npm");
    npm.args(["install", "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    npm.arg("--prefix").arg(&tools);
    npm.args([format!("binaryen@{BINARYEN}"), format!("esbuild@{ESBUILD}")]);
    match run(&mut npm) {
        Err(error) if is_missing(&error) => {
            bail!("npm is not installed: install Node.js {NODE} or later, with npm, and put it in PATH")
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \
        \"wasm-bindgen-macro\",\n]\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.131\"\n";

    #[test]
    fn finds_a_locked_version() {
        assert_eq!(locked(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
        assert_eq!(locked(LOCK, "wasm-bindgen-macro").unwrap(), "0.2.131");
        assert!(locked(LOCK, "wasm").unwrap_err().to_string().contains("no package wasm"));
        let twice = format!("{LOCK}\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.99\"\n");
        assert!(locked(&twice, "wasm-bindgen").unwrap_err().to_string().contains("more than one"));
    }

    #[test]
    fn reads_what_programs_answer() {
        assert!(says("trunk 0.21.14\n", "0.21.14"));
        assert!(!says("trunk 0.21.1\n", "0.21.14"));
        assert!(says("wasm-opt version 132 (version_132)", major(BINARYEN)));
        assert!(!says("wasm-opt version 13 (version_13)", major(BINARYEN)));
        assert!(says("0.28.2\n", ESBUILD));
    }

    /// Trunk downloads a tool whose version is not the one that its configuration names.
    #[test]
    fn trunk_is_told_the_same_versions() {
        let text = fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        for line in [
            format!("trunk-version = \"={TRUNK}\""),
            format!("wasm_bindgen = \"{}\"", wasm_bindgen().unwrap()),
            format!("wasm_opt = \"version_{}\"", major(BINARYEN)),
        ] {
            assert!(text.lines().any(|there| there == line), "Trunk.toml must say {line}");
        }
    }
}
