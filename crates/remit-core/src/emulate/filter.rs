//! Filters of lists: query parameters that a provider documents and that are not fields, since no form sends them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::cmp::Ordering;

use crate::operation::purpose::Purpose;
use crate::report::codes::Code;
use crate::report::finding::Param;
use crate::report::rejection::Rejection;
use crate::time::instant::Instant;
use crate::time::zone::{Offset, Zone};

/// A query parameter that narrows or orders a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Filter {
    /// The operations that accept the filter.
    pub of: &'static [Purpose],
    /// The name in the query.
    pub name: &'static str,
    /// The values that the filter accepts.
    pub accepts: Accepts,
}

/// The values that a [`Filter`] accepts. An empty parameter counts as missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words: a repeated parameter, with or without brackets after its name, or words separated by commas.
    Words(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A UUID.
    Uuid,
    /// Several UUIDs, written like words.
    Uuids,
    /// A moment or a day.
    Moment,
    /// Any text.
    Text,
    /// Several texts, written like words.
    Texts,
}

impl Accepts {
    fn is_list(self) -> bool {
        matches!(self, Self::Words(_) | Self::Uuids | Self::Texts)
    }

    /// The issue of a text that is not accepted.
    fn fault(self, text: &str) -> Option<Code> {
        let (is_accepted, code) = match self {
            Self::Word(words) | Self::Words(words) => (words.contains(&text), Code::ChoiceUnknown),
            Self::Flag => (matches!(text, "true" | "false"), Code::ChoiceUnknown),
            Self::Uuid | Self::Uuids => (uuid::Uuid::try_parse(text).is_ok(), Code::UuidMalformed),
            Self::Moment => (Instant::read(text, Zone::Fixed(Offset::UTC)).is_ok(), Code::DateMalformed),
            Self::Text | Self::Texts => return None,
        };
        (!is_accepted).then_some(code)
    }
}

/// The filters of a request with their texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked(Vec<(&'static Filter, String)>);

impl Asked {
    /// Takes the filters of an operation out of a path's query. Unknown and repeated parameters stay in the path.
    #[must_use]
    pub fn take(filters: &'static [Filter], of: Purpose, path: &str) -> (String, Self) {
        let mut asked = Self::default();
        let Some((bare, query)) = path.split_once('?') else { return (path.to_owned(), asked) };
        let mut rest = Vec::new();
        for pair in query.split('&') {
            let known = form_urlencoded::parse(pair.as_bytes()).next().and_then(|(name, value)| {
                let is_named = |filter: &&Filter| {
                    let bracketed =
                        || filter.accepts.is_list() && name.strip_suffix("[]") == Some(filter.name);
                    filter.of.contains(&of) && (filter.name == name || bracketed())
                };
                let filter = filters.iter().find(is_named)?;
                let again = !filter.accepts.is_list() && asked.given(filter.name).next().is_some();
                (!again).then(|| (filter, value.into_owned()))
            });
            match known {
                Some(known) => asked.0.push(known),
                None => rest.push(pair),
            }
        }
        if rest.is_empty() { (bare.to_owned(), asked) } else { (format!("{bare}?{}", rest.join("&")), asked) }
    }

    /// The number of filter parameters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the request has no filters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that each filter accepts its texts.
    ///
    /// # Errors
    /// [`Rejection`] of the first invalid filter: its name in the query, and the text as the parameter `value`.
    pub fn check(&self) -> Result<(), Rejection> {
        for (filter, _) in &self.0 {
            let mut faults =
                self.given(filter.name).filter_map(|text| Some((filter.accepts.fault(text)?, text)));
            if let Some((code, text)) = faults.next() {
                return Err(Rejection::of(filter.name, code, vec![("value", Param::Text(text.to_owned()))]));
            }
        }
        Ok(())
    }

    /// The texts of a filter.
    pub(crate) fn given(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.0.iter().filter(move |(filter, _)| filter.name == name);
        of_name.flat_map(|(filter, text)| {
            let commas = if filter.accepts.is_list() { usize::MAX } else { 1 };
            text.splitn(commas, ',').filter(|text| !text.is_empty())
        })
    }

