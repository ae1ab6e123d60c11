//! The mistakes in a configuration: all of them at once, each with its place and its remedy.

use std::fmt;
use std::path::{Path, PathBuf};

/// A mistake in a configuration. It never quotes a value of the file, which may be a secret in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    position: Option<(usize, usize)>,
    key: String,
    message: String,
}

impl Mistake {
    /// The line, counted from 1; `None` if the mistake is not in the file's text.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position.map(|(line, _)| line)
    }

    /// The column, in characters, counted from 1; `None` if the mistake is not in the file's text.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position.map(|(_, column)| column)
    }

    /// The key with the tables that contain it, such as `connections.books.base_url`; empty if no key is meant.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The reason and the remedy.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            write!(f, "{line}:{column}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// An invalid configuration: every mistake in it, in the order of the file. `Display` writes one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    path: Option<PathBuf>,
    mistakes: Vec<Mistake>,
}

impl ConfigError {
    /// The file cannot be read.
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let message = format!("cannot read {}: {error}", path.display());
        Self { path: None, mistakes: vec![Mistake { position: None, key: String::new(), message }] }
    }

    /// Adds the file's path, which then precedes each position.
    pub(crate) fn in_file(self, path: &Path) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    /// The mistakes, in the order of the file; at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if let Some(path) = self.path.as_ref().filter(|_| mistake.position.is_some()) {
                write!(f, "{}:", path.display())?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Collects mistakes while a configuration is read.
pub(crate) struct Mistakes<'t> {
    text: &'t str,
    /// Each with its place in the text, in bytes.
    found: Vec<(usize, Mistake)>,
}

impl<'t> Mistakes<'t> {
    pub(crate) fn in_text(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Adds a mistake at this byte of the text.
    pub(crate) fn add(&mut self, at: usize, key: impl Into<String>, message: impl Into<String>) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let mistake = Mistake { position: Some((line, column)), key: key.into(), message: message.into() };
        self.found.push((at, mistake));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_error(mut self) -> ConfigError {
        self.found.sort_by_key(|(at, _)| *at);
        ConfigError { path: None, mistakes: self.found.into_iter().map(|(_, mistake)| mistake).collect() }
    }
}
