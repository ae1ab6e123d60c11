//! `cargo xtask bench`: how fast and how large the package's validator is, beside what people use otherwise.
//!
//! The contestants and the clock are in tests/bench. Here everything is bundled as applications are, weighed, run in Node
//! and in Chromium, and put into a table. That somebody gives another result than we do is a failure; no time is one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::args::Args;
use crate::process::{command, read, run as run_to_end};
use crate::tools::{Tool, need};
use crate::{browser, size, test, workspace};

pub(crate) const OPTIONS: &str = "[--only CASE,CASE...] [--quick] [--markdown] [--json FILE]";
pub(crate) const ABOUT: &str = "Compares the packed validator with zod, valibot and ajv, in Node and in Chromium.\n\
    --only a,b    of valid, invalid, many, memory, first, size\n\
    --quick       only that everybody gives the same: no figures\n\
    --markdown    the table as the README has it\n\
    --json FILE   writes all figures there\n\
    It takes the package from target/npm/package, or from where REMIT_PACKAGE says.";

/// What can be measured, in the order of the table.
pub(crate) const CASES: [&str; 6] = ["valid", "invalid", "many", "memory", "first", "size"];
/// What needs a script run. The rest is weighed.
const TIMED: [&str; 5] = ["valid", "invalid", "many", "memory", "first"];
const HOSTS: [&str; 2] = ["node", "chromium"];

const OURS: &str = "remit";
const SLIM: &str = "slim";
/// The columns of the table.
const CONTESTANTS: [(&str, &str); 4] =
    [(OURS, "Remit"), ("zod", "zod + decimal.js"), ("valibot", "valibot + big.js"), ("ajv", "ajv + big.js")];
/// How a case is told; what a worker reads is told by what comes first, so that a row stands for itself.
const LABELS: [(&str, &str); 10] = [
    ("valid", "one payment, checked and normalised"),
    ("invalid", "one payment, refused, every message read"),
    ("many", "a CSV file of 100,000 rows"),
    ("many-read", "the same, and every text of every row read"),
    ("memory", "memory at the peak for that file"),
    ("memory-module", "of it WebAssembly's"),
    ("first", "first call, the default entry"),
    ("first-slim", "first call, the slim form"),
    ("size", "size by brotli, the default entry"),
    ("size-slim", "size by brotli, the slim form"),
];
/// The packages whose versions are told with the table.
const PEERS: [&str; 6] = ["zod", "decimal.js", "valibot", "big.js", "ajv", "papaparse"];

/// Each script as esbuild is told of it: its name when bundled, and where it begins.
const SCRIPTS: [(&str, &str); 8] = [
    ("single", "single.mjs"),
    ("files", "files.mjs"),
    ("worker", "worker.mjs"),
    (OURS, "ours.mjs"),
    (SLIM, "slim.mjs"),
    ("zod", "peers/zod.mjs"),
    ("valibot", "peers/valibot.mjs"),
    ("ajv", "peers/ajv.mjs"),
];
/// Those that only Node runs.
const NODE_SCRIPTS: [(&str, &str); 2] = [("memory", "memory.mjs"), ("first", "first.mjs")];

