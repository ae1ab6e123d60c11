//! `cargo xtask demo`: compiles the form, the relay and the sandbox without optimisation, and runs them.
//!
//! It needs neither Trunk nor Node. The release page, which `cargo xtask build` builds, needs both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;
use xshell::{Shell, cmd};

use crate::progress::Progress;
use crate::shell::{BUILD_PROGRAMS, WASM, cargo, dist, program, root, target};
use crate::tools;

/// Measured from an empty target folder and an empty CARGO_HOME on two cores: see DESIGN.md, "How long does the first run take?"
const STEPS: &[(&str, u64)] =
    &[("compiling the relay and the sandbox", 75), ("compiling the form", 80), ("assembling the page", 5)];
const REMEDY: &str = "The demo needs a network connection for its first run, and a C compiler. Correct the error above and run \
    the command again: it continues where it stopped.";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The port of the page; 0 takes any free port.
    #[arg(long, value_name = "N", env = "REMIT_PORT", default_value_t = 8080)]
    port: u16,
    /// The folder of the sandbox's database; defaults to target/demo.
    #[arg(long, value_name = "DIR", conflicts_with = "fresh")]
    state: Option<PathBuf>,
    /// Use a new database, and remove it at the end.
    #[arg(long)]
    fresh: bool,
    /// Serve the release page in dist/ as it is.
    #[arg(long)]
    no_build: bool,
    /// A fault that the sandbox shows; repeatable. `remit-sandbox --help` lists the faults.
    #[arg(long = "fault", value_name = "SPEC")]
    faults: Vec<String>,
    /// Print one line of JSON about the stack before the page's address.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let page = page(sh, options.no_build)?;
    let mut demo = Command::new(program("remit-demo")?);
    demo.arg("--page").arg(page).arg("--port").arg(options.port.to_string());
    if options.fresh {
        demo.arg("--fresh");
    } else {
        let state = options.state.clone().map_or_else(|| target().map(|target| target.join("demo")), Ok)?;
        demo.arg("--state").arg(state);
    }
    for fault in &options.faults {
        demo.arg("--fault").arg(fault);
    }
    if options.json {
        demo.arg("--json");
    }
    eprintln!("Ctrl-C ends the demo.");
    replace(&mut demo)
}

/// Becomes the program, so that a signal to this process ends the demo.
#[cfg(unix)]
fn replace(program: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec()).context("cannot start remit-demo")
}

#[cfg(not(unix))]
fn replace(program: &mut Command) -> Result<()> {
    let status = program.status().context("cannot start remit-demo")?;
    if !status.success() {
        anyhow::bail!("remit-demo failed ({status})");
    }
    Ok(())
}

/// Builds the programs and the page, and returns the folder of the page.
fn page(sh: &Shell, no_build: bool) -> Result<PathBuf> {
    if no_build {
        cargo(sh, BUILD_PROGRAMS).run()?;
        return Ok(dist());
    }
    tools::wasm_target(sh)?;
    let (module, page) =
        (target()?.join(WASM).join("debug").join("remit_element.wasm"), target()?.join("demo").join("page"));
    let mut progress = Progress::new(STEPS, !page.join("index.html").is_file());
    progress.run(cargo(sh, BUILD_PROGRAMS), REMEDY)?;
    progress.run(cargo(sh, "build --locked --package remit-element --target").arg(WASM), REMEDY)?;
    progress.step(|| assemble(sh, &module, &page))?;
    Ok(page)
}

/// Writes the page as Trunk would: what index.html names with `data-trunk`, and the compiled form.
fn assemble(sh: &Shell, module: &Path, page: &Path) -> Result<()> {
    sh.create_dir(page)?;
    let html = sh.read_file(root().join("index.html"))?;
    for (kind, path) in trunk_links(&html) {
        match kind {
            "copy-file" => sh.copy_file(root().join(path), page)?,
            "copy-dir" => copy_folder(sh, &root().join(path), page)?,
            // The form, which is compiled already.
            _ => {}
        }
    }
    sh.write_file(page.join("index.html"), without_trunk_links(&html))?;
    let bindings = page.join("remit-element.js");
    if is_older(&bindings, module) {
        let bindgen = program("bindgen")?;
        cmd!(sh, "{bindgen} {module} {page} remit-element").quiet().run()?;
    }
    Ok(())
}

fn copy_folder(sh: &Shell, from: &Path, page: &Path) -> Result<()> {
    let to = page.join(from.file_name().context("a folder without a name")?);
    sh.create_dir(&to)?;
    for file in sh.read_dir(from)? {
        sh.copy_file(file, &to)?;
    }
    Ok(())
}

/// The kinds and paths of the links that are addressed to Trunk.
fn trunk_links(html: &str) -> impl Iterator<Item = (&str, &str)> {
    html.lines().filter(|line| line.contains("data-trunk")).filter_map(|line| {
        let attribute =
            |name: &str| line.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        Some((attribute("rel")?.0, attribute("href")?.0))
    })
}

fn without_trunk_links(html: &str) -> String {
    html.split_inclusive('\n').filter(|line| !line.contains("data-trunk")).collect()
}

/// Whether a file is missing, or was written before the other one.
fn is_older(file: &Path, other: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    match (time(file), time(other)) {
        (Ok(file), Ok(other)) => file < other,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_file_that_trunk_would_copy() {
        let html = fs::read_to_string(root().join("index.html")).unwrap();
        let links: Vec<_> = trunk_links(&html).collect();
        assert_eq!(links.len(), html.matches("data-trunk").count());
        assert!(
            links.contains(&("copy-file", "www/remit.js")) && links.contains(&("copy-dir", "www/locales"))
        );
        for (_, path) in links {
            assert!(root().join(path).exists(), "{path}");
        }
        let plain = without_trunk_links(&html);
        assert!(!plain.contains("data-trunk") && plain.contains("demo.js\"></script>"));
    }

    #[test]
    fn writes_the_bindings_again_only_for_a_newer_module() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::write(&new, "").unwrap();
        assert!(is_older(&old, &new), "a missing file");
        fs::write(&old, "").unwrap();
        fs::File::options()
            .write(true)
            .open(&old)
            .unwrap()
            .set_modified(std::time::SystemTime::UNIX_EPOCH)
            .unwrap();
        assert!(is_older(&old, &new) && !is_older(&new, &old));
    }
}
