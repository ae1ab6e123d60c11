//! Reads secrets from the environment, from a file or from systemd, never from the configuration itself.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::de::DeValue;
use zeroize::Zeroizing;

use crate::document::Entry;
use crate::mistake::Mistakes;
use crate::protected_file::{self, Readers};

/// The variable in which systemd names the folder of a service's credentials. [systemd.exec(5), LoadCredential]
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

const REMEDY: &str = "write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }";

/// The longest secret, in bytes. Responses are searched for every part of it.
const MAX_BYTES: usize = 4096;

/// The places in which secrets are looked up.
pub(crate) struct Sources<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// The folder at which relative paths start.
    pub(crate) directory: &'a Path,
    /// The environment variables that contained a secret.
    pub(crate) variables: RefCell<BTreeSet<String>>,
}

impl<'a> Sources<'a> {
    pub(crate) fn new(environment: &'a dyn Fn(&str) -> Option<String>, directory: &'a Path) -> Self {
        Self { environment, directory, variables: RefCell::default() }
    }

    fn variable(&self, name: &str) -> Result<Zeroizing<String>, String> {
        let value = (self.environment)(name).map(Zeroizing::new).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| {
            let named = if is_variable(name) { name } else { "that it names" };
            format!("the environment variable {named} is not set, or is empty")
        })?;
        self.variables.borrow_mut().insert(name.to_owned());
        Ok(value)
    }

    fn credential(&self, name: &str) -> Result<Zeroizing<String>, String> {
        if name.is_empty() || name.contains('/') || matches!(name, "." | "..") {
            return Err("write the name of a credential of this service, which has no slashes".to_owned());
        }
        let directory = (self.environment)(CREDENTIALS).ok_or_else(|| {
            format!("{CREDENTIALS} is not set: systemd sets it for a service with LoadCredential=")
        })?;
        protected_file::read(&PathBuf::from(directory).join(name), Readers::OwnerAndGroup)
    }

    /// Reads the secret that a value of the configuration, such as `{ env = "NAME" }`, refers to.
    pub(crate) fn find(&self, entry: &Entry<'_>, mistakes: &mut Mistakes<'_>) -> Option<SecretString> {
        self.look_up(entry).map_err(|message| entry.wrong(mistakes, message)).ok()
    }

    fn look_up(&self, entry: &Entry<'_>) -> Result<SecretString, String> {
        if entry.is_text() {
            return Err(format!("a secret does not belong in this file; {REMEDY}"));
        }
        // The message repeats nothing of the value, not even its keys: a secret may be among them.
        let one = entry.as_table().filter(|table| table.len() == 1).and_then(|table| table.iter().next());
        let (kind, name) = match one {
            Some((key, value)) => match value.get_ref() {
                DeValue::String(name) => (key.get_ref().as_ref(), name.as_ref()),
                _ => ("", ""),
            },
            None => ("", ""),
        };
        let text = match kind {
            "env" => self.variable(name)?,
            "file" => protected_file::read(&self.directory.join(name), Readers::OnlyOwner)?,
            "credential" => self.credential(name)?,
            _ => return Err(REMEDY.to_owned()),
        };
        // Editors add a line break at the end of a file. It is not part of the secret.
        let secret = match kind {
            "env" => text.as_str(),
            _ => {
                text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text))
            }
        };
        check(secret)?;
        Ok(SecretString::from(secret))
    }
}

/// Refuses a secret that was most likely copied or written wrongly.
fn check(secret: &str) -> Result<(), String> {
    let fault = if secret.is_empty() {
        "the secret is empty"
    } else if secret.contains(['\n', '\r']) {
        "the secret contains a line break; write it on one line"
    } else if secret.chars().any(char::is_control) {
        "the secret contains a control character; remove it"
    } else if secret.trim() != secret {
        "the secret starts or ends with white space; remove it"
    } else if secret.len() > MAX_BYTES {
        "the secret is longer than 4 KiB; no provider has such a key"
    } else {
        return Ok(());
    };
    Err(fault.to_owned())
}

/// Whether a name is certainly that of a variable, such as `BOOKS_API_KEY`, and no secret in its place.
fn is_variable(name: &str) -> bool {
    let in_name = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.contains('_') && name.bytes().all(in_name)
}
