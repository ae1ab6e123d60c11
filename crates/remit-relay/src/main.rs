//! `remit-relay` forwards payments to the providers, with the credentials that a browser must never have.

mod handover;
mod hardening;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use handover::Environment;
use remit_relay::{Config, Pace, Relay, Rig, raise_open_files_limit, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Forwards checked payments to the providers, and adds the credentials that a browser must never have.
///
/// Callers need a session if the configuration has [session_keys]. Without sessions, the relay listens only on loopback,
/// unless open = true says that a proxy in front of it authenticates the callers.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file: the connections, and the origins of the pages that may use them.
    #[arg(long, value_name = "PATH", default_value = "remit.toml")]
    config: PathBuf,
    /// The address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9100")]
    listen: String,
    /// Look for unknown changes at the pace of tests. Only for sandboxes: a provider may show a record later than that.
    #[arg(long, hide = true)]
    hasty: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error fails, there is no other place to report the error.
            let _ = writeln!(io::stderr(), "remit-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();
    hardening::apply();
    let environment = Environment::read()?;
    let config = Config::read_with(&arguments.config, &|name| environment.get(name))
        .map_err(|error| format!("the configuration is invalid\n{error}"))?;
    environment
        .remove(config.secret_variables())
        .map_err(|error| format!("cannot remove the secrets from the environment: {error}"))?;
    if arguments.hasty && !config.is_sandbox() {
        return Err("--hasty needs sandbox = true in the configuration".into());
    }
    let pace = if arguments.hasty { Pace::HASTY } else { Pace::default() };
    raise_open_files_limit();
    config.log_exceptions();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let scheme = if config.serves_https() { "https" } else { "http" };
        let relay = Relay::open_with(config, Rig { pace, ..Rig::default() }).await?;
        let address = &arguments.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        let stop = stopped()?;
        let mut stdout = io::stdout();
        writeln!(stdout, "remit-relay listening on {scheme}://{}", listener.local_addr()?)?;
        stdout.flush()?;
        Ok(serve(listener, relay, stop).await?)
    })
}

/// A future that is ready when the program is asked to stop. The signal handlers are installed before this returns.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a handler the program cannot be asked to stop: keep running.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
