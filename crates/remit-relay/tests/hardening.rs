//! The program keeps its secrets out of its environment, its arguments and core dumps.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use remit_core::Provider;
use support::{Upstream, canary, payment, says, send, toml};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_remit-relay");
/// A user without privileges.
const UNPRIVILEGED: u32 = 65_534;

struct Program {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Program {
    fn start(toml: &str, arrange: impl FnOnce(&mut Command)) -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("remit.toml");
        fs::write(&config, toml).unwrap();
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg("--config").arg(&config).args(["--listen", "127.0.0.1:0"]).env("KEPT", "kept-value");
        for provider in Provider::ALL {
            for secret in support::secrets(provider) {
                command.env(format!("{}-{secret}", provider.id), canary(provider, secret));
            }
        }
        arrange(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("remit-relay listening on ") else {
            let mut log = String::new();
            child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
            panic!("{line}{log}");
        };
        Self { url: url.to_owned(), child, _folder: folder }
    }

    fn process(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }

    /// Ends the program and returns its log.
    fn log(mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answers() -> Upstream {
    Upstream::start(says("201 Created", &["Content-Type: application/json"], ""))
}

/// The file's content; `None` if it is hidden from this user.
fn content(path: &str) -> Option<Vec<u8>> {
    match fs::read(path) {
        Ok(content) => Some(content),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => None,
        Err(error) => panic!("{path}: {error}"),
    }
}

#[tokio::test]
async fn secrets_of_the_environment_are_in_neither_the_environment_nor_the_arguments_and_still_work() {
    let upstream = answers();
    drop(support::relay(&toml(upstream.address)).await);
    let program = Program::start(&toml(upstream.address), |_| {});
    let arguments = content(&program.process("cmdline")).unwrap();
    let arguments = String::from_utf8(arguments).unwrap();
    assert!(arguments.starts_with(PROGRAM) && arguments.contains("--config"), "{arguments}");
    assert!(!arguments.contains("canary"), "{arguments}");
    assert_eq!(fs::read_to_string(program.process("comm")).unwrap().trim(), "remit-relay");
    // Only a privileged user can read the environment at all.
    if let Some(environment) = content(&program.process("environ")) {
        let environment = String::from_utf8(environment).unwrap();
        assert!(environment.contains("KEPT=kept-value"), "a variable without a secret is gone");
        assert!(!environment.contains("canary"), "a secret is in the environment");
        // The pipe that passed the secrets is empty, and nobody writes to it.
        assert_eq!(content(&program.process("fd/0")).unwrap(), b"");
    }
    for provider in Provider::ALL {
        let reply = send(&program.url, provider, &payment(provider)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
    }
    let sent = upstream.requests();
    let provider = Provider::ALL[0];
    let secret = canary(provider, support::secrets(provider)[0]);
    assert!(sent.iter().any(|request| request.contains(&secret)), "{sent:?}");
}

#[tokio::test]
async fn core_dumps_are_off_and_other_processes_cannot_read_the_memory() {
    let upstream = answers();
    let program = Program::start(&toml(upstream.address), |command| {
        // A process may give up privileges: then its files in /proc are its own, unless it hides them.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
    });
    let limits = fs::read_to_string(program.process("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
    // The kernel gives the files of a process that hides its memory to root. [PR_SET_DUMPABLE(2const); proc(5)]
    let status = fs::read_to_string(program.process("status")).unwrap();
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap();
    assert_eq!(fs::metadata(program.process("mem")).unwrap().uid(), 0);
    let user = user.split_whitespace().next().unwrap();
    assert_ne!(user, "0");
    let mut sleeping = Command::new("sleep").arg("30").uid(user.parse().unwrap()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    let shown = fs::metadata(format!("/proc/{}/mem", sleeping.id())).map(|metadata| metadata.uid());
    sleeping.kill().unwrap();
    sleeping.wait().unwrap();
    assert_ne!(shown.unwrap(), 0, "an ordinary process does not hide its memory");
}

#[tokio::test]
async fn the_log_says_that_payments_in_a_sandbox_are_not_real_and_names_gateways() {
    let upstream = answers();
    let log = Program::start(&toml(upstream.address), |_| {}).log();
    assert!(log.contains("WARN") && log.contains("payments do not go to a real provider"), "{log}");
    let mut toml = "store = \":memory:\"\n".to_owned();
    let provider = Provider::ALL[0];
    toml.push_str(&format!(
        "[connections.till]\nprovider = \"{}\"\nbase_url = \"https://gateway.example/x\"\ngateway = true\n\
         [connections.till.secrets]\n",
        provider.id
    ));
    for secret in support::secrets(provider) {
        toml.push_str(&format!("{secret} = {{ env = \"{}-{secret}\" }}\n", provider.id));
    }
    let log = Program::start(&toml, |_| {}).log();
    assert!(log.contains("gateway.example") && log.contains("connection=\"till\""), "{log}");
    assert!(!log.contains("real provider"), "{log}");
}
