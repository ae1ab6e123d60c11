//! Commands: how they are started, and how they are ended.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::oneshot;

use crate::workspace;

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(25);

/// A command at the root of the project that finds the project's own tools before any other.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).env("PATH", path());
    // `cargo run` tells this program about its own package. A cargo that it starts would take these for changed
    // inputs, and rebuild crates whose build scripts look at them.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(about_this_package) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that started this program.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Runs a command to its end, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// What a command prints on its standard output; fails if it fails.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", line(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed what is not UTF-8", line(command)))
}

/// Whether a command can be started and ends well, saying nothing.
pub(crate) fn works(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether a failure means that there is no such program.
pub(crate) fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A command as a person would type it.
fn line(command: &Command) -> String {
    let program = command.get_program();
    let name = std::path::Path::new(program).file_name().unwrap_or(program);
    let words: Vec<_> = std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    words.join(" ")
}

fn path() -> OsString {
    let tools = workspace::tools();
    let own = [tools.join("bin"), tools.join("node_modules").join(".bin")];
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = own.iter().cloned().chain(std::env::split_paths(&rest));
    // Joining fails only when a directory's name contains the separator; then there is no way to name it in PATH.
    std::env::join_paths(all).unwrap_or(rest)
}

fn about_this_package(variable: &str) -> bool {
    const NAMES: [&str; 4] =
        ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_MANIFEST_LINKS", "CARGO_PRIMARY_PACKAGE"];
    NAMES.contains(&variable) || variable.starts_with("CARGO_PKG_")
}

/// A running command and all that it started, which ends when this is dropped.
///
/// It has a process group of its own: Ctrl-C in a terminal reaches this program alone, which then ends the others
/// in order.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    child: Child,
}

impl Program {
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name} (`{}`)", line(command)))?;
        Ok(Self { name, child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the program has ended by itself.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) =
                self.child.try_wait().with_context(|| format!("cannot watch {}", self.name))?
            {
                return Ok(status);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until the program has ended by itself, and fails if it failed.
    pub(crate) async fn succeeded(mut self) -> Result<()> {
        let status = self.ended().await?;
        if !status.success() {
            bail!("{} failed ({status})", self.name);
        }
        Ok(())
    }

    /// Waits for the first line of standard output that starts with `prefix`, and returns what follows there.
    ///
    /// Everything printed, then and later, goes on to standard error: standard output is this program's own.
    pub(crate) async fn says(&mut self, prefix: &'static str, patience: Duration) -> Result<String> {
        let name = self.name;
        let stdout =
            self.child.stdout.take().with_context(|| format!("{name} has no standard output to read"))?;
        let (found, waiting) = oneshot::channel();
        let mut found = Some(found);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(io::Result::ok) {
                eprintln!("{line}");
                if let Some(rest) = line.strip_prefix(prefix)
                    && let Some(found) = found.take()
                {
                    // Nobody waits any longer when the time was up.
                    let _ = found.send(rest.trim().to_owned());
                }
            }
        });
        match tokio::time::timeout(patience, waiting).await {
            Ok(Ok(rest)) => Ok(rest),
            Ok(Err(_)) => {
                let status = tokio::time::timeout(GRACE, self.ended()).await;
                let how = status.map_or_else(
                    |_| "it closed its output".to_owned(),
                    |status| match status {
                        Ok(status) => status.to_string(),
                        Err(error) => error.to_string(),
                    },
                );
                bail!("{name} did not start ({how}): what it said is above")
            }
            Err(_) => bail!("{name} did not say `{prefix}…` within {} seconds", patience.as_secs()),
        }
    }

    fn signal(&self, signal: Signal) {
        // Failing means that the group is gone already, which is what was wanted.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.signal(Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(GLANCE);
        }
        eprintln!(
            "{} did not end within {} seconds of being asked to: killing it",
            self.name,
            GRACE.as_secs()
        );
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = command("sh");
        shell.args(["-c", script]).stdout(Stdio::piped());
        shell
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(command("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert_eq!(error, "`sh -c exit 3` failed (exit status: 3)");
        let error = run(&mut command("no-such-program-here")).unwrap_err();
        assert!(is_missing(&error), "{error:#}");
    }

    #[test]
    fn own_tools_come_first() {
        let path = path();
        let first = std::env::split_paths(&path).next().unwrap();
        assert_eq!(first, workspace::root().join(".tools/bin"));
        assert!(first.is_absolute());
    }

    #[test]
    fn cargo_is_not_told_about_this_package() {
        let command = command("true");
        let removed: Vec<_> =
            command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(removed.contains(&OsStr::new("CARGO_MANIFEST_DIR")), "{removed:?}");
        assert!(!about_this_package("CARGO_HOME") && !about_this_package("CARGO_TARGET_DIR"));
    }

    #[tokio::test]
    async fn waits_for_the_line_that_says_it_is_ready() {
        let mut program = Program::start("it", &mut shell("echo hello; echo ready on 7; sleep 60")).unwrap();
        assert_eq!(program.says("ready on ", Duration::from_secs(10)).await.unwrap(), "7");
    }

    #[tokio::test]
    async fn a_program_that_never_gets_ready_is_told_from_one_that_ended() {
        let mut program = Program::start("it", &mut shell("exit 4")).unwrap();
        let error = program.says("ready", Duration::from_secs(10)).await.unwrap_err().to_string();
        assert!(error.contains("it did not start (exit status: 4)"), "{error}");
        let mut program = Program::start("it", &mut shell("sleep 60")).unwrap();
        let error = program.says("ready", Duration::from_millis(50)).await.unwrap_err().to_string();
        assert!(error.contains("did not say"), "{error}");
    }

    #[tokio::test]
    async fn dropping_ends_the_program_and_what_it_started() {
        let mut program = Program::start("it", &mut shell("sleep 60 & echo child $!; wait")).unwrap();
        let child = program.says("child ", Duration::from_secs(10)).await.unwrap();
        let group = program.id();
        drop(program);
        // Signal 0 asks whether the process is there; a killed orphan may take a moment to be reaped.
        let gone = |pid: &str| !works(command("sh").args(["-c", &format!("kill -0 {pid}")]));
        let deadline = Instant::now() + Duration::from_secs(5);
        while !gone(&child) && Instant::now() < deadline {
            std::thread::sleep(GLANCE);
        }
        assert!(gone(&child) && gone(&group.to_string()));
    }
}
