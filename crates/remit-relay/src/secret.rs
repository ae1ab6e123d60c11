//! Reads secrets from the environment or from a file, never from the configuration itself.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::Value;

/// The reason why a secret cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The configuration contains the secret itself. The error does not repeat it.
    #[error("a secret does not belong in this file: write {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")]
    Inline,
    /// Neither `env` nor `file`, or both, or another value.
    #[error("write either {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")]
    Source,
    /// The environment variable is not set, or is empty.
    #[error("the environment variable {0} is not set, or is empty")]
    Environment(String),
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The file is empty.
    #[error("{path} is empty", path = .0.display())]
    Empty(PathBuf),
}

/// The places in which secrets are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// The folder at which relative paths start.
    pub(crate) directory: &'a Path,
}

/// Reads the secret that a value of the configuration, such as `{ env = "NAME" }`, refers to.
pub(crate) fn find(configured: &Value, sources: Sources<'_>) -> Result<SecretString, SecretError> {
    let table = match configured {
        Value::Table(table) => table,
        Value::String(_) => return Err(SecretError::Inline),
        _ => return Err(SecretError::Source),
    };
    let mut entries = table.iter();
    match (entries.next(), entries.next()) {
        (Some((key, Value::String(name))), None) if key == "env" => {
            let value = (sources.environment)(name).filter(|value| !value.is_empty());
            value.map(SecretString::from).ok_or_else(|| SecretError::Environment(name.clone()))
        }
        (Some((key, Value::String(path))), None) if key == "file" => {
            let path = sources.directory.join(path);
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(source) => return Err(SecretError::File { path, source }),
            };
            // Editors add a line break at the end of a file. It is not part of the secret.
            let secret = text.trim_end_matches(['\r', '\n']);
            if secret.is_empty() { Err(SecretError::Empty(path)) } else { Ok(SecretString::from(secret)) }
        }
        _ => Err(SecretError::Source),
    }
}
