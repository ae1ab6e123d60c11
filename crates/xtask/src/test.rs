//! `cargo xtask test`: what CI runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::args::Args;
use crate::process::{cargo, command, run as run_to_end};
use crate::tools::{Tool, WASM, need};
use crate::{bench, browser, build, codegen, fifth, fuzz, packaging, size, workspace};

pub(crate) const OPTIONS: &str = "[--only STEP,STEP...]";
pub(crate) const ABOUT: &str = "Runs every step that CI runs, in order, and stops at the first that fails.\n\
    --only a,b    these steps alone";

#[derive(Clone, Copy)]
struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", run: fmt },
    Step { name: "clippy", run: clippy },
    Step { name: "clippy-wasm", run: clippy_wasm },
    Step { name: "deny", run: deny },
    Step { name: "codegen", run: || codegen::check(codegen::FILES, workspace::root()) },
    Step { name: "native", run: || run_to_end(cargo().args(["test", "--locked", "--workspace"])) },
    Step { name: "fifth", run: fifth::run },
    Step { name: "fuzz", run: fuzz::briefly },
    Step { name: "wasm", run: wasm },
    Step { name: "build", run: build::page },
    Step { name: "size", run: || size::report(false) },
    Step { name: "package", run: packaging::all },
    Step { name: "npm", run: packaging::promises },
    Step { name: "bench", run: || bench::agree(&bench::CASES) },
    Step { name: "browser", run: in_browser },
];

pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

pub(crate) fn run(mut args: Args) -> Result<()> {
    let only = args.value::<String>("--only")?;
    args.finish()?;
    let steps = chosen(STEPS, only.as_deref())?;
    let (summary, result) = go(&steps);
    eprint!("\n{summary}");
    result
}

/// The steps that `only` names, in the order in which they run.
fn chosen(steps: &[Step], only: Option<&str>) -> Result<Vec<Step>> {
    let Some(only) = only else { return Ok(steps.to_vec()) };
    let wanted: Vec<_> = only.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let all = steps.iter().map(|step| step.name).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = wanted.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
        bail!("there is no step `{unknown}`; the steps are: {all}");
    }
    if wanted.is_empty() {
        bail!("`--only` names no step; the steps are: {all}");
    }
    Ok(steps.iter().copied().filter(|step| wanted.contains(&step.name)).collect())
}

