//! Removes the secrets from the environment, where they would stay readable for as long as the relay runs: in
//! `/proc/PID/environ`, and for each program that inherits it.
//!
//! A process cannot reliably erase its own environment. So the relay executes itself again, as the same process, without
//! these variables, and passes their values through an anonymous pipe, its standard input. The kernel discards the old
//! memory.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io;

use zeroize::Zeroizing;

/// The environment, with the secrets that an earlier execution removed from it.
#[derive(Default)]
pub(crate) struct Environment {
    handed_over: BTreeMap<String, Zeroizing<String>>,
}

impl Environment {
    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        match self.handed_over.get(name) {
            Some(value) => Some(value.to_string()),
            None => env::var(name).ok(),
        }
    }
}

#[cfg(not(unix))]
impl Environment {
    /// Without a way to keep the process while replacing its program, the variables stay.
    pub(crate) fn read() -> io::Result<Self> {
        Ok(Self::default())
    }

    #[expect(clippy::unused_self, reason = "as on Unix")]
    pub(crate) fn remove(&self, _: &BTreeSet<String>) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
impl Environment {
    /// Marks an execution that finds the secrets on its standard input.
    const MARK: &'static str = "REMIT_RELAY_SECRETS_ON_STDIN";
    /// The size of a pipe's buffer, which holds the values between the two executions. [pipe(7)]
    const PIPE_BYTES: usize = 64 * 1024;

    /// Reads what an earlier execution handed over, if there was one.
    pub(crate) fn read() -> io::Result<Self> {
        use std::io::Read as _;
        use std::os::fd::AsFd as _;
        if env::var_os(Self::MARK).is_none() {
            return Ok(Self::default());
        }
        // Not through the buffer of the standard library, which would keep a copy. Allocated at once for the same reason.
        let mut pipe = std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::PIPE_BYTES + 1));
        pipe.read_to_end(&mut bytes)?;
        let text = str::from_utf8(&bytes).map_err(io::Error::other)?;
        let pairs = text.split_terminator('\0').filter_map(|pair| pair.split_once('='));
        let handed_over = pairs.map(|(name, value)| (name.to_owned(), Zeroizing::new(value.to_owned())));
        Ok(Self { handed_over: handed_over.collect() })
    }

    /// Removes these variables from the environment, by executing the program again. Returns if there is nothing to
    /// remove, or if it fails.
    pub(crate) fn remove(&self, names: &BTreeSet<String>) -> io::Result<()> {
        use std::os::unix::process::CommandExt as _;
        use std::process::{Command, Stdio};
        if names.iter().all(|name| self.handed_over.contains_key(name)) {
            return Ok(());
        }
        let mut arguments = env::args_os();
        let mut command = Command::new(env::current_exe()?);
        if let Some(name) = arguments.next() {
            command.arg0(name);
        }
        command.args(arguments).env(Self::MARK, "1");
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::PIPE_BYTES));
        for name in names {
            let Some(value) = self.get(name).map(Zeroizing::new) else { continue };
            for part in [name.as_str(), "=", value.as_str(), "\0"] {
                bytes.extend_from_slice(part.as_bytes());
            }
            command.env_remove(name);
        }
        command.stdin(Stdio::from(filled(&bytes)?));
        Err(command.exec())
    }
}

/// A pipe that holds these bytes.
#[cfg(unix)]
fn filled(bytes: &[u8]) -> io::Result<io::PipeReader> {
    use std::io::Write as _;
    let (reader, mut writer) = io::pipe()?;
    // Nobody reads until the next execution: writing more than the pipe holds would wait forever.
    rustix::io::ioctl_fionbio(&writer, true)?;
    writer.write_all(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            io::Error::other("the secrets in the environment are too long; put them into files")
        }
        _ => error,
    })?;
    Ok(reader)
}
