//! `cargo xtask`: everything that is done to this repository, on a laptop and in CI alike.
//!
//! It runs on Linux and macOS: it ends what it started by signal and process group.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program: printing is its work")]

mod apt;
mod args;
mod bench;
mod browser;
mod build;
mod bundle;
mod codegen;
mod demo;
mod fifth;
mod fuzz;
mod module;
mod package;
mod packaging;
mod places;
mod process;
mod serve;
mod setup;
mod size;
mod stack;
mod stop;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;

struct Command {
    name: &'static str,
    options: &'static str,
    about: &'static str,
    run: fn(Args) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command { name: "setup", options: setup::OPTIONS, about: setup::ABOUT, run: setup::run },
    Command { name: "build", options: build::OPTIONS, about: build::ABOUT, run: build::run },
    Command { name: "demo", options: demo::OPTIONS, about: demo::ABOUT, run: demo::run },
    Command { name: "package", options: package::OPTIONS, about: package::ABOUT, run: package::run },
    Command { name: "test", options: test::OPTIONS, about: test::ABOUT, run: test::run },
    Command { name: "size", options: size::OPTIONS, about: size::ABOUT, run: size::run },
    Command { name: "codegen", options: codegen::OPTIONS, about: codegen::ABOUT, run: codegen::run },
    Command { name: "fuzz", options: fuzz::OPTIONS, about: fuzz::ABOUT, run: fuzz::run },
    Command { name: "bench", options: bench::OPTIONS, about: bench::ABOUT, run: bench::run },
];

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut words: Vec<String>) -> Result<()> {
    let wants_help = words.is_empty() || words.iter().any(|word| word == "--help" || word == "-h");
    if wants_help || words.first().is_some_and(|word| word == "help") {
        print!("{}", help());
        return Ok(());
    }
    let name = words.remove(0);
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        bail!("there is no command `{name}`; choose one of: {}", names.join(", "));
    };
    (command.run)(Args::new(command.name, command.options, words))
}

fn help() -> String {
    let mut text = String::from("cargo xtask <command>\n\n");
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.options);
        text.push_str(&format!("  {}\n", usage.trim_end()));
        for line in command.about.lines() {
            text.push_str(&format!("      {line}\n"));
        }
    }
    text.push_str(&format!("\nSteps of `test`, in order: {}\n", test::names().join(", ")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_is_refused_with_the_list() {
        let error = dispatch(vec!["tset".into()]).unwrap_err().to_string();
        assert!(
            error.contains("`tset`")
                && error.contains("setup, build, demo, package, test, size, codegen, fuzz, bench"),
            "{error}"
        );
    }

    #[test]
    fn help_names_every_command_and_step() {
        let help = help();
        for command in COMMANDS {
            assert!(
                help.contains(&format!("  {} ", command.name))
                    || help.contains(&format!("  {}\n", command.name))
            );
        }
        assert!(help.contains("fmt, clippy"), "{help}");
    }
}
