//! The settings of the relay itself: its store, its callers and the proxies in front of it.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use reqwest::Url;
use secrecy::SecretString;

use crate::document::{Section, Text};
use crate::mistake::Mistakes;
use crate::secret::Sources;

/// The keys of the settings, at the top of the file.
pub(crate) const KEYS: &[&str] = &["store", "store_password", "open", "trusted_proxies", "retention_days"];

const STORE: &str = "remit.db";
const IN_MEMORY: &str = ":memory:";
const RETENTION_DAYS: u64 = 366;
const SHORTEST_RETENTION_DAYS: u64 = 30;
const LONGEST_RETENTION_DAYS: u64 = 36_600;

/// Where the relay keeps its records of payments.
pub(crate) enum Store {
    /// Nowhere: for tests.
    Memory,
    /// In a SQLite database.
    File(PathBuf),
    /// In a PostgreSQL database. Its address contains no password.
    Postgres { url: String, password: Option<SecretString> },
}

/// The settings of the relay itself.
pub(crate) struct Settings {
    pub(crate) store: Store,
    /// Whether callers need no session.
    pub(crate) open: bool,
    /// The proxies whose statement of the caller's address is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// How long the records of payments are kept.
    pub(crate) retention_days: u64,
}

impl Settings {
    /// Reads the settings. Mistakes that were added make the result meaningless.
    pub(crate) fn read(root: &Section<'_>, sources: &Sources<'_>, mistakes: &mut Mistakes<'_>) -> Self {
        let range = SHORTEST_RETENTION_DAYS..=LONGEST_RETENTION_DAYS;
        Self {
            store: store(root, sources, mistakes),
            open: root.flag("open", mistakes),
            trusted_proxies: root
                .texts("trusted_proxies", "\"10.0.0.1\"", mistakes)
                .unwrap_or_default()
                .iter()
                .filter_map(|text| network(text, mistakes))
                .collect(),
            retention_days: root.number("retention_days", range, RETENTION_DAYS, mistakes),
        }
    }
}

fn store(root: &Section<'_>, sources: &Sources<'_>, mistakes: &mut Mistakes<'_>) -> Store {
    let password = root.entry("store_password");
    let configured = root.text("store", "\"remit.db\"", mistakes);
    if let Some(text) = configured.as_ref().filter(|text| is_postgres(text.text)) {
        check_postgres(text, mistakes);
        let password = password.and_then(|entry| sources.find(&entry, mistakes));
        return Store::Postgres { url: text.text.to_owned(), password };
    }
    if let Some(password) = password {
        password.wrong(mistakes, "only a postgres:// store has a password; remove it");
    }
    match configured {
        None => Store::File(sources.directory.join(STORE)),
        Some(text) if text.text == IN_MEMORY => Store::Memory,
        Some(text) => Store::File(file(&text, sources, mistakes)),
    }
}

fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// Checks the address of a PostgreSQL database. The mistake does not repeat it: it may contain a password.
fn check_postgres(text: &Text<'_>, mistakes: &mut Mistakes<'_>) {
    let example = "write it as in postgres://remit@db.example/remit";
    let Ok(url) = Url::parse(text.text) else {
        return text.wrong(mistakes, format!("it is not a URL; {example}"));
    };
    let has_password = url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password");
    if has_password {
        text.wrong(
            mistakes,
            "a password does not belong in this file; remove it, and write store_password = { env = \"NAME\" }",
        );
    } else if url.path().trim_matches('/').is_empty() {
        text.wrong(mistakes, format!("it names no database; {example}"));
    }
}

/// Checks the path of a SQLite database. The mistake does not repeat it: it may be the address of a database, with a
/// password.
fn file(text: &Text<'_>, sources: &Sources<'_>, mistakes: &mut Mistakes<'_>) -> PathBuf {
    let path = sources.directory.join(text.text);
    let fault = if text.text.is_empty() {
        "it is empty"
    } else if text.text.contains("://") {
        "this kind of database is not supported"
    } else if path.is_dir() {
        "it is a folder"
    } else if path
        .parent()
        .is_some_and(|folder| !folder.as_os_str().is_empty() && fs::metadata(folder).is_err())
    {
        "its folder does not exist"
    } else {
        return path;
    };
    text.wrong(
        mistakes,
        format!("{fault}; write a file's path, as in store = \"{STORE}\", or a postgres:// address"),
    );
    path
}

/// Parses an address or a network.
fn network(text: &Text<'_>, mistakes: &mut Mistakes<'_>) -> Option<IpNet> {
    let address = text.text.parse::<IpAddr>().map(IpNet::from);
    let parsed = text.text.parse::<IpNet>().or(address);
    let fault = match parsed {
        Err(_) => "write an IP address or a network, as in 10.0.0.1 or 10.0.0.0/24".to_owned(),
        Ok(network) if network.prefix_len() == 0 => {
            "this network contains every address, so that any caller could state any address; name the proxies".to_owned()
        }
        Ok(network) if network.trunc() != network => {
            format!("the address has bits outside its network; write {}", network.trunc())
        }
        Ok(network) => return Some(network),
    };
    text.wrong(mistakes, fault);
    None
}
