//! The relay's program, with its log.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use remit_core::Provider;

use super::{canary, secrets};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_remit-relay");

pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) url: String,
    /// Reads the log all the time, because the program waits while the pipe is full.
    log: Option<JoinHandle<String>>,
    config: PathBuf,
}

impl Program {
    pub(crate) fn start(toml: &str, name: &str, log: &str) -> Self {
        Self::start_after("true", toml, name, log)
    }

    /// Starts the program in a shell, after a command such as `ulimit`.
    pub(crate) fn start_after(shell: &str, toml: &str, name: &str, log: &str) -> Self {
        let config =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.toml", std::process::id()));
        std::fs::write(&config, toml).unwrap();
        // A shell drops variables with a `-` in their names, so `env` sets them.
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} && exec env \"$@\""), "sh"]);
        for provider in Provider::ALL {
            for secret in secrets(provider) {
                command.arg(format!("{}-{secret}={}", provider.id, canary(provider, secret)));
            }
        }
        command.arg(PROGRAM).arg("--config").arg(&config).args(["--listen", "127.0.0.1:0"]);
        command.env("RUST_LOG", log);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("remit-relay listening on ").unwrap().to_owned();
        let mut stderr = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        Self { child, url, log: Some(log), config }
    }

    /// The address on which the program listens.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the program to exit successfully, and returns its log.
    pub(crate) fn wait(mut self) -> String {
        let log = self.log.take().unwrap().join().unwrap();
        assert!(self.child.wait().unwrap().success());
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.config);
    }
}
