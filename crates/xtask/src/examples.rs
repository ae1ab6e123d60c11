//! The step `examples`: builds the applications in examples/ as their readers do, and drives them in Chromium.

#[cfg(test)]
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::build::own_settings;
use crate::shell::{BUILD_PROGRAMS, WASM, cargo, files, program, root, target};
use crate::{dependencies, npm, tools};

/// The name of an example, or the last part of several, and how to build their page into a folder. tests/examples/NAME.test.mjs
/// drives them. To add an example, add a line.
type Example = (&'static str, fn(&Shell, &Path) -> Result<()>);

const EXAMPLES: &[Example] = &[("headless", headless), ("leptos", leptos), ("leptos-ssr", leptos_ssr)];

pub(crate) fn run(sh: &Shell) -> Result<()> {
    tools::wasm_target(sh)?;
    tools::node(sh)?;
    tools::python(sh)?;
    dependencies::install(sh, "tests/browser")?;
    cargo(sh, BUILD_PROGRAMS).run()?;
    for (name, build) in EXAMPLES {
        let page = pages()?.join(name);
        // Files of an earlier build have other names.
        sh.remove_path(&page)?;
        sh.create_dir(&page)?;
        build(sh, &page)?;
    }
    let tests = files(&root().join("tests/examples"), ".test.mjs", false)?;
    cmd!(sh, "node --test --test-concurrency=1 {tests...}")
        .env("CHROMIUM", tools::chromium(sh)?)
        .env("REMIT_DEMO", program("remit-demo")?)
        .env("REMIT_EXAMPLES", pages()?)
        .run()?;
    Ok(())
}

/// The folder of the built examples.
fn pages() -> Result<PathBuf> {
    Ok(target()?.join("examples-pages"))
}

/// The npm package for the forms that use its session. Their test bundles them.
fn headless(sh: &Shell, _: &Path) -> Result<()> {
    let package = npm::made(sh)?;
    npm::install_package(sh, &root().join("examples"), &package)
}

/// `trunk build` in the example's folder, without downloads.
fn leptos(sh: &Shell, page: &Path) -> Result<()> {
    tools::wasm_bindgen(sh)?;
    tools::trunk(sh)?;
    cargo(sh, "fetch --locked --quiet").run()?;
    let _in = sh.push_dir(root().join("examples/leptos"));
    own_settings(cmd!(sh, "trunk build --offline=true --skip-version-check --dist {page}")).run()?;
    Ok(())
}

/// The browser's module, and the page that the server's program prints.
fn leptos_ssr(sh: &Shell, page: &Path) -> Result<()> {
    cargo(sh, "build --locked --package example-leptos-ssr --lib --features hydrate --target")
        .arg(WASM)
        .run()?;
    let module = target()?.join(WASM).join("debug").join("example_leptos_ssr.wasm");
    let bindgen = program("bindgen")?;
    cmd!(sh, "{bindgen} {module} {page} page").run()?;
    let html = cargo(sh, "run --quiet --locked --package example-leptos-ssr --features ssr").read()?;
    Ok(sh.write_file(page.join("index.html"), html)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_drives_every_example() {
        let tests = files(&root().join("tests/examples"), ".test.mjs", false).unwrap();
        let mut names: Vec<_> =
            tests.iter().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".test.mjs")).collect();
        names.sort_unstable();
        let mut listed: Vec<_> = EXAMPLES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(names, listed);
        for name in listed {
            let mut folders = fs::read_dir(root().join("examples")).unwrap();
            let is_of = |folder: fs::DirEntry| folder.file_name().to_string_lossy().ends_with(name);
            assert!(folders.any(|folder| is_of(folder.unwrap())), "{name}");
        }
    }
}
