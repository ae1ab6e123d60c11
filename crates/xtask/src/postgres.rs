//! A PostgreSQL server of its own for the tests of the relay's store.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Cmd, Shell, cmd};

use crate::shell::cargo;
use crate::{campaign, tools};

/// The environment variable in which the tests find the server.
const ADDRESS: &str = "REMIT_TEST_POSTGRES";
/// The user that a server runs as if the tests run as root, which PostgreSQL refuses.
const USER: &str = "postgres";

/// The runs of the campaign with the server.
const RUNS: u64 = 100;

/// Runs the tests of the relay that need the server, and a campaign.
pub(crate) fn test(sh: &Shell) -> Result<()> {
    let server = Server::start(sh)?;
    let tests = "test --locked --package remit-relay --lib -- --ignored";
    cargo(sh, tests).env(ADDRESS, &server.address).run()?;
    // Two and three relays on one database, which crash at random.
    let _address = sh.push_env(ADDRESS, &server.address);
    campaign::run(sh, &campaign::Options::new(RUNS))
}

/// A running server. It stops when this is dropped.
pub(crate) struct Server<'a> {
    sh: &'a Shell,
    programs: PathBuf,
    data: PathBuf,
    folder: tempfile::TempDir,
    /// The address of its first database.
    pub(crate) address: String,
}

impl<'a> Server<'a> {
    /// Creates a server's files in a temporary folder, and starts it on loopback.
    pub(crate) fn start(sh: &'a Shell) -> Result<Self> {
        let programs = tools::postgres(sh)?;
        let folder = tempfile::tempdir()?;
        // The server may run as another user.
        open(folder.path())?;
        let data = folder.path().join("data");
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("postgres://{USER}@127.0.0.1:{port}/{USER}");
        let server = Self { sh, programs, data, folder, address };
        let data = &server.data;
        server
            .program("initdb")?
            .args(["--auth", "trust", "--username", USER, "-D"])
            .arg(data)
            .quiet()
            .ignore_stdout()
            .run()?;
        let log = server.folder.path().join("log");
        let sockets = server.folder.path().display();
        let options = format!("-p {port} -k {sockets} -c listen_addresses=127.0.0.1 -c max_connections=300");
        let start =
            server.program("pg_ctl")?.arg("-D").arg(data).args(["-w", "-o", &options, "-l"]).arg(&log);
        start.arg("start").quiet().ignore_stdout().run().with_context(|| {
            format!("PostgreSQL did not start: {}", fs::read_to_string(&log).unwrap_or_default())
        })?;
        Ok(server)
    }

    /// A program of PostgreSQL, as a user that may run it.
    fn program(&self, name: &str) -> Result<Cmd<'a>> {
        let program = self.programs.join(name);
        ensure!(program.is_file(), "{} is missing", program.display());
        let sh = self.sh;
        Ok(if tools::is_root(sh)? {
            cmd!(sh, "runuser -u {USER} -- {program}")
        } else {
            cmd!(sh, "{program}")
        })
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        if let Ok(stop) = self.program("pg_ctl") {
            let stop =
                stop.arg("-D").arg(&self.data).args(["-m", "immediate", "stop"]).quiet().ignore_stdout();
            if let Err(error) = stop.run() {
                eprintln!("PostgreSQL is still running: {error}");
            }
        }
    }
}

/// Lets other users write to a folder.
fn open(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
