//! The npm package: www/npm/build makes it, tests/npm, tests/packaging, tests/hosts and tests/bench test it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::build::{self, lean};
use crate::dependencies::{NPM_OPTIONS, install};
use crate::shell::{BUILD_PROGRAMS, WASM, cargo, files, npm, program, root, target};
use crate::tools;

/// Functions larger than this are not inlined: a payment takes as long, and the module is 2 % smaller.
const INLINED: &str = "-Cllvm-args=-inline-threshold=25";

/// `cargo xtask package`
pub(crate) fn package(sh: &Shell, no_page: bool) -> Result<()> {
    if !no_page {
        build::page(sh)?;
    }
    println!("{}", pack(sh, &Turn::take()?)?.display());
    Ok(())
}

/// The right to make the package. A second process waits for the first one.
struct Turn(#[expect(dead_code, reason = "closing the file ends the turn")] fs::File);

impl Turn {
    fn take() -> Result<Self> {
        let file = fs::File::create(target()?.join("npm.lock"))?;
        file.lock().context("cannot wait for another process that makes the package")?;
        Ok(Self(file))
    }
}

/// Makes the package from the page in dist/, and returns the path of the tarball.
fn pack(sh: &Shell, _turn: &Turn) -> Result<PathBuf> {
    tools::wasm_target(sh)?;
    tools::standard_library(sh)?;
    tools::javascript(sh)?;
    build::fetch(sh)?;
    lean(
        cargo(sh, "build --locked --offline --profile validator --package remit-wasm --target").arg(WASM),
        &[INLINED],
    )
    .run()?;
    lean(
        cargo(sh, "build --locked --offline --profile web --package remit-headless --target").arg(WASM),
        &[],
    )
    .run()?;
    cargo(sh, BUILD_PROGRAMS).run()?;
    let (npm, bindgen) = (target()?.join("npm"), program("bindgen")?);
    let modules = target()?.join(WASM);
    let validator = modules.join("validator").join("remit_wasm.wasm");
    let headless = modules.join("web").join("remit_headless.wasm");
    // Files of an earlier package must not be packed.
    sh.remove_path(&npm)?;
    sh.create_dir(&npm)?;
    cmd!(sh, "{bindgen} {validator} {npm} bindings").run()?;
    cmd!(sh, "{bindgen} {headless} {npm} headless").run()?;
    let (parts, version) = (target()?.join("page"), env!("CARGO_PKG_VERSION"));
    cmd!(sh, "node www/npm/build/package.mjs {npm} {parts} {version}").run()?;
    for module in [npm.join("package").join("remit.wasm"), npm.join("headless_bg.wasm")] {
        build::refuse_paths(sh, &module)?;
    }
    self::npm(sh, "pack --ignore-scripts --loglevel=error --pack-destination")
        .arg(&npm)
        .arg(npm.join("package"))
        .read()?;
    let packed = npm.join(format!("remit-payments-{version}.tgz"));
    ensure!(packed.is_file(), "npm pack did not write {}", packed.display());
    Ok(packed)
}

/// The step `package`: makes the package twice, and runs it in every environment that it supports.
pub(crate) fn environments(sh: &Shell) -> Result<()> {
    let chromium = tools::chromium(sh)?;
    // Until the end: one of the tests reads the tarball.
    let turn = Turn::take()?;
    let packed = pack(sh, &turn)?;
    let first = fs::read(&packed)?;
    ensure!(
        first == fs::read(pack(sh, &turn)?)?,
        "two builds of the package differ: a published one could not be compared with its sources"
    );
    let folder = root().join("tests/packaging");
    for project in [folder.clone(), folder.join("react18")] {
        install_package(sh, &project, &packed)?;
    }
    let tests = files(&folder, ".test.mjs", true)?;
    cmd!(sh, "node --test --test-concurrency=2 --test-timeout=300000 {tests...}")
        .env("CHROMIUM", chromium)
        .env("REMIT_TARBALL", &packed)
        .run()?;
    Ok(())
}

/// Installs the dependencies of a project, and the package: its tarball or its folder.
pub(crate) fn install_package(sh: &Shell, project: &Path, package: &Path) -> Result<()> {
    install(sh, project)?;
    // npm keeps an installed package that has the same name and version.
    sh.remove_path(project.join("node_modules/remit-payments"))?;
    let _in = sh.push_dir(project);
    // A link to the folder would resolve React from there.
    npm(sh, "install --no-save --install-links").args(NPM_OPTIONS.split(' ')).arg(package).run()?;
    Ok(())
}

/// The step `hosts`: an application for each framework, and pages without a framework, in Chromium.
pub(crate) fn hosts(sh: &Shell) -> Result<()> {
    tools::node(sh)?;
    tools::python(sh)?;
    let package = made(sh)?;
    let folder = root().join("tests/hosts");
    // tests/browser starts the demo.
    install(sh, "tests/browser")?;
    install_package(sh, &folder, &package)?;
    cargo(sh, BUILD_PROGRAMS).run()?;
    let tests = files(&folder, ".test.mjs", false)?;
    cmd!(sh, "node --test --test-concurrency=2 --test-timeout=300000 {tests...}")
        .env("CHROMIUM", tools::chromium(sh)?)
        .env("REMIT_DEMO", program("remit-demo")?)
        .run()?;
    Ok(())
}

/// The step `npm`: the package's promises, in Node.
pub(crate) fn promises(sh: &Shell) -> Result<()> {
    let package = made(sh)?;
    for folder in ["tests/npm", "tests/npm/runners"] {
        install(sh, folder)?;
    }
    let folders = ["tests/npm", "tests/bench", "www/npm/build"]
        .map(|folder| files(&root().join(folder), ".test.mjs", false));
    let tests = folders.into_iter().collect::<Result<Vec<_>>>()?.concat();
    cmd!(sh, "node --expose-gc --test --test-concurrency=2 --test-timeout=600000 {tests...}")
        .env("REMIT_PACKAGE", package)
        .run()?;
    Ok(())
}

/// The folder of the package. Makes the package if it is missing.
pub(crate) fn made(sh: &Shell) -> Result<PathBuf> {
    let package = target()?.join("npm").join("package");
    if !package.join("package.json").is_file() {
        self::package(sh, crate::shell::dist().join("index.html").is_file())?;
    }
    Ok(package)
}

/// `cargo xtask bench`
pub(crate) fn bench(sh: &Shell, options: &[String]) -> Result<()> {
    tools::javascript(sh)?;
    install(sh, "tests/bench")?;
    let (package, scripts) = (made(sh)?, target()?.join("bench"));
    cmd!(sh, "node tests/bench/run.mjs {options...}")
        .env("CHROMIUM", tools::chromium(sh)?)
        .env("REMIT_PACKAGE", std::env::var_os("REMIT_PACKAGE").map_or(package, |path| root().join(path)))
        .env("REMIT_BENCH_SCRIPTS", scripts)
        .run()?;
    Ok(())
}

/// `cargo xtask size`: size-limit compares what a browser loads with the budgets in
/// www/npm/build/.size-limit.mjs.
pub(crate) fn size(sh: &Shell) -> Result<()> {
    tools::javascript(sh)?;
    ensure!(
        crate::shell::dist().join("remit.js").is_file(),
        "dist/ holds no page: run `cargo xtask build` first"
    );
    let _in = sh.push_dir(root().join("www/npm/build"));
    Ok(npm(sh, "exec --offline -- size-limit").env("REMIT_TARGET", target()?).run()?)
}
