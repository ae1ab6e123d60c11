//! Where secrets come from: the environment or a file, and never the configuration itself.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::Value;

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The secret itself stands in the configuration. It is not repeated here.
    #[error("a secret does not belong in this file: write {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")]
    Written,
    /// Neither `env` nor `file`, or both, or something else.
    #[error("write either {{ env = \"NAME\" }} or {{ file = \"PATH\" }}")]
    Source,
    /// The environment does not have it.
    #[error("the environment variable {0} is not set, or is empty")]
    Environment(String),
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is empty.
    #[error("{path} is empty", path = .0.display())]
    Empty(PathBuf),
}

/// What secrets are looked up in.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// Where relative paths begin.
    pub(crate) directory: &'a Path,
}

/// Finds a secret by what the configuration says of it.
pub(crate) fn find(said: &Value, sources: Sources<'_>) -> Result<SecretString, SecretError> {
    let table = match said {
        Value::Table(table) => table,
        Value::String(_) => return Err(SecretError::Written),
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
            // Editors end a file with a line break, which is no part of the secret.
            let secret = text.trim_end_matches(['\r', '\n']);
            if secret.is_empty() { Err(SecretError::Empty(path)) } else { Ok(SecretString::from(secret)) }
        }
        _ => Err(SecretError::Source),
    }
}
