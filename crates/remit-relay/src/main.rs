//! `remit-relay` forwards payments to the providers, with the credentials that a browser must never have.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use remit_relay::{Config, Relay, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Forwards checked payments to the providers, and adds the credentials that a browser must never have.
///
/// The relay does not authenticate its callers: any client that reaches it can record payments. allow_origins only stops
/// browsers from using it for other pages. Bind it to loopback, or put it behind a proxy that authenticates.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file: the connections, and the origins of the pages that may use them.
    #[arg(long, value_name = "PATH", default_value = "remit.toml")]
    config: PathBuf,
    /// The address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9100")]
    listen: String,
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
    let config = Config::read(&arguments.config)
        .map_err(|error| format!("{}: {error}", arguments.config.display()))?;
    let relay = Relay::new(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = &arguments.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        let stop = stopped()?;
        let mut stdout = io::stdout();
        writeln!(stdout, "remit-relay listening on http://{}", listener.local_addr()?)?;
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
