//! Reads tables and values of TOML, and reports what is missing, unknown or of the wrong type.

use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::mistake::Mistakes;

/// The longest key that a mistake quotes. A longer one may be a secret in the place of a key.
const LONGEST_QUOTED_KEY: usize = 32;

/// Parses TOML. `None` if no table can be read; then the mistakes say why.
pub(crate) fn parse<'t>(text: &'t str, mistakes: &mut Mistakes<'_>) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut is_readable = true;
    for error in errors {
        let span = error.span().unwrap_or_default();
        let key = text.get(span.clone()).filter(|key| is_quotable(key));
        match error.message() {
            "duplicate key" => {
                mistakes.add(span.start, key.unwrap_or_default(), "defined twice; remove one of them");
            }
            message => {
                is_readable = false;
                mistakes.add(span.start, "", format!("not TOML: {message}"));
            }
        }
    }
    is_readable.then_some(table)
}

fn is_quotable(key: &str) -> bool {
    let in_key = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    !key.is_empty() && key.len() <= LONGEST_QUOTED_KEY && key.bytes().all(in_key)
}

/// A table.
pub(crate) struct Section<'a> {
    table: &'a DeTable<'a>,
    path: String,
    at: usize,
}

/// A value, with its key and its place.
pub(crate) struct Entry<'a> {
    /// The key, with the tables that contain it.
    pub(crate) key: String,
    /// The place of the value in the text, in bytes.
    pub(crate) at: usize,
    value: &'a DeValue<'a>,
}

/// A text, with its key and its place.
pub(crate) struct Text<'a> {
    pub(crate) key: String,
    pub(crate) at: usize,
    pub(crate) text: &'a str,
}

impl<'a> Section<'a> {
    /// The whole document.
    pub(crate) fn root(document: &'a Spanned<DeTable<'a>>) -> Self {
        Self { table: document.get_ref(), path: String::new(), at: 0 }
    }

    /// The place of the table in the text, in bytes.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// A key of this table, with the tables that contain it.
    pub(crate) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.table.get(key).map(|value| self.with_value(key, value))
    }

    fn with_value(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Entry<'a> {
        Entry { key: self.key(key), at: value.span().start, value: value.get_ref() }
    }

    /// The entries, and where each key is in the text.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, usize, Entry<'a>)> {
        self.table.iter().map(|(key, value)| {
            let name: &'a DeString<'a> = key.get_ref();
            (name.as_ref(), key.span().start, self.with_value(name, value))
        })
    }

    /// Reports keys that the table does not have.
    pub(crate) fn only(&self, known: &[&str], mistakes: &mut Mistakes<'_>) {
        for (key, at, _) in self.entries().filter(|(key, ..)| !known.contains(key)) {
            let message = match nearest(key, known) {
                Some(meant) => format!("unknown key; did you mean `{meant}`?"),
                None => {
                    let known: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
                    format!("unknown key; expected one of {}", known.join(", "))
                }
            };
            let key = if is_quotable(key) { self.key(key) } else { self.path.clone() };
            mistakes.add(at, key, message);
        }
    }

    /// Reports that a key is missing.
    pub(crate) fn missing(&self, key: &str, remedy: &str, mistakes: &mut Mistakes<'_>) {
        mistakes.add(self.at, self.key(key), format!("missing; {remedy}"));
    }

    /// A table in this one.
    pub(crate) fn section(&self, key: &str, example: &str, mistakes: &mut Mistakes<'_>) -> Option<Self> {
        self.entry(key)?.section(example, mistakes)
    }

    pub(crate) fn text(&self, key: &str, example: &str, mistakes: &mut Mistakes<'_>) -> Option<Text<'a>> {
        let entry = self.entry(key)?;
        match entry.value {
            DeValue::String(text) => Some(Text { key: entry.key, at: entry.at, text }),
            _ => {
                entry.wrong(mistakes, format!("write a text in quotes, as in {key} = {example}"));
                None
            }
        }
    }

    /// A list of texts; `None` if there is none. A list with a wrong entry is reported and otherwise read.
    pub(crate) fn texts(
        &self,
        key: &str,
        example: &str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Vec<Text<'a>>> {
        let entry = self.entry(key)?;
        let remedy = format!("write a list of texts, as in {key} = [{example}]");
        let DeValue::Array(items) = entry.value else {
            entry.wrong(mistakes, remedy);
            return None;
        };
        let mut texts: Vec<Text<'a>> = Vec::new();
        for item in items.iter() {
            let at = item.span().start;
            let DeValue::String(text) = item.get_ref() else {
                mistakes.add(at, entry.key.as_str(), remedy.as_str());
                continue;
            };
            if texts.iter().any(|other| other.text.eq_ignore_ascii_case(text)) {
                mistakes.add(at, entry.key.as_str(), "listed twice; remove one of them");
            }
            texts.push(Text { key: entry.key.clone(), at, text });
        }
        Some(texts)
    }

    /// `true` or `false`; `false` if the key is missing.
    pub(crate) fn flag(&self, key: &str, mistakes: &mut Mistakes<'_>) -> bool {
        let Some(entry) = self.entry(key) else { return false };
        let DeValue::Boolean(flag) = entry.value else {
            entry.wrong(mistakes, format!("write true or false without quotes, as in {key} = true"));
            return false;
        };
        *flag
    }

    /// A whole number in a range; `default` if the key is missing or wrong.
    pub(crate) fn number(
        &self,
        key: &str,
        range: RangeInclusive<u64>,
        default: u64,
        mistakes: &mut Mistakes<'_>,
    ) -> u64 {
        let Some(entry) = self.entry(key) else { return default };
        let DeValue::Integer(number) = entry.value else {
            entry.wrong(mistakes, format!("write a whole number, as in {key} = {default}"));
            return default;
        };
        let number = u64::from_str_radix(number.as_str(), number.radix());
        number.ok().filter(|number| range.contains(number)).unwrap_or_else(|| {
            let (low, high) = (range.start(), range.end());
            entry.wrong(
                mistakes,
                format!("write a whole number from {low} to {high}, as in {key} = {default}"),
            );
            default
        })
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn wrong(&self, mistakes: &mut Mistakes<'_>, message: impl Into<String>) {
        mistakes.add(self.at, self.key.as_str(), message);
    }

    /// Reads the value as a table.
    pub(crate) fn section(self, example: &str, mistakes: &mut Mistakes<'_>) -> Option<Section<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Section { table, path: self.key, at: self.at }),
            _ => {
                self.wrong(mistakes, format!("write a table, as in {example}"));
                None
            }
        }
    }

    pub(crate) fn as_table(&self) -> Option<&'a DeTable<'a>> {
        if let DeValue::Table(table) = self.value { Some(table) } else { None }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.value, DeValue::String(_))
    }
}

impl Text<'_> {
    pub(crate) fn wrong(&self, mistakes: &mut Mistakes<'_>, message: impl Into<String>) {
        mistakes.add(self.at, self.key.as_str(), message);
    }
}

/// The known name that is most likely meant: the only one that contains the name, or one that differs in few letters.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name = name.to_lowercase();
    let distance = |known: &&&str| strsim::damerau_levenshtein(&name, &known.to_lowercase());
    let is_close = |known: &&&str| distance(known) * 3 <= known.len();
    let mut containing = known.iter().filter(|known| name.len() >= 4 && known.to_lowercase().contains(&name));
    let only = containing.next().filter(|_| containing.next().is_none());
    known.iter().min_by_key(distance).filter(is_close).or(only).copied()
}
