//! Many runs at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::power::Library;
use crate::run::{self, Report};
use crate::store::{Place, Server};
use crate::table;

/// The environment variable with the address of a PostgreSQL server. Without it, the relays share a SQLite file.
const POSTGRES: &str = "REMIT_TEST_POSTGRES";
/// How many runs with a shared server are played at once. Each has up to three relays with several connections.
const WORKERS_OF_A_SERVER: usize = 6;
/// How many logs of failed runs are shown.
const SHOWN: usize = 3;

/// The options of a campaign.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many runs to play.
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub runs: u64,
    /// The seed of the first run; the others follow.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Play only the run with this seed. What happens in a single run is printed.
    #[arg(long, value_name = "SEED")]
    pub only: Option<u64>,
    /// Run every relay as a program that is killed, and not only those of every twentieth seed.
    #[arg(long)]
    pub programs: bool,
    /// How many runs to play at once. They mostly wait.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub workers: usize,
}

/// What came of a campaign.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many runs were played.
    pub runs: u64,
    /// How many wishes were recorded more than once.
    pub doubles: usize,
    /// How many recorded wishes are not in the books.
    pub losses: usize,
    /// How many claims were wrong.
    pub wrong: usize,
    /// The table, and the logs of the runs that failed.
    pub text: String,
}

impl Options {
    /// Whether there is only one run, which is to be shown.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.only.is_some() || self.runs == 1
    }
}

impl Summary {
    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.doubles == 0 && self.losses == 0 && self.wrong == 0
    }

    /// The last line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { runs, doubles, losses, wrong, .. } = self;
        format!("{runs} runs: {doubles} doubles, {losses} losses, {wrong} wrong claims")
    }
}

/// Plays a campaign. `progress` is told after each run how many are over, and the run's seed if it failed.
///
/// # Errors
/// If a run cannot be played.
pub async fn run(options: &Options, progress: impl Fn(u64, Option<u64>)) -> Result<Summary> {
    let (first, runs) = options.only.map_or((options.seed, options.runs), |seed| (seed, 1));
    let mut server = match std::env::var(POSTGRES) {
        Ok(url) => Some(Server::connect(&url).await.with_context(|| format!("{POSTGRES}={url}"))?),
        Err(_) => None,
    };
    let most = if server.is_some() { options.workers.min(WORKERS_OF_A_SERVER) } else { options.workers };
    let todo = Todo {
        first,
        runs,
        programs: options.programs,
        next: Arc::default(),
        library: Library::new()?.into(),
    };
    let (reports, mut arriving) = mpsc::unbounded_channel();
    let mut workers = JoinSet::new();
    for _ in 0..most.clamp(1, usize::try_from(runs).unwrap_or(usize::MAX).max(1)) {
        let place = match &mut server {
            Some(server) => Some(server.database().await?),
            None => None,
        };
        workers.spawn(work(todo.clone(), place, reports.clone()));
    }
    drop(reports);
    let mut summary = Summary::default();
    let mut entries = Vec::new();
    let mut shown = 0;
    while let Some(report) = arriving.recv().await {
        let report: Report = report?;
        summary.runs += 1;
        let verdict = &report.verdict;
        progress(summary.runs, (!verdict.is_clean()).then_some(report.seed));
        summary.doubles += verdict.doubles.len();
        summary.losses += verdict.losses.len();
        summary.wrong += verdict.wrong.len();
        if !verdict.is_clean() || runs == 1 {
            shown += 1;
            if shown <= SHOWN {
                summary.text.push_str(&report.log.text());
            }
            summary.text.push_str(&format!("\nseed {}:\n", report.seed));
            let kinds = [("double", &verdict.doubles), ("loss", &verdict.losses), ("wrong", &verdict.wrong)];
            for (kind, lines) in kinds {
                for line in lines {
                    summary.text.push_str(&format!("  {kind}: {line}\n"));
                }
            }
            let programs = if options.programs { " --programs" } else { "" };
            let again = format!("  again: cargo xtask campaign --only {}{programs}\n\n", report.seed);
            summary.text.push_str(&again);
        }
        entries.extend(report.entries);
    }
    while let Some(worker) = workers.join_next().await {
        worker?;
    }
    if let Some(server) = server {
        server.end().await?;
    }
    summary.text.push_str(&table::print(&entries));
    Ok(summary)
}

/// The runs to play. Clones share them.
#[derive(Clone)]
struct Todo {
    first: u64,
    runs: u64,
    programs: bool,
    next: Arc<AtomicU64>,
    library: Arc<Library>,
}

/// Plays runs until all have been begun.
async fn work(todo: Todo, place: Option<Place>, reports: mpsc::UnboundedSender<Result<Report>>) {
    loop {
        let nth = todo.next.fetch_add(1, Ordering::Relaxed);
        if nth >= todo.runs {
            return;
        }
        let seed = todo.first.wrapping_add(nth);
        let report = run::play(seed, todo.programs, place.as_ref(), &todo.library).await;
        if reports.send(report.with_context(|| format!("the run with the seed {seed}"))).is_err() {
            return;
        }
    }
}
