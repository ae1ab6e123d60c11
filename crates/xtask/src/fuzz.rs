//! `cargo xtask fuzz`: cargo-fuzz with libFuzzer, on the pinned stable compiler.
//!
//! The targets are in tests/fuzz. `cargo test` replays their corpus; this searches for new inputs from there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use xshell::{Cmd, Shell, cmd};

use crate::shell::{cargo, root, target};
use crate::tools;

/// The search of each target in `cargo xtask test`. It is the same in every run, so that a change to one parser never fails
/// because of another parser's input. `cargo xtask fuzz` searches elsewhere each time.
const BRIEFLY: [&str; 2] = ["-seed=1", "-runs=100000"];
/// Longer than any vector. An input that takes this long, or this much memory, could stop a server.
const LIMITS: [&str; 4] = ["-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"];
/// Sanitizers need a nightly compiler, and find nothing in a workspace that forbids `unsafe`.
const STABLE: &str = "--fuzz-dir tests/fuzz/engine --sanitizer none";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A folder of tests/fuzz/corpus; defaults to all of them.
    target: Option<String>,
    /// How long to search, for each target.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Add the new inputs to the corpus, as few as reach the same code.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(sh: &Shell, options: &Options) -> Result<()> {
    tools::fuzz(sh)?;
    let all = targets(sh)?;
    if let Some(name) = &options.target {
        ensure!(all.contains(name), "there is no target `{name}`; the targets are: {}", all.join(", "));
    }
    seeds(sh)?;
    for name in all.iter().filter(|name| options.target.as_ref().is_none_or(|target| target == *name)) {
        let found = home()?.join("found").join(name);
        search(sh, name, &found, &[&format!("-max_total_time={}", options.seconds)])?;
        if options.keep {
            keep(sh, name, &found)?;
        }
    }
    Ok(())
}

/// The step `fuzz`: the corpus, and a short search from there. New inputs are not kept.
pub(crate) fn briefly(sh: &Shell) -> Result<()> {
    tools::fuzz(sh)?;
    seeds(sh)?;
    for name in targets(sh)? {
        let found = tempfile::tempdir()?;
        search(sh, &name, found.path(), &BRIEFLY)?;
    }
    Ok(())
}

/// Every target has a corpus; a test in tests/fuzz compares the two.
fn targets(sh: &Shell) -> Result<Vec<String>> {
    let folders = sh.read_dir(root().join("tests/fuzz/corpus"))?;
    Ok(folders.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
}

fn home() -> Result<PathBuf> {
    Ok(target()?.join("fuzz"))
}

/// Writes the inputs that the vectors contain.
fn seeds(sh: &Shell) -> Result<()> {
    Ok(cargo(sh, "run --quiet --locked --package fuzz --bin seeds --").arg(home()?.join("seeds")).run()?)
}

fn search(sh: &Shell, name: &str, found: &Path, extent: &[&str]) -> Result<()> {
    sh.create_dir(found)?;
    let command = fuzz(sh, "run", name)?.arg(found).arg(corpus(name)).arg(home()?.join("seeds").join(name));
    let output = command.arg("--").args(extent).args(LIMITS).quiet().ignore_status().output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{log}\n{name} fails for an input. Its file is named above. Correct the parser, and add the file to {} under a name \
         that describes it",
        corpus(name).display()
    );
    let has_counters = log.contains(" inline 8-bit counters)");
    ensure!(has_counters, "{log}\nlibFuzzer found no coverage counters, so it searches blindly");
    let runs =
        log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).unwrap_or_default();
    eprintln!("{name:<8} {:>12} inputs", runs.trim());
    Ok(())
}

/// Replaces what was found in earlier runs by the few inputs that, with the vectors, reach the same code. Inputs that a
/// person named stay.
fn keep(sh: &Shell, name: &str, found: &Path) -> Result<()> {
    let all = tempfile::tempdir()?;
    let seeds = sh.read_dir(home()?.join("seeds").join(name))?;
    let kept = sh.read_dir(corpus(name))?.into_iter().filter(|path| is_found(path)).collect::<Vec<_>>();
    for file in kept.iter().chain(&seeds).chain(&sh.read_dir(found)?) {
        sh.copy_file(file, all.path())?;
    }
    fuzz(sh, "cmin", name)?.arg(all.path()).args(["--", "-use_counters=0", "-max_len=4096"]).run()?;
    let seeds = seeds.iter().map(fs::read).collect::<Result<BTreeSet<_>, _>>()?;
    for old in kept {
        sh.remove_path(old)?;
    }
    for file in sh.read_dir(all.path())? {
        if !seeds.contains(&fs::read(&file)?) {
            sh.copy_file(file, corpus(name))?;
        }
    }
    Ok(())
}

/// Whether libFuzzer named a file: by a hash.
fn is_found(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn corpus(name: &str) -> PathBuf {
    root().join("tests/fuzz/corpus").join(name)
}

fn fuzz<'a>(sh: &'a Shell, command: &str, name: &str) -> Result<Cmd<'a>> {
    let target_dir = home()?;
    let words = STABLE.split(' ');
    Ok(cmd!(sh, "cargo fuzz {command} {words...} --target-dir {target_dir} {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_inputs_of_libfuzzer_from_those_that_a_person_named() {
        let sh = crate::shell::shell().unwrap();
        let all: Vec<_> =
            targets(&sh).unwrap().iter().flat_map(|name| sh.read_dir(corpus(name)).unwrap()).collect();
        assert!(all.iter().any(|path| is_found(path)));
        assert!(!is_found(Path::new("an-amount-without-digits")) && is_found(Path::new(&"0a".repeat(20))));
    }
}
