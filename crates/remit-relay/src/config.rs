//! The configuration: `remit.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::HeaderValue;
use reqwest::Url;
use serde::Deserialize;
use toml::Table;

use crate::connection::{Connection, ConnectionError};
use crate::secret::Sources;

const CONNECT_TIMEOUT: u64 = 5;
const TIMEOUT: u64 = 30;
const LONGEST_TIMEOUT: u64 = 600;

/// The file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The pages that may use the relay from a browser.
    #[serde(default)]
    allow_origins: Vec<String>,
    /// The names that the relay goes by, beside those of this machine.
    #[serde(default)]
    allow_hosts: Vec<String>,
    #[serde(default = "connect_timeout")]
    connect_timeout_seconds: u64,
    #[serde(default = "timeout")]
    timeout_seconds: u64,
    /// Whether `HTTPS_PROXY` and its kin are heeded.
    #[serde(default)]
    proxy_from_environment: bool,
    /// Where whoever runs the relay is reached. Some providers want to read it in `User-Agent`.
    contact: Option<String>,
    #[serde(default)]
    connections: BTreeMap<String, Table>,
}

fn connect_timeout() -> u64 {
    CONNECT_TIMEOUT
}

fn timeout() -> u64 {
    TIMEOUT
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, or a key that is missing, unknown or of the wrong kind. The line itself is not shown: a secret may have
    /// been written there by mistake.
    #[error("line {line}: {message}")]
    Toml {
        /// Where.
        line: usize,
        /// What.
        message: String,
    },
    /// Not an origin.
    #[error(
        "allow_origins: `{0}` is not an origin: write scheme, host and port alone, as in https://shop.example or http://127.0.0.1:8080"
    )]
    Origin(String),
    /// A time limit that would stop everything, or nothing.
    #[error("{key}: write a whole number of seconds from 1 to {LONGEST_TIMEOUT}")]
    Timeout {
        /// Which one.
        key: &'static str,
    },
    /// Not what `User-Agent` can carry.
    #[error(
        "contact: write the e-mail address or the link at which whoever runs this relay is reached, without brackets"
    )]
    Contact,
    /// Nothing to relay to.
    #[error("connections: there is none; begin one with [connections.NAME], then provider and base_url")]
    NoConnection,
    /// A connection that cannot be used.
    #[error("connections.{name}: {source}")]
    Connection {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: ConnectionError,
    },
}

/// A configuration that can be used: every connection's secrets are there.
pub struct Config {
    pub(crate) origins: Vec<HeaderValue>,
    pub(crate) hosts: Vec<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) proxy_from_environment: bool,
    pub(crate) contact: Option<String>,
    pub(crate) connections: Vec<Connection>,
}

impl Config {
    /// Reads a file. Secrets are taken from the environment, or from files beside it.
    ///
    /// # Errors
    /// [`ConfigError`] names the key and what to write.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        let directory = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, directory, &|name| std::env::var(name).ok())
    }

    /// Reads the text of a configuration; `environment` stands for the environment's variables, and relative paths
    /// begin in `directory`.
    ///
    /// # Errors
    /// [`ConfigError`] names the key and what to write.
    ///
    /// ```
    /// use remit_relay::Config;
    ///
    /// let text = r#"
    ///     [connections.books]
    ///     provider = "nobody"
    ///     base_url = "https://api.example"
    /// "#;
    /// let error = Config::parse(text, ".".as_ref(), &|_| None).err().ok_or("a provider that is not there")?;
    /// assert!(error.to_string().starts_with("connections.books: provider: there is no `nobody`; write one of: "));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn parse(
        text: &str,
        directory: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            ConfigError::Toml { line: before.matches('\n').count() + 1, message: error.message().to_owned() }
        })?;
        let seconds = |key, seconds| match seconds {
            1..=LONGEST_TIMEOUT => Ok(Duration::from_secs(seconds)),
            _ => Err(ConfigError::Timeout { key }),
        };
        let sources = Sources { environment, directory };
        let connections = file.connections.into_iter().map(|(name, written)| {
            Connection::new(name.clone(), written, sources)
                .map_err(|source| ConfigError::Connection { name, source })
        });
        let config = Self {
            hosts: file.allow_hosts,
            origins: file.allow_origins.iter().map(|text| origin(text)).collect::<Result<_, _>>()?,
            connect_timeout: seconds("connect_timeout_seconds", file.connect_timeout_seconds)?,
            timeout: seconds("timeout_seconds", file.timeout_seconds)?,
            proxy_from_environment: file.proxy_from_environment,
            contact: file.contact.map(contact).transpose()?,
            connections: connections.collect::<Result<_, _>>()?,
        };
        if config.connections.is_empty() { Err(ConfigError::NoConnection) } else { Ok(config) }
    }
}

/// What can stand between the brackets of a comment. [RFC 9110, 5.6.5]
fn contact(text: String) -> Result<String, ConfigError> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'\\'));
    if plain && !text.is_empty() { Ok(text) } else { Err(ConfigError::Contact) }
}

/// An origin exactly as a browser writes it. [RFC 6454, 6.2]
fn origin(text: &str) -> Result<HeaderValue, ConfigError> {
    let not = || ConfigError::Origin(text.to_owned());
    let url = Url::parse(text).map_err(|_| not())?;
    let same = matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text;
    // A host with an asterisk parses, and no page has one: whoever writes it means more than the one that it would match.
    let same = same && !text.contains('*');
    HeaderValue::from_str(text).ok().filter(|_| same).ok_or_else(not)
}
