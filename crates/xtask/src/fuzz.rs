//! `cargo xtask fuzz`: looks for texts that a reader of what comes from outside gets wrong.
//!
//! The targets are in tests/fuzz, where every `cargo test` tries again what is kept of them. Here libFuzzer goes on
//! from that, watching which code a text reaches.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::args::Args;
use crate::process::{cargo, command, read, run as run_to_end};
use crate::tools::{Tool, need};
use crate::workspace;

pub(crate) const OPTIONS: &str = "[TARGET] [--seconds N] [--keep]";
pub(crate) const ABOUT: &str = "Looks for texts that a reader of what comes from outside gets wrong.\n\
    TARGET        one directory of tests/fuzz/corpus; all of them where none is named\n\
    --seconds N   how long each is tried (60)\n\
    --keep        adds to the corpus what was found, as little of it as reaches the same code";

/// The program that libFuzzer is linked into: a workspace of its own.
pub(crate) const ENGINE: &str = "tests/fuzz/engine/Cargo.toml";
const CORPUS: &str = "tests/fuzz/corpus";

/// How long a target is tried by `cargo xtask test`, in seconds.
const BRIEFLY: u32 = 4;

/// After which rustc has the code count what of it runs. Texts that it compares, libFuzzer sees without that; having
/// every comparison told takes two thirds of the time and reached no more.
const WATCHED: [&str; 4] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
];

/// How libFuzzer calls what it finds; what has another name was put into the corpus by a person.
const FOUND_NAME: usize = 40;
const SEED: &str = "seed-";

pub(crate) fn run(mut args: Args) -> Result<()> {
    let seconds = args.value::<u32>("--seconds")?.unwrap_or(60);
    let keep = args.flag("--keep");
    let name = args.word();
    args.finish()?;
    let engine = Engine::build()?;
    for target in chosen(targets()?, name.as_deref())? {
        engine.look(&target, seconds, &engine.home(&target).join("found"))?;
        if keep {
            engine.keep(&target)?;
        }
    }
    Ok(())
}

/// The step of `cargo xtask test`: what is kept, and a few seconds of what is near it.
pub(crate) fn briefly() -> Result<()> {
    let engine = Engine::build()?;
    for target in targets()? {
        let found = engine.home(&target).join("brief");
        empty(&found)?;
        engine.look(&target, BRIEFLY, &found)?;
    }
    Ok(())
}

/// Every target has a corpus; a test of theirs holds that.
fn targets() -> Result<Vec<String>> {
    let mut names = files(&workspace::root().join(CORPUS))?.iter().map(|path| name(path)).collect::<Vec<_>>();
    names.sort();
    Ok(names)
}

fn chosen(targets: Vec<String>, name: Option<&str>) -> Result<Vec<String>> {
    let Some(name) = name else { return Ok(targets) };
    if targets.iter().all(|target| target != name) {
        bail!("there is no target `{name}`; choose one of: {}", targets.join(", "));
    }
    Ok(vec![name.to_owned()])
}

/// libFuzzer with the targets, built.
struct Engine {
    program: PathBuf,
    /// Where everything is kept that is not part of the project.
    home: PathBuf,
}

impl Engine {
    fn build() -> Result<Self> {
        need(&[Tool::Cpp])?;
        let home = workspace::target()?.join("fuzz");
        let version = read(command("rustc").args(["--version", "--verbose"]))?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("rustc does not say what machine it is for")?;
        // With a target named, build scripts are left as they are.
        let mut build = cargo();
        build.args(["build", "--release", "--locked", "--manifest-path", ENGINE, "--target", host]);
        build.arg("--target-dir").arg(&home).env("CARGO_ENCODED_RUSTFLAGS", WATCHED.join("\u{1f}"));
        run_to_end(&mut build)?;
        Ok(Self { program: home.join(host).join("release").join("fuzz-engine"), home })
    }

