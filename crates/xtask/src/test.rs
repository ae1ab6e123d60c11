//! `cargo xtask test`: what CI runs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::shell::{BUILD_PROGRAMS, WASM, WASM_LINTS, WASM_LINTS_OF_HYDRATION, cargo, files, program, root};
use crate::{
    build, campaign, crates, dependencies, examples, fresh, fuzz, npm, postgres, sample_provider, tools,
};

/// A step's name and its work. To add a step, add a line. The cheap steps come first.
type Step = (&'static str, fn(&Shell) -> Result<()>);

const STEPS: &[Step] = &[
    ("fmt", fmt),
    ("codegen", |sh| crates::codegen(sh, true)),
    ("deny", deny),
    ("clippy", clippy),
    ("clippy-wasm", clippy_wasm),
    ("native", native),
    ("postgres", postgres::test),
    ("campaign", campaign::briefly),
    ("docs", docs),
    ("crates", crates::run),
    ("sample-provider", sample_provider::run),
    ("fuzz", fuzz::briefly),
    ("wasm", wasm),
    ("build", build::page),
    ("package", npm::environments),
    ("size", npm::size),
    ("npm", npm::promises),
    ("bench", |sh| npm::bench(sh, &["--quick".to_owned()])),
    ("browser", browser),
    ("hosts", npm::hosts),
    ("examples", examples::run),
    ("fresh", fresh::run),
];

pub(crate) fn help() -> String {
    format!("Steps of `test`, in order: {}", names().join(", "))
}

fn names() -> Vec<&'static str> {
    STEPS.iter().map(|(name, _)| *name).collect()
}

pub(crate) fn run(sh: &Shell, only: &[String]) -> Result<()> {
    let steps = chosen(STEPS, only)?;
    // The property tests try the same inputs in every run, as the fuzzer does; `cargo test` tries others each time.
    sh.set_var("PROPTEST_RNG_SEED", "1");
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut result = Ok(());
    for (name, work) in steps {
        eprintln!("\n== {name} ==");
        let begun = Instant::now();
        result = work(sh)
            .with_context(|| format!("step `{name}` failed; run it alone: cargo xtask test --only {name}"));
        times.push((name, begun.elapsed()));
        if result.is_err() {
            break;
        }
    }
    eprintln!();
    for (name, time) in times {
        eprintln!("{name:<16} {:>7.1} s", time.as_secs_f64());
    }
    result
}

/// The steps that `only` names, in the order in which they run; all steps if it names none.
fn chosen(steps: &[Step], only: &[String]) -> Result<Vec<Step>> {
    for name in only {
        let known = steps.iter().any(|(step, _)| step == name);
        ensure!(known, "there is no step `{name}`; the steps are: {}", names().join(", "));
    }
    Ok(steps
        .iter()
        .copied()
        .filter(|(name, _)| only.is_empty() || only.iter().any(|only| only == name))
        .collect())
}

/// `cargo fmt` follows `mod` declarations, and misses modules that a macro declares. So every tracked file is named.
fn fmt(sh: &Shell) -> Result<()> {
    tools::lints(sh)?;
    let files = cmd!(sh, "git ls-files *.rs").quiet().read()?;
    let files: Vec<_> = files.lines().filter(|path| root().join(path).is_file()).collect();
    ensure!(files.iter().any(|path| path.contains("/provider/")), "git lists no provider's page");
    let formatted = cmd!(sh, "rustfmt --check --edition 2024 {files...}").quiet().run();
    ensure!(
        formatted.is_ok(),
        "some files are not formatted: run `rustfmt --edition 2024 $(git ls-files '*.rs')`"
    );
    Ok(())
}

/// Without the advisories: they are downloaded, and change while nothing here does.
fn deny(sh: &Shell) -> Result<()> {
    tools::deny(sh)?;
    Ok(cargo(sh, "deny --locked --log-level error check bans licenses sources").run()?)
}

fn clippy(sh: &Shell) -> Result<()> {
    tools::lints(sh)?;
    cargo(sh, "clippy --locked --workspace --all-targets -- -D warnings").run()?;
    Ok(cargo(sh, "clippy --locked --all-targets").args(ON_A_SERVER).args(["--", "-D", "warnings"]).run()?)
}

/// The components on a server: Leptos is compiled either for a server or for the browser.
const ON_A_SERVER: [&str; 6] = [
    "--package",
    "remit-leptos",
    "--package",
    "example-leptos-ssr",
    "--features",
    "remit-leptos/ssr,example-leptos-ssr/ssr",
];

fn native(sh: &Shell) -> Result<()> {
    cargo(sh, "test --locked --workspace").run()?;
    Ok(cargo(sh, "test --locked").args(ON_A_SERVER).run()?)
}

fn clippy_wasm(sh: &Shell) -> Result<()> {
    tools::lints(sh)?;
    tools::wasm_target(sh)?;
    cargo(sh, WASM_LINTS).run()?;
    Ok(cargo(sh, WASM_LINTS_OF_HYDRATION).run()?)
}

fn wasm(sh: &Shell) -> Result<()> {
    tools::wasm_target(sh)?;
    tools::node(sh)?;
    tools::wasm_bindgen(sh)?;
    cargo(sh, "test --locked --package remit-wasm --package conformance --tests --target")
        .arg(WASM)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .run()?;
    Ok(())
}

/// The commands and configurations of the documentation. The steps `npm` and `browser` run its other examples.
fn docs(sh: &Shell) -> Result<()> {
    tools::node(sh)?;
    let tests = files(&root().join("tests/docs"), ".test.mjs", false)?;
    Ok(cmd!(sh, "node --test {tests...}").run()?)
}

/// The release page in Chromium, with the demo's relay and sandbox behind it.
fn browser(sh: &Shell) -> Result<()> {
    tools::node(sh)?;
    tools::python(sh)?;
    dependencies::install(sh, "tests/browser")?;
    cargo(sh, BUILD_PROGRAMS).run()?;
    let tests = files(&root().join("tests/browser"), ".test.mjs", false)?;
    cmd!(sh, "node --test --test-concurrency=1 {tests...}")
        .env("CHROMIUM", tools::chromium(sh)?)
        .env("REMIT_DEMO", program("remit-demo")?)
        .env("REMIT_PACKAGE", npm::made(sh)?)
        .run()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_the_named_steps_in_the_order_of_the_list() {
        let names = |only: &[&str]| {
            let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
            chosen(STEPS, &only).map(|steps| steps.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["clippy", "fmt"]).unwrap(), ["fmt", "clippy"]);
        assert_eq!(names(&[]).unwrap(), super::names());
        let error = names(&["fmt", "tset"]).unwrap_err().to_string();
        assert!(error.starts_with("there is no step `tset`; the steps are: fmt, "), "{error}");
    }
}