pub(crate) fn run(mut args: Args) -> Result<()> {
    let only = args.value::<String>("--only")?;
    let file = args.value::<PathBuf>("--json")?;
    let (quick, markdown) = (args.flag("--quick"), args.flag("--markdown"));
    args.finish()?;
    let cases = chosen(only.as_deref())?;
    if quick {
        return agree(&cases);
    }
    let figures = measure(&cases, false)?;
    if let Some(file) = file {
        let text = serde_json::to_string_pretty(&figures.iter().map(Figure::json).collect::<Vec<_>>())?;
        fs::write(&file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    if markdown {
        print!("{}\n{}\n", markdown_table(&figures), versions()?);
    } else {
        print!("{}", plain_table(&figures));
    }
    Ok(())
}

/// The step of `cargo xtask test`: that everybody gives the same, and that everything still runs.
pub(crate) fn agree(cases: &[&str]) -> Result<()> {
    measure(cases, true)?;
    eprintln!("everybody gives the same");
    Ok(())
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static str>> {
    let Some(only) = only else { return Ok(CASES.to_vec()) };
    let wanted: Vec<_> = only.split(',').map(str::trim).collect();
    if let Some(unknown) = wanted.iter().find(|name| !CASES.contains(name)) {
        bail!("there is no case `{unknown}`; choose from: {}", CASES.join(", "));
    }
    Ok(CASES.into_iter().filter(|case| wanted.contains(case)).collect())
}

fn measure(cases: &[&str], quick: bool) -> Result<Vec<Figure>> {
    need(&[Tool::Node, Tool::Esbuild])?;
    let directory = directory();
    let package = package()?;
    install(&directory, &package)?;
    let scripts = workspace::target()?.join("bench");
    bundle(&directory, &scripts.join("node"), "node", &[&SCRIPTS[..], &NODE_SCRIPTS].concat())?;
    bundle(&directory, &scripts.join("browser"), "browser", &SCRIPTS)?;
    let module = package.join("remit.wasm");
    let plan = json!({ "cases": cases, "quick": quick, "scripts": scripts, "module": module }).to_string();
    let mut figures = Vec::new();
    if cases.iter().any(|case| TIMED.contains(case)) {
        let chromium = browser::chromium()?;
        for host in HOSTS {
            let mut node = command("node");
            node.arg(directory.join(format!("{host}.mjs"))).stderr(Stdio::inherit());
            node.env("CHROMIUM", &chromium).env("REMIT_BENCH", &plan);
            figures.extend(parsed(&read(&mut node)?)?);
        }
    }
    if cases.contains(&"size") {
        figures.extend(weighed(&scripts.join("browser"), &module)?);
    }
    // The same case of both hosts side by side, and in the order of the labels.
    figures.sort_by_key(|figure| LABELS.iter().position(|(case, _)| *case == figure.case));
    Ok(figures)
}

fn directory() -> PathBuf {
    workspace::root().join("tests").join("bench")
}

/// Where the package is unpacked.
fn package() -> Result<PathBuf> {
    let package = match std::env::var_os("REMIT_PACKAGE") {
        Some(path) => workspace::root().join(path),
        None => workspace::target()?.join("npm").join("package"),
    };
    if !package.join("package.json").is_file() {
        bail!("{} holds no package: run `cargo xtask package` first", package.display());
    }
    Ok(package)
}

/// The peers at their versions, and the package among them.
fn install(directory: &Path, package: &Path) -> Result<()> {
    if test::is_stale(directory) {
        eprintln!("npm ci in tests/bench");
        run_to_end(
            command("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(directory),
        )?;
    }
    let link = directory.join("node_modules").join("remit-payments");
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link).with_context(|| format!("cannot remove {}", link.display()))?;
    }
    std::os::unix::fs::symlink(package, &link).with_context(|| format!("cannot make {}", link.display()))
}

/// Everything as an application would ship it.
fn bundle(directory: &Path, to: &Path, platform: &str, scripts: &[(&str, &str)]) -> Result<()> {
    let mut outdir = OsString::from("--outdir=");
    outdir.push(to);
    run_to_end(
        command("esbuild")
            .args(scripts.iter().map(|(name, begin)| format!("{name}=./{begin}")))
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"])
            .args([
                "--external:node:*",
                "--out-extension:.js=.mjs",
                "--log-level=warning",
                "--tsconfig-raw={}",
            ])
            .arg(format!("--platform={platform}"))
            .arg(outdir)
            .current_dir(directory),
    )
}

/// What the slim form and its module may weigh together, in thousands of bytes. It is to come down to 40.
const BUDGET: f64 = 56.0;

fn within_budget(slim: f64) -> Result<f64> {
    if slim > BUDGET {
        bail!(
            "the slim form weighs {slim:.1} KB by brotli with its module, more than its budget of {BUDGET} KB"
        );
    }
    Ok(slim)
}

/// What everybody weighs, in thousands of bytes. The slim form goes with the module.
fn weighed(scripts: &Path, module: &Path) -> Result<Vec<Figure>> {
    let weigh = |path: &Path| -> Result<f64> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(f64::from(u32::try_from(size::compressed(&bytes)?)?) / 1000.0)
    };
    let script = |name: &str| weigh(&scripts.join(format!("{name}.mjs")));
    let mut peers = Vec::new();
    for (name, _) in CONTESTANTS.into_iter().filter(|(name, _)| *name != OURS) {
        peers.push((name, script(name)?));
    }
    let figure = |case: &str, ours: f64| {
        let entry = |name: &str, kilobytes: f64, ratio| Entry {
            name: name.to_owned(),
            quartiles: [kilobytes; 3],
            ratio,
        };
        let others = peers.iter().map(|(name, peer)| entry(name, *peer, Some([peer / ours; 3])));
        let entries = std::iter::once(entry(OURS, ours, None)).chain(others).collect();
        Figure { case: case.to_owned(), host: String::new(), unit: "KB".to_owned(), entries }
    };
    Ok(vec![
        figure("size", script(OURS)?),
        figure("size-slim", within_budget(script(SLIM)? + weigh(module)?)?),
    ])
}

/// What was measured of everybody in one case.
#[derive(Debug, PartialEq)]
struct Figure {
    case: String,
    host: String,
    unit: String,
    entries: Vec<Entry>,
}

#[derive(Debug, PartialEq)]
struct Entry {
    name: String,
    /// The median stands between the quartiles.
    quartiles: [f64; 3],
    /// How many times what we took, round by round.
    ratio: Option<[f64; 3]>,
}

impl Figure {
    fn of(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// How many times what we took the best of the others took.
    fn against_the_best(&self) -> Option<f64> {
        let ratios = self.entries.iter().filter_map(|entry| Some(entry.ratio?[1]));
        ratios.min_by(f64::total_cmp)
    }

    fn label(&self) -> &str {
        LABELS.iter().find(|(case, _)| *case == self.case).map_or(&self.case, |(_, label)| label)
    }

    fn json(&self) -> Value {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|Entry { name, quartiles, ratio }| json!({ "name": name, "quartiles": quartiles, "ratio": ratio }))
            .collect();
        json!({ "case": self.case, "host": self.host, "unit": self.unit, "entries": entries })
    }

    fn parse(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let entry = |entry: &Value| {
            let ratio = if entry["ratio"].is_null() { None } else { Some(three(&entry["ratio"])?) };
            let name = entry["name"].as_str()?.to_owned();
            Some(Entry { name, quartiles: three(&entry["quartiles"])?, ratio })
        };
        let entries = value["entries"].as_array()?.iter().map(entry).collect::<Option<Vec<_>>>()?;
        Some(Self { case: text("case")?, host: text("host")?, unit: text("unit")?, entries })
    }
}

fn three(value: &Value) -> Option<[f64; 3]> {
    value.as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// What a host printed.
fn parsed(printed: &str) -> Result<Vec<Figure>> {
    let value: Value = serde_json::from_str(printed).context("what the benchmark printed is not JSON")?;
    let figures = value.as_array().map(|figures| figures.iter().map(Figure::parse).collect());
    figures.flatten().context("what the benchmark printed are no figures")
}

/// Three digits that count.
fn number(value: f64) -> String {
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

fn plain_table(figures: &[Figure]) -> String {
    let mut text = String::new();
    let range = |[low, middle, high]: [f64; 3]| match (number(low), number(middle), number(high)) {
        (low, middle, high) if low == high => format!("{middle:>8}{:17}", ""),
        (low, middle, high) => format!("{middle:>8}  {:15}", format!("({low} to {high})")),
    };
    for figure in figures {
        let host = if figure.host.is_empty() { String::new() } else { format!(", {}", figure.host) };
        text.push_str(&format!("\n{}{host} ({}):\n", figure.label(), figure.unit));
        for entry in &figure.entries {
            let ratio =
                entry.ratio.map_or_else(String::new, |ratio| format!("  ours times {}", range(ratio)));
            let line = format!("  {:<8} {}{ratio}", entry.name, range(entry.quartiles));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// A row a case and host, a column a contestant, and last how many times what we took the best of the others took.
fn markdown_table(figures: &[Figure]) -> String {
    let names: Vec<_> = CONTESTANTS.iter().map(|(_, name)| *name).collect();
    let mut text = format!("| | | {} | best of the others |\n", names.join(" | "));
    text.push_str(&format!("|---|---|{}---:|\n", "---:|".repeat(names.len())));
    for figure in figures {
        text.push_str(&format!("| {}, {} | {} |", figure.label(), figure.unit, figure.host));
        for (name, _) in CONTESTANTS {
            let median = figure.of(name).map_or_else(String::new, |entry| number(entry.quartiles[1]));
            text.push_str(&format!(" {median} |"));
        }
        let best = figure.against_the_best().map_or_else(String::new, |ratio| format!("{}×", number(ratio)));
        text.push_str(&format!(" {best} |\n"));
    }
    text
}

/// What everybody is at, as tests/bench/package.json pins it.
fn versions() -> Result<String> {
    let path = directory().join("package.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let manifest: Value = serde_json::from_str(&text)?;
    let version = |name: &&str| {
        let version =
            manifest.get("devDependencies").and_then(|peers| peers.get(*name)).and_then(Value::as_str);
        Ok(format!("{name} {}", version.with_context(|| format!("{} has no {name}", path.display()))?))
    };
    Ok(PEERS.iter().map(version).collect::<Result<Vec<_>>>()?.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(case: &str, host: &str) -> Figure {
        let entry = |name: &str, quartiles, ratio| Entry { name: name.to_owned(), quartiles, ratio };
        Figure {
            case: case.to_owned(),
            host: host.to_owned(),
            unit: "µs".to_owned(),
            entries: vec![
                entry(OURS, [1.0, 1.25, 1.5], None),
                entry("zod", [3.9, 4.0, 140.0], Some([3.0, 3.2, 3.4])),
                entry("ajv", [2.0; 3], Some([1.5, 1.6, 1.7])),
            ],
        }
    }

    #[test]
    fn a_package_that_has_grown_is_refused() {
        assert!(within_budget(BUDGET).is_ok());
        let error = within_budget(BUDGET + 0.1).unwrap_err().to_string();
        assert!(error.contains("56.1 KB") && error.contains("budget of 56 KB"), "{error}");
    }

    #[test]
    fn what_is_asked_for_is_measured_and_nothing_else() {
        assert_eq!(chosen(None).unwrap(), CASES);
        assert_eq!(chosen(Some("size, valid")).unwrap(), ["valid", "size"]);
        let error = chosen(Some("valid,speed")).unwrap_err().to_string();
        assert!(error.contains("`speed`") && error.contains("valid, invalid, many"), "{error}");
        assert!(chosen(Some("")).is_err());
    }

    #[test]
    fn the_fastest_of_the_others_is_what_we_are_held_against() {
        let table = markdown_table(&[figure("valid", "Node 20")]);
        assert_eq!(
            table.lines().last().unwrap(),
            "| one payment, checked and normalised, µs | Node 20 | 1.25 | 4.00 |  | 2.00 | 1.60× |"
        );
        let columns = |line: &str| line.matches('|').count();
        assert!(table.lines().all(|line| columns(line) == columns(table.lines().next().unwrap())), "{table}");
    }

    #[test]
    fn the_table_shows_how_far_the_figures_spread() {
        let table = plain_table(&[figure("valid", "Node 20")]);
        assert!(table.contains("one payment, checked and normalised, Node 20 (µs):"), "{table}");
        assert!(
            table.contains("4.00  (3.90 to 140)") && table.contains("ours times     3.20  (3.00 to 3.40)"),
            "{table}"
        );
    }

    #[test]
    fn figures_that_were_written_can_be_read_again() {
        let one = figure("valid", "Node 20");
        let text = Value::Array(vec![one.json()]).to_string();
        assert_eq!(parsed(&text).unwrap(), [one]);
        for text in ["", "{}", "[{}]", r#"[{"case":"a","host":"b","unit":"c","entries":[{"name":"d"}]}]"#] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_peer_is_pinned() {
        let versions = versions().unwrap();
        assert!(versions.starts_with("zod ") && !versions.contains(['^', '~', '*']), "{versions}");
        let lock = fs::read_to_string(directory().join("package-lock.json")).unwrap();
        assert!(!lock.contains("\"resolved\""));
    }

    /// What a reader would take for another library's slowness.
    #[test]
    fn every_case_has_a_label() {
        for case in CASES {
            assert!(LABELS.iter().any(|(name, _)| *name == case), "{case}");
        }
        assert!(TIMED.iter().all(|case| CASES.contains(case)));
    }
}