    fn home(&self, target: &str) -> PathBuf {
        self.home.join("targets").join(target)
    }

    fn command(&self, target: &str) -> Command {
        let mut command = command(&self.program);
        command.env("REMIT_FUZZ_TARGET", target);
        command
    }

    /// Tries what is kept and what the vectors hold, and goes on from there. What reaches new code is put into `found`.
    fn look(&self, target: &str, seconds: u32, found: &Path) -> Result<()> {
        let home = self.home(target);
        let seeds = home.join("seeds");
        empty(&seeds)?;
        fs::create_dir_all(found).with_context(|| format!("cannot make {}", found.display()))?;
        let mut command = self.command(target);
        command.env("REMIT_FUZZ_SEEDS", &seeds).arg(found).arg(workspace::root().join(CORPUS).join(target));
        command.arg(&seeds).arg(format!("-max_total_time={seconds}"));
        // Longer than any vector. What takes longer than a moment, or more memory, is a way to stop a server.
        command.args(["-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"]);
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(home.join("broken-"));
        let output = command.arg(prefix).output().context("cannot start libFuzzer")?;
        let said = String::from_utf8_lossy(&output.stderr);
        let log = home.join("log");
        fs::write(&log, said.as_bytes()).with_context(|| format!("cannot write {}", log.display()))?;
        if said.contains("run interrupted") {
            bail!("{target}: somebody ended the run; nothing was found until then");
        }
        if !output.status.success() {
            bail!("{}", broken(target, &said, &log));
        }
        eprintln!("{}", summary(target, &said).with_context(|| format!("{} says nothing", log.display()))?);
        Ok(())
    }

