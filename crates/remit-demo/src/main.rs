//! `remit-demo`: runs the page, the relay and the sandbox until Ctrl-C.
//!
//! `cargo xtask demo` builds the page and starts this program. The browser tests start it themselves.

mod host;
mod page;
mod relay;
mod stack;

use std::io::{IsTerminal as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Parser;
use remit_sandbox::Fault;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tracing_subscriber::EnvFilter;

use crate::stack::{Plan, Stack};

/// The line on standard input that ends the relay abruptly, as a crash would. It needs `--json`.
const KILL_RELAY: &str = "kill relay";

/// Serves a built page, with a relay and a sandbox behind it, until Ctrl-C.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The folder of the built page.
    #[arg(long, value_name = "DIR")]
    page: PathBuf,
    /// The port of the page; 0 for any free port.
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// The folder of the sandbox's database.
    #[arg(long, value_name = "DIR", required_unless_present = "fresh", conflicts_with = "fresh")]
    state: Option<PathBuf>,
    /// Use a new database, and remove it at the end.
    #[arg(long)]
    fresh: bool,
    /// A fault of the sandbox; repeatable.
    #[arg(long = "fault", value_name = "SPEC", long_help = Fault::help())]
    faults: Vec<Fault>,
    /// Let the relay ask for no sessions: any page of the allowed origins may use it.
    #[arg(long)]
    open: bool,
    /// Let the relay look for lost payments at once, and call them absent soon: for tests.
    #[arg(long, hide = true)]
    hasty: bool,
    /// Print one line of JSON about the stack, then read test commands from standard input.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match start(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the message cannot be written anywhere.
            let _ = writeln!(std::io::stderr(), "remit-demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let stop = stopped()?;
        tokio::select! {
            () = stop => Ok(()),
            result = run(arguments) => result,
        }
    });
    // Open requests and the thread that reads standard input must not delay the end.
    runtime.shutdown_background();
    result
}

/// Runs the stack. Returns only an error; the caller drops it to stop the stack.
async fn run(arguments: Arguments) -> Result<()> {
    let page = listen(arguments.port)?;
    if !arguments.page.join("index.html").is_file() {
        bail!("{} contains no page: run `cargo xtask build`, or omit `--no-build`", arguments.page.display());
    }
    let temporary = tempfile::tempdir().context("cannot create a temporary directory")?;
    let state = arguments.state.unwrap_or_else(|| temporary.path().to_owned());
    let plan = Plan {
        page,
        files: arguments.page,
        state,
        faults: arguments.faults,
        open: arguments.open,
        hasty: arguments.hasty,
    };
    let mut stack = Stack::start(plan).await?;
    let mut stdout = std::io::stdout();
    if arguments.json {
        writeln!(stdout, "{}", stack.summary())?;
    }
    writeln!(stdout, "Remit demo: {}", stack.page())?;
    stdout.flush()?;
    if !arguments.json {
        return stack.failed().await;
    }
    let mut commands = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = commands.next_line().await.context("cannot read standard input")? {
        if line.trim() != KILL_RELAY {
            bail!("standard input: unknown command `{line}`; the only command is `{KILL_RELAY}`");
        }
        stack.kill_relay();
    }
    stack.failed().await
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use: end the program that uses it, or choose another port, for example \
             `cargo xtask demo --port 0` for any free one"
        ),
        _ => anyhow::Error::new(error).context(format!("cannot listen on port {port}")),
    })
}

/// Resolves when the program receives a signal to end: Ctrl-C, a termination request or a closed terminal. Signals count
/// from the call of this function.
fn stopped() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let on = |kind| signal(kind).context("cannot listen for signals");
        let (mut interrupt, mut terminate, mut hang_up) =
            (on(SignalKind::interrupt())?, on(SignalKind::terminate())?, on(SignalKind::hangup())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_a_port_in_use_with_the_remedy() {
        let held = listen(0).unwrap();
        let port = held.local_addr().unwrap().port();
        let error = listen(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} is in use")) && error.contains("--port 0"), "{error}");
    }

    #[test]
    fn rejects_a_fresh_database_in_a_named_folder() {
        assert!(Arguments::try_parse_from(["remit-demo", "--page", "dist"]).is_err());
        assert!(
            Arguments::try_parse_from(["remit-demo", "--page", "dist", "--fresh", "--state", "x"]).is_err()
        );
        let both = ["remit-demo", "--page", "dist", "--fresh", "--fault", "drop-after-commit", "--port", "0"];
        assert_eq!(Arguments::try_parse_from(both).unwrap().faults.len(), 1);
    }
}
