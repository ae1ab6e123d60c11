//! The words after a command's name.

use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

/// What is left to read of a command's words. Each reading takes its words away; [`Args::finish`] refuses the rest.
#[derive(Debug)]
pub(crate) struct Args {
    command: &'static str,
    options: &'static str,
    words: Vec<String>,
}

impl Args {
    pub(crate) fn new(command: &'static str, options: &'static str, words: Vec<String>) -> Self {
        Self { command, options, words }
    }

    /// Whether `name` was given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// The first word that is no option. Options and their values are to be read before.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'))?;
        Some(self.words.remove(at))
    }

    /// Every value of `name`, given as `--name value` or `--name=value`.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        let mut rest = Vec::new();
        let mut words = std::mem::take(&mut self.words).into_iter();
        while let Some(word) = words.next() {
            if word == name {
                match words.next() {
                    Some(value) if !value.starts_with("--") => values.push(value),
                    _ => bail!("`{name}` needs a value: cargo xtask {} {}", self.command, self.options),
                }
            } else if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                values.push(value.to_owned());
            } else {
                rest.push(word);
            }
        }
        self.words = rest;
        Ok(values)
    }

    /// The one value of `name`, if it was given.
    pub(crate) fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        let mut values = self.values(name)?;
        let Some(value) = values.pop() else { return Ok(None) };
        if !values.is_empty() {
            bail!("`{name}` was given more than once: give it once");
        }
        value.parse().map(Some).map_err(|error| {
            anyhow!("`{name} {value}`: {error}; usage: cargo xtask {} {}", self.command, self.options)
        })
    }

    /// Refuses whatever was not read.
    pub(crate) fn finish(self) -> Result<()> {
        let Some(word) = self.words.first() else { return Ok(()) };
        let takes = if self.options.is_empty() { "no options" } else { self.options };
        bail!("`cargo xtask {}` does not know `{word}`; it takes {takes}", self.command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args::new(
            "demo",
            "[--port N] [--fault SPEC]...",
            words.iter().map(|word| (*word).to_owned()).collect(),
        )
    }

    #[test]
    fn reads_flags_and_values_in_any_order() {
        let mut args = args(&["--fault", "a", "--fresh", "--port=0", "--fault=b=c"]);
        assert!(args.flag("--fresh"));
        assert!(!args.flag("--json"));
        assert_eq!(args.value::<u16>("--port").unwrap(), Some(0));
        assert_eq!(args.values("--fault").unwrap(), ["a", "b=c"]);
        args.finish().unwrap();
    }

    #[test]
    fn a_word_is_found_beside_the_options() {
        let mut args = args(&["--fresh", "xml", "--port", "1", "--odd"]);
        assert_eq!(args.value::<u16>("--port").unwrap(), Some(1));
        assert_eq!(args.word().as_deref(), Some("xml"));
        assert_eq!(args.word(), None);
        assert!(args.flag("--fresh") && args.finish().is_err());
    }

    #[test]
    fn an_unknown_word_is_refused_with_what_is_taken() {
        let error = args(&["--prot", "1"]).finish().unwrap_err().to_string();
        assert_eq!(error, "`cargo xtask demo` does not know `--prot`; it takes [--port N] [--fault SPEC]...");
    }

    #[test]
    fn a_missing_wrong_or_repeated_value_is_refused_with_the_remedy() {
        for (words, says) in [
            (vec!["--port"], "`--port` needs a value: cargo xtask demo [--port N]"),
            (vec!["--port", "--fresh"], "`--port` needs a value"),
            (vec!["--port", "x"], "usage: cargo xtask demo [--port N]"),
            (vec!["--port", "70000"], "`--port 70000`: number too large"),
            (vec!["--port", "1", "--port", "2"], "give it once"),
        ] {
            let error = args(&words).value::<u16>("--port").unwrap_err().to_string();
            assert!(error.contains(says), "{words:?}: {error}");
        }
    }
}