/// Runs the steps up to the first that fails, and says how long each took.
fn go(steps: &[Step]) -> (String, Result<()>) {
    let mut summary = String::new();
    let mut result = Ok(());
    for step in steps {
        if result.is_err() {
            summary.push_str(&format!("{:<12} {:>9}  not run\n", step.name, ""));
            continue;
        }
        eprintln!("\n== {} ==", step.name);
        let begun = Instant::now();
        let outcome = (step.run)();
        let word = if outcome.is_ok() { "passed" } else { "failed" };
        summary.push_str(&format!("{:<12} {:>9}  {word}\n", step.name, seconds(begun.elapsed())));
        result = outcome.with_context(|| {
            format!("step `{0}` failed; to run it alone: cargo xtask test --only {0}", step.name)
        });
    }
    (summary, result)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn fmt() -> Result<()> {
    need(&[Tool::Lints])?;
    run_to_end(cargo().args(["fmt", "--all", "--check"]))?;
    run_to_end(cargo().args(["fmt", "--check", "--manifest-path", fuzz::ENGINE]))
}

fn clippy() -> Result<()> {
    need(&[Tool::Lints])?;
    run_to_end(cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// What is compiled only for the browser is seen only there.
pub(crate) const WASM_LINTS: [&str; 11] = [
    "clippy",
    "--locked",
    "--target",
    WASM,
    "-p",
    "remit-wasm",
    "-p",
    "remit-widget",
    "--",
    "-D",
    "warnings",
];

fn clippy_wasm() -> Result<()> {
    need(&[Tool::Lints, Tool::WasmTarget])?;
    run_to_end(cargo().args(WASM_LINTS))
}

/// The advisories are left out: they are fetched, and change while nothing here does.
fn deny() -> Result<()> {
    need(&[Tool::Deny])?;
    // Two versions of one crate are worth a look now and then, and are no failure.
    let quiet = ["--log-level", "error"];
    run_to_end(cargo().args(["deny", "--locked"]).args(quiet).args(["check", "bans", "licenses", "sources"]))
}

fn wasm() -> Result<()> {
    need(&[Tool::WasmTarget, Tool::WasmBindgen, Tool::Node])?;
    run_to_end(
        cargo()
            .args(["test", "--locked", "--target", WASM, "-p", "remit-wasm", "-p", "conformance", "--tests"])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                workspace::tools().join("bin").join("wasm-bindgen-test-runner"),
            ),
    )
}

fn in_browser() -> Result<()> {
    need(&[Tool::Node, Tool::Python])?;
    let chromium = browser::chromium()?;
    let directory = workspace::root().join("tests").join("browser");
    let tests = test_files(&directory)?;
    if is_stale(&directory) {
        eprintln!("npm ci in tests/browser");
        run_to_end(
            command("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&directory),
        )?;
    }
    // The programs that the stacks of the tests consist of: building them here keeps that time out of the tests'.
    run_to_end(cargo().args(["build", "--locked"]).args(crate::stack::PACKAGES))?;
    run_to_end(
        command("node").args(["--test", "--test-concurrency=1"]).args(&tests).env("CHROMIUM", chromium),
    )
}

/// The tests to run. That there are none is a mistake: it would pass for ever.
fn test_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_str().is_some_and(|path| path.ends_with(".test.mjs")) {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{} holds no *.test.mjs", directory.display());
    }
    files.sort();
    Ok(files)
}

/// Whether what npm installed is missing, or older than the lock.
pub(crate) fn is_stale(directory: &Path) -> bool {
    let time = |path: &str| fs::metadata(directory.join(path)).and_then(|metadata| metadata.modified());
    match (time("node_modules/.package-lock.json"), time("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed < locked,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempDir;

    const TOY: &[Step] = &[
        Step { name: "one", run: || Ok(()) },
        Step { name: "two", run: || bail!("broken") },
        Step { name: "three", run: || panic!("must not run") },
    ];

    #[test]
    fn stops_at_the_first_failure_and_names_it() {
        let (summary, result) = go(TOY);
        let error = format!("{:#}", result.unwrap_err());
        assert_eq!(error, "step `two` failed; to run it alone: cargo xtask test --only two: broken");
        let ends: Vec<_> = summary.lines().map(|line| line.split_whitespace().last().unwrap()).collect();
        assert_eq!(ends, ["passed", "failed", "run"], "{summary}");
    }

    #[test]
    fn only_some() {
        let names = |only: &str| {
            chosen(TOY, Some(only)).map(|steps| steps.iter().map(|s| s.name).collect::<Vec<_>>())
        };
        assert_eq!(names("three, one").unwrap(), ["one", "three"]);
        let error = names("one,four").unwrap_err().to_string();
        assert_eq!(error, "there is no step `four`; the steps are: one, two, three");
        assert!(names(",").is_err());
    }

    #[test]
    fn no_tests_are_a_failure() {
        let directory = TempDir::new(&std::env::temp_dir(), "remit-tests").unwrap();
        assert!(test_files(directory.path()).is_err());
        fs::write(directory.path().join("b.test.mjs"), "").unwrap();
        fs::write(directory.path().join("a.test.mjs"), "").unwrap();
        fs::write(directory.path().join("stack.mjs"), "").unwrap();
        let names: Vec<_> = test_files(directory.path()).unwrap();
        assert_eq!(names, [directory.path().join("a.test.mjs"), directory.path().join("b.test.mjs")]);
    }

    #[test]
    fn npm_runs_again_when_the_lock_is_newer() {
        let directory = TempDir::new(&std::env::temp_dir(), "remit-npm").unwrap();
        let lock = directory.path().join("package-lock.json");
        fs::write(&lock, "{}").unwrap();
        assert!(is_stale(directory.path()));
        fs::create_dir(directory.path().join("node_modules")).unwrap();
        fs::write(directory.path().join("node_modules/.package-lock.json"), "{}").unwrap();
        assert!(!is_stale(directory.path()));
        let later = std::time::SystemTime::now() + Duration::from_secs(60);
        fs::File::open(&lock).unwrap().set_modified(later).unwrap();
        assert!(is_stale(directory.path()));
    }
}
