//! The configuration: `remit.toml`.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use axum::http::HeaderValue;
use reqwest::Url;

use crate::connection::Connection;
use crate::document::{self, Section, Text};
use crate::mistake::{ConfigError, Mistakes};
use crate::secret::Sources;
use crate::session::{self, Sessions};
use crate::settings::{self, Settings};
use crate::timeouts::{self, Timeouts};
use crate::tls;

/// The keys at the top of the file, except for those of [`settings`] and [`timeouts`].
const KEYS: &[&str] = &[
    "allow_origins",
    "allow_hosts",
    "contact",
    "proxy_from_environment",
    "sandbox",
    "tls",
    "session_keys",
    "servers",
    "connections",
];

/// A valid configuration. Every connection has the secrets that it needs.
pub struct Config {
    pub(crate) origins: Vec<HeaderValue>,
    pub(crate) hosts: Vec<String>,
    pub(crate) timeouts: Timeouts,
    /// Whether `HTTPS_PROXY` and the like apply.
    pub(crate) proxy_from_environment: bool,
    pub(crate) contact: Option<String>,
    /// Whether no payment of this relay is real.
    pub(crate) sandbox: bool,
    pub(crate) settings: Settings,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    pub(crate) connections: Vec<Connection>,
    /// What callers need to be permitted anything; absent if the relay asks for no session.
    pub(crate) sessions: Option<Sessions>,
    variables: BTreeSet<String>,
}

impl Config {
    /// Reads a configuration file. Secrets come from the environment, or from files relative to the configuration's folder.
    ///
    /// # Errors
    /// [`ConfigError`] lists every mistake with its place, its key and the remedy.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::read_with(path, &|name| std::env::var(name).ok())
    }

    /// Reads a configuration file, like [`Config::read`]. `environment` looks up environment variables.
    ///
    /// # Errors
    /// [`ConfigError`] lists every mistake with its place, its key and the remedy.
    pub fn read_with(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        let directory = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self::parse(&text, directory.unwrap_or(Path::new(".")), environment)
            .map_err(|error| error.in_file(path))
    }

    /// Parses the text of a configuration. `environment` looks up environment variables; relative paths start at
    /// `directory`.
    ///
    /// # Errors
    /// [`ConfigError`] lists every mistake with its place, its key and the remedy.
    ///
    /// ```
    /// use remit_relay::Config;
    ///
    /// let text = "timeout_seconds = '30'\n\n[connections.books]\nprovider = 'unknown'\n";
    /// let error = Config::parse(text, ".".as_ref(), &|_| None).err().ok_or("accepted an unknown provider")?;
    /// let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    /// assert_eq!(lines[0], "1:19: timeout_seconds: write a whole number, as in timeout_seconds = 30");
    /// assert!(lines[1].starts_with("4:12: connections.books.provider: unknown provider; use one of: "));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn parse(
        text: &str,
        directory: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut mistakes = Mistakes::in_text(text);
        let sources = Sources::new(environment, directory);
        let document = document::parse(text, &mut mistakes);
        let config = document.map(|document| Self::of(&Section::root(&document), sources, &mut mistakes));
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ => Err(mistakes.into_error()),
        }
    }

    /// Reads the document. Mistakes that were added make the result meaningless.
    fn of(root: &Section<'_>, sources: Sources<'_>, mistakes: &mut Mistakes<'_>) -> Self {
        root.only(&[KEYS, settings::KEYS, timeouts::KEYS].concat(), mistakes);
        let sandbox = root.flag("sandbox", mistakes);
        let origins = root.texts("allow_origins", "\"https://books.example\"", mistakes).unwrap_or_default();
        let hosts = root.texts("allow_hosts", "\"books.example\"", mistakes).unwrap_or_default();
        let contact = root.text("contact", "\"ops@books.example\"", mistakes);
        Self {
            origins: origins.iter().filter_map(|text| origin(text, mistakes)).collect(),
            hosts: hosts.iter().filter_map(|text| host_name(text, mistakes)).collect(),
            timeouts: Timeouts::read(root, mistakes),
            proxy_from_environment: root.flag("proxy_from_environment", mistakes),
            contact: contact.and_then(|text| check_contact(&text, mistakes)),
            sandbox,
            settings: Settings::read(root, &sources, mistakes),
            tls: tls::read(root, sources.directory, mistakes),
            sessions: session::settings::read(root, &sources, mistakes),
            connections: connections(root, sandbox, &sources, mistakes),
            variables: sources.variables.into_inner(),
        }
    }

    /// The environment variables from which secrets were read.
    #[must_use]
    pub fn secret_variables(&self) -> &BTreeSet<String> {
        &self.variables
    }

    /// Whether no payment of this relay is real.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// Whether the relay serves HTTPS itself.
    #[must_use]
    pub fn serves_https(&self) -> bool {
        self.tls.is_some()
    }

    /// Logs what an operator must know about this configuration: that no payment is real, and which host names are not the
    /// providers'.
    pub fn log_exceptions(&self) {
        if self.sandbox {
            tracing::warn!("sandbox = true: payments do not go to a real provider");
        }
        for connection in self.connections.iter().filter(|connection| connection.gateway) {
            let (name, host) = (&connection.name, &connection.host);
            tracing::info!(connection = name, host, "gateway = true: the payments go to this host");
        }
    }
}