    /// Makes the corpus the few files that, with the vectors, reach all the code that is known to be reached.
    fn keep(&self, target: &str) -> Result<()> {
        let home = self.home(target);
        let (merged, kept) = (home.join("merged"), workspace::root().join(CORPUS).join(target));
        empty(&merged)?;
        for seed in files(&home.join("seeds"))? {
            fs::copy(&seed, merged.join(name(&seed)))?;
        }
        // How often a place is reached makes no difference here: it would be many more files.
        let mut merge = self.command(target);
        merge.args(["-set_cover_merge=1", "-use_counters=0", "-max_len=4096"]).arg(&merged).arg(&kept);
        let output = merge.arg(home.join("found")).output().context("cannot start libFuzzer")?;
        if !output.status.success() {
            bail!("libFuzzer cannot merge {target}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let new: Vec<_> = files(&merged)?.into_iter().filter(|path| !name(path).starts_with(SEED)).collect();
        for old in files(&kept)?.iter().filter(|path| is_found(&name(path))) {
            fs::remove_file(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
        let mut bytes = 0;
        for path in &new {
            bytes += fs::copy(path, kept.join(name(path)))?;
        }
        eprintln!("{target}: {} files are kept, {bytes} bytes", new.len());
        Ok(())
    }
}

/// What libFuzzer says at the end of a run, in a line; nothing when it had nothing to watch.
fn summary(target: &str, said: &str) -> Option<String> {
    let number = |before: &str| {
        let (_, rest) = said.rsplit_once(before)?;
        rest.split_whitespace().next()?.parse::<u64>().ok()
    };
    let watched = said.contains(" inline 8-bit counters)").then(|| number(" cov: "))??;
    let (runs, new) = (number("stat::number_of_executed_units:")?, number("stat::new_units_added:")?);
    let seconds = said.rsplit_once(" runs in ")?.1.split_whitespace().next()?;
    Some(format!("{target:<8} {runs:>10} texts in {seconds} s, {watched} places reached, {new} new ways"))
}

/// What is to be done about a text that breaks something.
fn broken(target: &str, said: &str, log: &Path) -> String {
    let about: Vec<_> = said.lines().skip_while(|line| !line.contains("panicked at")).take(4).collect();
    let about = if about.is_empty() { said.lines().rev().take(12).collect() } else { about };
    let text = said.rsplit_once("Test unit written to ").and_then(|(_, rest)| rest.lines().next());
    format!(
        "{target} gets a text wrong:\n{}\nThe text is in {}, all that was said in {}. Mend it, and put the text into \
         {CORPUS}/{target} under a name that says what it was.",
        about.join("\n"),
        text.unwrap_or("no file"),
        log.display()
    )
}

fn is_found(name: &str) -> bool {
    name.len() == FOUND_NAME && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn empty(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    Ok(entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SAID: &str = "INFO: Loaded 1 modules   (23361 inline 8-bit counters): 23361 [0x1, 0x2), \n\
        #120\tINITED cov: 655 ft: 2208 corp: 69/15178b exec/s: 0 rss: 35Mb\n\
        #99\tDONE   cov: 701 ft: 3000 corp: 9/9b lim: 4 exec/s: 9 rss: 35Mb\nDone 728066 runs in 11 second(s)\n\
        stat::number_of_executed_units: 728066\nstat::new_units_added:          6301\n";

    #[test]
    fn a_run_that_watched_nothing_would_pass_for_one_that_found_nothing() {
        assert_eq!(
            summary("xml", SAID).unwrap(),
            "xml          728066 texts in 11 s, 701 places reached, 6301 new ways"
        );
        assert_eq!(summary("xml", &SAID.replace("inline 8-bit counters", "")), None);
        assert_eq!(summary("xml", ""), None);
    }

    #[test]
    fn a_text_that_breaks_something_would_be_lost() {
        let said = "INFO: x\nthread 'a' panicked at src/xml.rs:1:1:\nnot the same\nnote: y\n\
            artifact_prefix='/t/broken-'; Test unit written to /t/broken-crash-1\nBase64: eA==\n";
        let told = broken("xml", said, Path::new("/t/log"));
        assert!(
            told.contains("not the same") && told.contains("/t/broken-crash-1") && told.contains("/t/log")
        );
        assert!(!told.contains("INFO"), "{told}");
        assert!(broken("xml", "ALARM: working on it for 6 seconds", Path::new("/t/log")).contains("ALARM"));
    }

    #[test]
    fn an_unknown_target_is_refused_with_the_list() {
        let all = || vec!["json".to_owned(), "xml".to_owned()];
        assert_eq!(chosen(all(), None).unwrap(), all());
        assert_eq!(chosen(all(), Some("xml")).unwrap(), ["xml"]);
        let error = chosen(all(), Some("yaml")).unwrap_err().to_string();
        assert_eq!(error, "there is no target `yaml`; choose one of: json, xml");
    }

    #[test]
    fn what_a_person_has_put_into_the_corpus_would_be_dropped() {
        assert!(is_found("0123456789abcdef0123456789abcdef01234567"));
        assert!(!is_found("an-amount-with-underscores"));
    }

    /// The engine is outside the workspace, and has a lock of its own.
    #[test]
    fn another_version_of_a_crate_would_be_fuzzed_than_is_built() {
        let packages = |path: &str| {
            let lock = fs::read_to_string(workspace::root().join(path)).unwrap();
            let package = |text: &str| {
                let value =
                    |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
                Some((value("name = ")?, value("version = ")?))
            };
            lock.split("[[package]]").filter_map(package).collect::<BTreeSet<_>>()
        };
        let built = packages("Cargo.lock");
        let names: BTreeSet<_> = built.iter().map(|(name, _)| name).collect();
        let fuzzed = packages("tests/fuzz/engine/Cargo.lock");
        assert!(fuzzed.len() > 10);
        for (name, version) in fuzzed.iter().filter(|(name, _)| names.contains(name)) {
            assert!(
                built.contains(&(name.clone(), version.clone())),
                "{name} {version} is fuzzed: cargo update --manifest-path {ENGINE} {name} --precise …"
            );
        }
    }
}
