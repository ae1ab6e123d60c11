//! What a person sees while several commands run.
//!
//! On a terminal: one bar with the step, the time so far and an estimate. Elsewhere: one line for each step. A command's
//! own output is shown only if the command fails.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use xshell::Cmd;

const TICK: Duration = Duration::from_millis(100);

/// The steps of one task, each with the number of seconds that it takes on two cores from nothing.
pub(crate) struct Progress {
    steps: &'static [(&'static str, u64)],
    next: usize,
    begun: Instant,
    /// Whether the estimates apply: later runs rebuild little.
    estimate: bool,
}

impl Progress {
    pub(crate) fn new(steps: &'static [(&'static str, u64)], estimate: bool) -> Self {
        let progress = Self { steps, next: 0, begun: Instant::now(), estimate };
        if estimate {
            eprintln!(
                "The first run takes about {} on two cores. Later runs take seconds.",
                minutes(progress.left())
            );
        }
        progress
    }

    /// The estimate for the next step and those after it.
    fn left(&self) -> u64 {
        self.steps.iter().skip(self.next).map(|(_, seconds)| seconds).sum()
    }

    /// Runs the command of the next step.
    pub(crate) fn run(&mut self, command: Cmd<'_>, remedy: &str) -> Result<()> {
        let line = command.to_string();
        let (name, _) = self.steps.get(self.next).context("the list of steps is too short")?;
        self.step(move || {
            let output = command.quiet().ignore_status().output()?;
            if !output.status.success() {
                let (stdout, stderr) =
                    (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                bail!("{name} failed: `{line}`\n{stdout}{stderr}\n{remedy}");
            }
            Ok(())
        })
    }

    /// Does the work of the next step.
    pub(crate) fn step(&mut self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let (name, estimate) = *self.steps.get(self.next).context("the list of steps is too short")?;
        let title = format!("Step {} of {}: {name}", self.next + 1, self.steps.len());
        let after = self.left().saturating_sub(estimate);
        self.next += 1;
        if !std::io::stderr().is_terminal() {
            let about = if self.estimate { format!(", about {}", minutes(estimate)) } else { String::new() };
            eprintln!("[{}] {title}{about}", minutes(self.begun.elapsed().as_secs()));
            return work();
        }
        let bar = ProgressBar::new(self.steps.iter().map(|(_, seconds)| seconds).sum());
        let template = if self.estimate { "{bar:30} {msg}" } else { "{msg}" };
        bar.set_style(ProgressStyle::with_template(template)?);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let begun = Instant::now();
                while !done.load(Ordering::Relaxed) {
                    let spent = begun.elapsed().as_secs().min(estimate);
                    let left = estimate - spent + after;
                    let about =
                        if self.estimate { format!(", about {} left", minutes(left)) } else { String::new() };
                    bar.set_position(bar.length().unwrap_or_default().saturating_sub(left));
                    bar.set_message(format!("{title} ({}{about})", minutes(self.begun.elapsed().as_secs())));
                    thread::sleep(TICK);
                }
                bar.finish_and_clear();
            });
            let result = work();
            done.store(true, Ordering::Relaxed);
            result
        })
    }
}

/// 75 as 1:15.
pub(crate) fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use xshell::cmd;

    use super::*;

    const STEPS: &[(&str, u64)] = &[("compiling", 70), ("assembling", 5)];

    #[test]
    fn shows_the_output_of_a_command_only_when_it_fails() {
        let sh = crate::shell::shell().unwrap();
        let mut progress = Progress::new(STEPS, true);
        progress.run(cmd!(sh, "cargo --version"), "").unwrap();
        let error = progress.run(cmd!(sh, "cargo no-such-command"), "Do this.").unwrap_err().to_string();
        assert!(error.starts_with("assembling failed: `cargo no-such-command`\n"), "{error}");
        assert!(error.contains("no such command") && error.ends_with("\nDo this."), "{error}");
        assert!(progress.step(|| Ok(())).is_err(), "the list has two steps");
    }

    #[test]
    fn adds_up_the_estimates_of_the_steps_that_are_left() {
        let mut progress = Progress::new(STEPS, false);
        assert_eq!(progress.left(), 75);
        progress.step(|| Ok(())).unwrap();
        assert_eq!((progress.left(), minutes(75).as_str(), minutes(600).as_str()), (5, "1:15", "10:00"));
    }
}
