//! `cargo xtask demo`

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;

use anyhow::{Result, bail};
use tokio::runtime::Builder;

use crate::args::Args;
use crate::process::{Program, cargo, command};
use crate::stack::{self, Plan, Stack};
use crate::stop::Stop;
use crate::workspace::TempDir;

pub(crate) const OPTIONS: &str = "[--port N] [--state DIR | --fresh] [--no-build] [--fault SPEC]... [--json]";
pub(crate) const ABOUT: &str = "Runs the page, the relay and the sandbox until Ctrl-C.\n\
    --port N      where the page is; 8080 unless told, 0 for any free port\n\
    --state DIR   where the database and the relay's configuration live; target/demo unless told\n\
    --fresh       a new empty database, which goes away at the end\n\
    --no-build    the page in dist/ as it is\n\
    --fault SPEC  a fault that the sandbox shall show (see `remit-sandbox --help`)\n\
    --json        one line of JSON about the stack, before the line with the page's address";

const DEFAULT_PORT: u16 = 8080;

#[derive(Debug)]
struct Options {
    port: u16,
    state: Option<PathBuf>,
    fresh: bool,
    build: bool,
    faults: Vec<String>,
    json: bool,
}

impl Options {
    fn read(mut args: Args) -> Result<Self> {
        let options = Self {
            port: args.value("--port")?.unwrap_or(DEFAULT_PORT),
            state: args.value("--state")?,
            fresh: args.flag("--fresh"),
            build: !args.flag("--no-build"),
            faults: args.values("--fault")?,
            json: args.flag("--json"),
        };
        args.finish()?;
        if options.fresh && options.state.is_some() {
            bail!("`--fresh` makes its own directory: leave `--state` out, or leave `--fresh` out");
        }
        Ok(options)
    }
}

pub(crate) fn run(args: Args) -> Result<()> {
    let options = Options::read(args)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut stop = Stop::listen()?;
        // Whichever comes first: the other is dropped, and with it all that it had started.
        tokio::select! {
            biased;
            () = stop.asked() => {
                eprintln!("stopped");
                Ok(())
            }
            result = demo(options) => result,
        }
    })
}

/// Ends only by failing, or by being dropped.
async fn demo(options: Options) -> Result<()> {
    let page = listen(options.port)?;
    if options.build {
        eprintln!("building the page");
        let mut build = command(std::env::current_exe()?);
        Program::start("cargo xtask build", build.arg("build").stdout(std::io::stderr()))?
            .succeeded()
            .await?;
    }
    let dist = stack::built_page()?;
    eprintln!("building the sandbox and the relay");
    let mut build = cargo();
    build.args(["build", "--quiet"]).args(stack::PACKAGES).stdout(std::io::stderr());
    Program::start("cargo build", &mut build)?.succeeded().await?;

    let fresh = options.fresh.then(|| TempDir::new(&stack::default_state()?, "fresh")).transpose()?;
    let state = match (&fresh, options.state) {
        (Some(fresh), _) => fresh.path().to_owned(),
        (None, Some(state)) => state,
        (None, None) => stack::default_state()?,
    };
    let mut stack = Stack::start(Plan { page, dist, state, faults: options.faults }).await?;
    let mut stdout = std::io::stdout().lock();
    if options.json {
        writeln!(stdout, "{}", stack.summary())?;
    }
    writeln!(stdout, "Remit demo: {}", stack.page())?;
    stdout.flush()?;
    drop(stdout);
    eprintln!("Ctrl-C stops it");
    Err(stack.broken().await)
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            let other = port.checked_add(1).unwrap_or(DEFAULT_PORT);
            anyhow::anyhow!(
                "port {port} is in use: stop what holds it, or take another: cargo xtask demo --port {other} \
                 (0 takes any free one)"
            )
        } else {
            anyhow::Error::new(error).context(format!("cannot listen on port {port}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Result<Options> {
        Options::read(Args::new("demo", OPTIONS, words.iter().map(|word| (*word).to_owned()).collect()))
    }

    #[test]
    fn reads_its_options() {
        let plain = options(&[]).unwrap();
        assert_eq!((plain.port, plain.build, plain.fresh, plain.json), (8080, true, false, false));
        let all =
            options(&["--port", "0", "--fresh", "--no-build", "--fault", "a", "--fault", "b", "--json"])
                .unwrap();
        assert_eq!((all.port, all.build, all.fresh, all.json), (0, false, true, true));
        assert_eq!(all.faults, ["a", "b"]);
        let error = options(&["--fresh", "--state", "x"]).unwrap_err().to_string();
        assert!(error.contains("leave `--state` out"), "{error}");
    }

    #[test]
    fn a_port_in_use_is_told_with_the_remedy() {
        let held = listen(0).unwrap();
        let port = held.local_addr().unwrap().port();
        let error = listen(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} is in use")) && error.contains("--port"), "{error}");
    }
}
