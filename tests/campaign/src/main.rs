//! Plays a fault campaign; `cargo xtask campaign` runs this program.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use campaign::{Alone, Options, run, serve_alone};
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[derive(Debug, Parser)]
#[command(about = "Plays a fault campaign.")]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a relay of a run.
    #[command(hide = true)]
    Relay(Alone),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        None => play(&arguments.options),
        Some(Command::Relay(options)) => relay(options),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn relay(options: &Alone) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve_alone(options))?;
    Ok(ExitCode::SUCCESS)
}

fn play(options: &Options) -> Result<ExitCode> {
    if options.is_single() {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("remit_relay=info"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let summary = runtime.block_on(run(options, |done, failed| {
        if let Some(seed) = failed {
            eprintln!("the run with the seed {seed} failed");
        }
        if done % 100 == 0 {
            eprintln!("{done} runs after {:.0} s", begun.elapsed().as_secs_f64());
        }
    }))?;
    println!("{}", summary.text);
    println!("{}", summary.line());
    Ok(if summary.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
