//! `cargo xtask campaign`: the fault campaign of tests/campaign.

use anyhow::Result;
use clap::Args;
use xshell::Shell;

use crate::shell::cargo;

/// The runs of each `cargo xtask test`, always with the same seeds: `cargo xtask campaign --seed` plays others.
const BRIEFLY: u64 = 300;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many runs to play.
    #[arg(long, value_name = "N", default_value_t = BRIEFLY)]
    runs: u64,
    /// The seed of the first run; the others follow.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Play only the run with this seed. What happens in a single run is printed.
    #[arg(long, value_name = "SEED")]
    only: Option<u64>,
    /// Run every relay as a program that is killed, and not only those of every twentieth seed.
    #[arg(long)]
    programs: bool,
}

impl Options {
    /// The options of the first runs.
    pub(crate) fn new(runs: u64) -> Self {
        Self { runs, seed: 1, only: None, programs: false }
    }
}

/// Without optimisation, because the runs mostly wait, and the other steps have compiled the relay so too.
pub(crate) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let (runs, seed) = (options.runs.to_string(), options.seed.to_string());
    let only = options.only.map(|seed| vec!["--only".to_owned(), seed.to_string()]);
    // Some relays of the campaign are this program.
    cargo(sh, "build --quiet --locked --package remit-relay").run()?;
    Ok(cargo(sh, "run --quiet --locked --package campaign --")
        .args(["--runs", &runs, "--seed", &seed])
        .args(only.unwrap_or_default())
        .args(options.programs.then_some("--programs"))
        .run()?)
}

/// The step `campaign`.
pub(crate) fn briefly(sh: &Shell) -> Result<()> {
    run(sh, &Options::new(BRIEFLY))
}