fn connections(
    root: &Section<'_>,
    sandbox: bool,
    sources: &Sources<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Connection> {
    let section = root.section("connections", "[connections.NAME]", mistakes);
    let mut connections = Vec::new();
    let mut is_defined = false;
    for (name, at, entry) in section.iter().flat_map(Section::entries) {
        is_defined = true;
        let in_path = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(in_path) {
            let message = "the name is part of a path: write it with letters, digits, `-` and `_` only";
            mistakes.add(at, "connections", message);
            continue;
        }
        if let Some(section) = entry.section("[connections.NAME]", mistakes) {
            connections.extend(Connection::read(name, &section, sandbox, sources, mistakes));
        }
    }
    if !is_defined && (section.is_some() || root.entry("connections").is_none()) {
        let message = "none is defined; start one with [connections.NAME], then add provider and secrets";
        mistakes.add(section.map_or(0, |section| section.at()), "connections", message);
    }
    connections
}

/// Checks that a comment of `User-Agent` can contain the contact. [RFC 9110, 5.6.5]
fn check_contact(text: &Text<'_>, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let plain = text.text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b'\\'));
    if plain && !text.text.is_empty() {
        return Some(text.text.to_owned());
    }
    text.wrong(
        mistakes,
        "write the e-mail address or the link of the relay's operator, in ASCII without spaces, brackets and backslashes",
    );
    None
}

/// Checks that the text is an origin exactly as a browser writes it. [RFC 6454, 6.2]
fn origin(text: &Text<'_>, mistakes: &mut Mistakes<'_>) -> Option<HeaderValue> {
    let is_exact = |url: Url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text.text
    };
    // A host with an asterisk parses, but it is not a wildcard: it would match no page.
    let is_exact = Url::parse(text.text).is_ok_and(is_exact) && !text.text.contains('*');
    let origin = HeaderValue::from_str(text.text).ok().filter(|_| is_exact);
    if origin.is_none() {
        text.wrong(
            mistakes,
            "it is not an origin: write only scheme, host and port, as in https://shop.example or http://127.0.0.1:8080",
        );
    }
    origin
}

/// Checks that the text is a host name or an address as `Host` contains it, without a port. [RFC 9110, 7.2; RFC 3986,
/// 3.2.2]
fn host_name(text: &Text<'_>, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let name = text.text;
    let in_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(in_label)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_v6 = |text: &str| {
        let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
    };
    let fault = if name.is_empty() {
        "it is empty"
    } else if name.contains("://") {
        "a host name has no scheme"
    } else if name.contains(['/', '?', '#', '@']) {
        "a host name has no path and no user"
    } else if name.contains('*') {
        "an asterisk stands for nothing: name each host"
    } else if is_v6(name) {
        return Some(name.to_owned());
    } else if name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()) {
        "an IPv6 address is in brackets here, as in [::1]"
    } else if name.contains(':') {
        "a host name has no port: the relay accepts every port"
    } else if !name.is_ascii() {
        "a name with other letters than ASCII is written as in xn--bcher-kva.example"
    } else if name.len() > 253 || !name.split('.').all(is_label) {
        "it is not a host name"
    } else {
        return Some(name.to_owned());
    };
    text.wrong(mistakes, format!("{fault}; write it as in books.example"));
    None
}
