//! `remit-sandbox`: the emulated providers, on an address.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use remit_sandbox::{Fault, Sandbox, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The providers that Remit knows, emulated on the wire with books in SQLite.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    listen: String,
    /// The database: made and seeded when it is missing.
    #[arg(long, value_name = "PATH", required_unless_present = "describe")]
    db: Option<PathBuf>,
    /// A fault to show, such as drop-after-commit or status=503*2: --help lists them.
    #[arg(long = "fault", value_name = "SPEC", long_help = Fault::help())]
    faults: Vec<Fault>,
    /// Print what is in the books and how to sign in, as JSON, and end. Without --db, what new books hold.
    #[arg(long)]
    describe: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody to tell when this fails.
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
