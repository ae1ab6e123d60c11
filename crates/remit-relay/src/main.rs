//! `remit-relay`: forwards payments to the providers, with the credentials that a browser must never hold.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use remit_relay::{Config, Relay, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Forwards checked payments to the providers, and adds the credentials that a browser must never hold.
///
/// It authenticates no caller: whoever reaches it can record payments, unless a browser says that the page is of an
/// origin which allow_origins does not list. Let it listen on loopback, or put it behind something that authenticates.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The connections, and the origins whose pages may use them.
    #[arg(long, value_name = "PATH", default_value = "remit.toml")]
    config: PathBuf,
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9100")]
    listen: String,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody to tell when this fails.
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

/// Ready once the program is asked to end. Asking is heard from the moment that this returns.
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
        // Without a handler there is nothing to wait for, and nothing to do but to run on.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