    /// The first text of a filter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given(name).next()
    }

    /// Whether a record with this text passes a filter. A missing filter passes every record.
    pub(crate) fn wants(&self, name: &str, text: &str) -> bool {
        let mut wanted = self.given(name).peekable();
        wanted.peek().is_none() || wanted.any(|wanted| wanted.eq_ignore_ascii_case(text))
    }

    /// Whether a moment is at or after the moment or day of a filter.
    pub(crate) fn from(&self, name: &str, at: Instant) -> bool {
        self.text(name).is_none_or(|text| compare(at, text) != Some(Ordering::Less))
    }

    /// Whether a moment is at or before the moment or day of a filter.
    pub(crate) fn until(&self, name: &str, at: Instant) -> bool {
        self.text(name).is_none_or(|text| compare(at, text) != Some(Ordering::Greater))
    }
}

/// Compares a moment with the text of a moment or a UTC day. Any moment within the day is equal to it.
fn compare(at: Instant, text: &str) -> Option<Ordering> {
    let moment = Instant::read(text, Zone::Fixed(Offset::UTC)).ok()?.instant;
    Some(if text.len() > 10 { at.cmp(&moment) } else { at.day(Offset::UTC).cmp(&moment.day(Offset::UTC)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: &[Filter] = &[
        Filter { of: &[Purpose::ListInvoices], name: "status", accepts: Accepts::Words(&["open", "paid"]) },
        Filter { of: &[Purpose::ListInvoices], name: "order", accepts: Accepts::Word(&["up", "down"]) },
        Filter { of: &[Purpose::ListInvoices], name: "since", accepts: Accepts::Moment },
    ];

    fn take(path: &str) -> (String, Asked) {
        Asked::take(FILTERS, Purpose::ListInvoices, path)
    }

    #[test]
    fn takes_known_filters_out_of_the_query_and_leaves_the_other_parameters() {
        for query in ["status=open&status=paid", "status%5B%5D=open&status[]=paid", "status=open,paid"] {
            let (path, asked) = take(&format!("/x?page=2&{query}&a=%2C"));
            assert_eq!(path, "/x?page=2&a=%2C");
            assert_eq!(asked.given("status").collect::<Vec<_>>(), ["open", "paid"], "{query}");
            assert_eq!(asked.check(), Ok(()));
            assert!(asked.wants("status", "open") && !asked.wants("status", "void"));
        }
        assert_eq!(take("/x?order=up").0, "/x");
        assert_eq!(take("/x"), ("/x".to_owned(), Asked::default()));
        // A repeated parameter stays in the path: it is ambiguous.
        assert_eq!(take("/x?order=up&order=down").0, "/x?order=down");
        assert_eq!(take("/x?order[]=up").0, "/x?order[]=up");
        let elsewhere = Asked::take(FILTERS, Purpose::ListPayments, "/x?order=up");
        assert_eq!(elsewhere, ("/x?order=up".to_owned(), Asked::default()));
    }

    #[test]
    fn rejects_an_invalid_filter_by_its_name_and_ignores_an_empty_one() {
        for (query, name, code, value) in [
            ("status=open,lost", "status", Code::ChoiceUnknown, "lost"),
            ("order=sideways", "order", Code::ChoiceUnknown, "sideways"),
            ("since=yesterday", "since", Code::DateMalformed, "yesterday"),
        ] {
            let (_, asked) = take(&format!("/x?{query}"));
            let expected = Rejection::of(name, code, vec![("value", Param::Text(value.to_owned()))]);
            assert_eq!(asked.check(), Err(expected));
        }
        let (_, nothing) = take("/x?status=&order=&since=");
        assert_eq!(nothing.check(), Ok(()));
        assert!(nothing.wants("status", "void") && nothing.text("order").is_none());
    }

    #[test]
    fn a_date_filter_includes_the_entire_day_and_a_moment_filter_the_moment() {
        let at = |text| Instant::read(text, Zone::Unknown).unwrap().instant;
        let (noon, late) = (at("2026-11-19T12:00:00Z"), at("2026-11-19T23:59:59Z"));
        let (_, day) = take("/x?since=2026-11-19");
        assert!(day.from("since", at("2026-11-19T00:00:00Z")) && day.until("since", late));
        assert!(!day.from("since", at("2026-11-18T23:59:59Z")));
        assert!(!day.until("since", at("2026-11-20T00:00:00Z")));
        let (_, moment) = take("/x?since=2026-11-19T12:00:00Z");
        assert!(moment.from("since", noon) && moment.until("since", noon));
        assert!(moment.from("since", late) && !moment.until("since", late));
    }
}
