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

/// The parsed file, before validation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The origins of the pages that may use the relay from a browser.
    #[serde(default)]
    allow_origins: Vec<String>,
    /// Host names under which the relay answers, in addition to this machine's.
    #[serde(default)]
    allow_hosts: Vec<String>,
    #[serde(default = "connect_timeout")]
    connect_timeout_seconds: u64,
    #[serde(default = "timeout")]
    timeout_seconds: u64,
    /// Whether `HTTPS_PROXY` and the like apply.
    #[serde(default)]
    proxy_from_environment: bool,
    /// The operator's e-mail address or link. Some providers require it in `User-Agent`.
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

/// An invalid configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// Invalid TOML, or a key that is missing, unknown or of the wrong type. The message does not quote the line, since
    /// it may contain a secret that was written there by mistake.
    #[error("line {line}: {message}")]
    Toml {
        /// The line, counted from 1.
        line: usize,
        /// The parser's message.
        message: String,
    },
    /// An entry of `allow_origins` that is not an origin.
    #[error(
        "allow_origins: `{0}` is not an origin: write only scheme, host and port, as in https://shop.example or http://127.0.0.1:8080"
    )]
    Origin(String),
    /// A timeout outside the permitted range.
    #[error("{key}: write a whole number of seconds from 1 to {LONGEST_TIMEOUT}")]
    Timeout {
        /// The timeout's key.
        key: &'static str,
    },
    /// A contact that `User-Agent` cannot contain.
    #[error(
        "contact: write the e-mail address or the link of the relay's operator, in ASCII without spaces, brackets and backslashes"
    )]
    Contact,
    /// A configuration without connections.
    #[error(
        "connections: none is defined; start one with [connections.NAME], then add provider and base_url"
    )]
    NoConnection,
    /// An invalid connection.
    #[error("connections.{name}: {source}")]
    Connection {
        /// The connection's name.
        name: String,
        /// The error in it.
        source: ConnectionError,
    },
}

/// A valid configuration. Every connection has the secrets that it needs.
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
    /// Reads a configuration file. Secrets come from the environment, or from files relative to the configuration's folder.
    ///
    /// # Errors
    /// [`ConfigError`] names the key and the remedy.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        let directory = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, directory, &|name| std::env::var(name).ok())
    }

    /// Parses the text of a configuration. `environment` looks up environment variables; relative paths start at
    /// `directory`.
    ///
    /// # Errors
    /// [`ConfigError`] names the key and the remedy.
    ///
    /// ```
    /// use remit_relay::Config;
    ///
    /// let text = r#"
    ///     [connections.books]
    ///     provider = "nobody"
    ///     base_url = "https://api.example"
    /// "#;
    /// let error = Config::parse(text, ".".as_ref(), &|_| None).err().ok_or("accepted an unknown provider")?;
    /// assert!(error.to_string().starts_with("connections.books: provider: `nobody` is unknown; use one of: "));
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
        let connections = file.connections.into_iter().map(|(name, table)| {
            Connection::new(name.clone(), table, sources)
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

/// Checks that a comment of `User-Agent` can contain the contact. [RFC 9110, 5.6.5]
fn contact(text: String) -> Result<String, ConfigError> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'\\'));
    if plain && !text.is_empty() { Ok(text) } else { Err(ConfigError::Contact) }
}

/// Checks that the text is an origin exactly as a browser writes it. [RFC 6454, 6.2]
fn origin(text: &str) -> Result<HeaderValue, ConfigError> {
    let invalid = || ConfigError::Origin(text.to_owned());
    let url = Url::parse(text).map_err(|_| invalid())?;
    let is_exact = matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text;
    // A host with an asterisk parses, but it is not a wildcard: it would match no page.
    let is_exact = is_exact && !text.contains('*');
    HeaderValue::from_str(text).ok().filter(|_| is_exact).ok_or_else(invalid)
}
