//! `cargo xtask`: the tasks of this repository, the same on a laptop and in CI.
//!
//! Tested on Linux (x86-64). Nothing here is specific to Linux except the installation of Debian packages, which is
//! skipped where `apt-get` is missing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod build;
mod campaign;
mod crates;
mod demo;
mod dependencies;
mod examples;
mod fresh;
mod fuzz;
mod npm;
mod postgres;
mod progress;
mod sample_provider;
mod shell;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::shell::shell;

/// The tasks of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Run the form, a relay and a sandbox until Ctrl-C.
    Demo(demo::Options),
    /// Run every step that CI runs, and stop at the first failure.
    #[command(after_help = test::help())]
    Test {
        /// Run only these steps.
        #[arg(long, value_delimiter = ',', value_name = "STEP,STEP...")]
        only: Vec<String>,
    },
    /// Build the release page into dist/ with Trunk, esbuild and wasm-opt.
    Build,
    /// Build the npm package into target/npm.
    Package {
        /// Use the page in dist/ as it is.
        #[arg(long)]
        no_page: bool,
    },
    /// Compare the sizes of the page and the package with their budgets.
    Size,
    /// Write the generated files.
    Codegen {
        /// Only report whether a generated file is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Search for inputs that break a parser, with cargo-fuzz.
    Fuzz(fuzz::Options),
    /// Play relays that crash, between clients that retry and a provider behind a faulty network, and compare with the books.
    Campaign(campaign::Options),
    /// Compare the package with zod, valibot and ajv, in Node and in Chromium.
    Bench {
        /// Options of tests/bench/run.mjs; `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Install every tool that is missing. The other commands install what they need.
    Setup,
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let sh = &shell()?;
    match command {
        Command::Demo(options) => demo::run(sh, &options),
        Command::Test { only } => test::run(sh, &only),
        Command::Build => build::page(sh),
        Command::Package { no_page } => npm::package(sh, no_page),
        Command::Size => npm::size(sh),
        Command::Codegen { check } => crates::codegen(sh, check),
        Command::Fuzz(options) => fuzz::run(sh, &options),
        Command::Campaign(options) => campaign::run(sh, &options),
        Command::Bench { options } => npm::bench(sh, &options),
        Command::Setup => tools::all(sh),
    }
}
