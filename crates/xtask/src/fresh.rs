//! The step `fresh`: the first command of the README, on a machine that has built nothing before.
//!
//! It uses an empty CARGO_HOME and a new clone: a step that shares this machine's caches cannot detect that something
//! is missing from a new one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use crate::progress::minutes;
use crate::shell::root;
use crate::{dependencies, tools};

/// How long the page may take on a slow machine.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// The demo, which ends with this value.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn run(sh: &Shell) -> Result<()> {
    tools::node(sh)?;
    dependencies::install(sh, "tests/browser")?;
    let chromium = tools::chromium(sh)?;
    let home = tempfile::tempdir()?;
    let (clone, cargo_home) = (home.path().join("remit"), home.path().join("cargo"));
    let from = root();
    cmd!(sh, "git clone --quiet {from} {clone}").run()?;
    sh.create_dir(&cargo_home)?;
    let readme = sh.read_file(clone.join("README.md"))?;
    let command = first_command(&readme).context("README.md has no ```sh block with a command")?;
    eprintln!("{command}");

    let begun = Instant::now();
    let mut words = command.split_whitespace();
    let mut start = Command::new(words.next().context("an empty command")?);
    start.args(words).current_dir(&clone).stdin(Stdio::null()).stdout(Stdio::piped());
    // Neither this process's cargo, which described itself to it, nor a shared cache of compiled crates.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO") || name.starts_with("RUSTC") || name == "RUSTFLAGS")
        {
            start.env_remove(name);
        }
    }
    start.env("CARGO_HOME", &cargo_home).env("REMIT_PORT", "0");
    let mut demo = Demo(start.spawn().with_context(|| format!("cannot start `{command}`"))?);
    let stdout = demo.0.stdout.take().context("the demo has no standard output")?;
    let (found, page) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        // The receiver is gone when the time was up.
        let _ =
            lines.find_map(|line| line.strip_prefix("Remit demo: ").map(|page| found.send(page.to_owned())));
    });
    let page = page.recv_timeout(LONGEST).with_context(|| {
        format!(
            "`{command}` ended, or ran for {} minutes, without printing the page's address",
            LONGEST.as_secs() / 60
        )
    })?;
    eprintln!("the page answers after {}", minutes(begun.elapsed().as_secs()));
    cmd!(sh, "node tests/browser/fresh.mjs {page}").env("CHROMIUM", chromium).run()?;
    Ok(())
}

/// The first command of the first block of shell commands, without its comment.
fn first_command(readme: &str) -> Option<&str> {
    let (_, block) = readme.split_once("```sh\n")?;
    let (block, _) = block.split_once("```")?;
    let commands = block.lines().map(|line| line.split(" #").next().unwrap_or(line).trim());
    commands.into_iter().find(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_command_of_the_readme() {
        let readme = "```rust\nfn a() {}\n```\n```sh\n# first\n\ncargo xtask demo   # the form\ncargo xtask test\n```\n";
        assert_eq!(first_command(readme), Some("cargo xtask demo"));
        assert_eq!(first_command("```sh\n```\n"), None);
        let own = std::fs::read_to_string(root().join("README.md")).unwrap();
        assert!(first_command(&own).unwrap().starts_with("cargo "));
    }
}
