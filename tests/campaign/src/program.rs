//! A relay as a program of its own, which is killed: by SIGKILL at any time, or by itself at a named point.
//!
//! The program is `remit-relay`. To crash at a named point, it is this one, with the command `relay`: the same relay with
//! points to crash at.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use remit_relay::POINTS;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::crash::Crash;
use crate::relay;
use crate::setup::{ProgramSetup, Setup};

/// The options of the command `relay`.
#[derive(Debug, Clone, Args)]
pub struct Alone {
    /// The configuration.
    #[arg(long)]
    config: PathBuf,
    /// The point to crash at.
    #[arg(long)]
    crash: Option<String>,
    /// At which passing of the point.
    #[arg(long, default_value_t = 1)]
    nth: u32,
    /// To stand still for so many milliseconds, and not to crash.
    #[arg(long)]
    pause: Option<u64>,
}

/// Serves a relay until it is killed.
///
/// # Errors
/// If the relay cannot be opened.
pub async fn serve_alone(options: &Alone) -> Result<()> {
    let toml = std::fs::read_to_string(&options.config)?;
    let point = options.crash.as_ref().and_then(|name| POINTS.into_iter().find(|point| point == name));
    let crash = point.map(|point| match options.pause {
        None => Crash::At(point, options.nth),
        Some(ms) => Crash::Pause(point, options.nth, Duration::from_millis(ms)),
    });
    // Nothing is flushed, and no destructor runs.
    let stop = Some(relay::stop_at(crash, || false, |_| std::process::abort()));
    let environment = |name: &str| std::env::var(name).ok();
    let (relay, listener, address) = relay::open(&toml, &environment, stop).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{address}")?;
    stdout.flush()?;
    // The campaign holds the other end: the relay does not survive it.
    let orphaned = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    tokio::select! {
        served = remit_relay::serve(listener, relay, std::future::pending()) => Ok(served?),
        _ = orphaned => std::process::exit(1),
    }
}

/// A running program.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Its input, which tells it that the campaign is still there.
    _input: Option<ChildStdin>,
}

impl Program {
    pub(crate) async fn start(
        setup: &Setup,
        program: &ProgramSetup,
        crash: Option<Crash>,
        name: &str,
    ) -> Result<Self> {
        let config = program.folder.join(format!("{name}.toml"));
        std::fs::write(&config, &setup.toml)?;
        let this = std::env::current_exe()?;
        let mut command = if let Some(Crash::At(point, nth) | Crash::Pause(point, nth, _)) = crash {
            let mut command = Command::new(this);
            command.args(["relay", "--crash", point, "--nth", &nth.to_string()]);
            command
        } else {
            let mut command = Command::new(this.with_file_name("remit-relay"));
            command.args(["--hasty", "--listen", "127.0.0.1:0"]).env("RUST_LOG", "off");
            command
        };
        if let Some(Crash::Pause(.., time)) = crash {
            command.args(["--pause", &time.as_millis().to_string()]);
        }
        command.arg("--config").arg(config);
        command.envs(setup.secrets.iter().map(|(name, value)| (name, value)));
        if let Some(power) = &program.power {
            command.envs(power.environment());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start a relay: is remit-relay built?")?;
        let stdout = child.stdout.take().context("the relay has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await?;
        let address = line.trim().rsplit('/').next().unwrap_or_default();
        let address = address.parse().with_context(|| format!("the relay printed `{line}`"))?;
        // Waiting for the child would close its input.
        let input = child.stdin.take();
        Ok(Self { address, child, _input: input })
    }

    /// Waits for the crash.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        self.child.wait().await?;
        Ok(())
    }

    /// Kills it with SIGKILL.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
