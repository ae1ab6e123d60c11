//! `remit-sandbox` serves the emulated providers on one address.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use remit_sandbox::{Fault, Sandbox, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Emulates the providers that Remit supports over HTTP, with books in SQLite.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    listen: String,
    /// The database; created and filled with example invoices if it does not exist.
    #[arg(long, value_name = "PATH", required_unless_present = "describe")]
    db: Option<PathBuf>,
    /// A fault to simulate, such as drop-after-commit or status=503*2; repeatable; --help lists all kinds.
    #[arg(long = "fault", value_name = "SPEC", long_help = Fault::help())]
    faults: Vec<Fault>,
    /// Print the paths, keys, invoices and bank transactions as JSON, and exit. Without --db, print those of new books.
    #[arg(long)]
    describe: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error fails, there is no other place to report the error.
            let _ = writeln!(io::stderr(), "remit-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();
    let sandbox = Sandbox::open(arguments.db.as_deref())?;
    let mut stdout = io::stdout();
    if arguments.describe {
        writeln!(stdout, "{}", sandbox.describe()?.print())?;
        return Ok(stdout.flush()?);
    }
    sandbox.set_faults(arguments.faults);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = &arguments.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        let stop = stopped()?;
        writeln!(stdout, "remit-sandbox listening on http://{}", listener.local_addr()?)?;
        stdout.flush()?;
        serve(listener, sandbox, stop).await;
        Ok(())
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
