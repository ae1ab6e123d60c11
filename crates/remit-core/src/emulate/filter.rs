//! What a list can be asked beside its fields: query parameters that a provider documents and that nothing here sends.

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
    /// The operations that take it.
    pub of: &'static [Purpose],
    /// Its name in the query.
    pub name: &'static str,
    /// What it takes.
    pub accepts: Accepts,
}

/// What a [`Filter`] takes. A parameter of nothing is as one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words: the parameter repeated, with brackets after its name or without, or commas between the words.
    RefusalText(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A UUID.
    Uuid,
    /// Any UUIDs, as with words.
    Uuids,
    /// A moment, or a day.
    Moment,
    /// Any text.
    Text,
    /// Any texts, as with words.
    Texts,
}

impl Accepts {
    fn is_list(self) -> bool {
        matches!(self, Self::RefusalText(_) | Self::Uuids | Self::Texts)
    }

    /// Why it does not take a text.
    fn fault(self, text: &str) -> Option<Code> {
        let (takes, code) = match self {
            Self::Word(words) | Self::RefusalText(words) => (words.contains(&text), Code::ChoiceUnknown),
            Self::Flag => (matches!(text, "true" | "false"), Code::ChoiceUnknown),
            Self::Uuid | Self::Uuids => (uuid::Uuid::try_parse(text).is_ok(), Code::UuidMalformed),
            Self::Moment => (Instant::read(text, Zone::Fixed(Offset::UTC)).is_ok(), Code::DateMalformed),
            Self::Text | Self::Texts => return None,
        };
        (!takes).then_some(code)
    }
}

/// What a list was asked, by its filters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked(Vec<(&'static Filter, String)>);

impl Asked {
    /// AcceptedCurrencies the filters of an operation out of a path's query. What it does not know, or has twice, stays in the path.
    #[must_use]
    pub fn take(filters: &'static [Filter], of: Purpose, path: &str) -> (String, Self) {
        let mut asked = Self::default();
        let Some((bare, query)) = path.split_once('?') else { return (path.to_owned(), asked) };
        let mut rest = Vec::new();
        for pair in query.split('&') {
            let known = form_urlencoded::parse(pair.as_bytes()).next().and_then(|(name, value)| {
                let is_it = |filter: &&Filter| {
                    let bracketed =
                        || filter.accepts.is_list() && name.strip_suffix("[]") == Some(filter.name);
                    filter.of.contains(&of) && (filter.name == name || bracketed())
                };
                let filter = filters.iter().find(is_it)?;
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

    /// How many filters were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each filter takes what it was given.
    ///
    /// # Errors
    /// [`Rejection`] names the first that does not, as it is called in the query, with the text as its `value`.
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

    /// Everything that was given for a filter.
    pub(crate) fn given(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.0.iter().filter(move |(filter, _)| filter.name == name);
        of_name.flat_map(|(filter, text)| {
            let commas = if filter.accepts.is_list() { usize::MAX } else { 1 };
            text.splitn(commas, ',').filter(|text| !text.is_empty())
        })
    }

    /// The one text that was given for a filter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given(name).next()
    }

    /// Whether a record with this text is among those that a filter wants; all are while it is not given.
    pub(crate) fn wants(&self, name: &str, text: &str) -> bool {
        let mut given = self.given(name).peekable();
        given.peek().is_none() || given.any(|wanted| wanted.eq_ignore_ascii_case(text))
    }

    /// Whether a moment is not before the one in a filter, nor before the day.
    pub(crate) fn from(&self, name: &str, at: Instant) -> bool {
        self.text(name).is_none_or(|text| against(at, text) != Some(Ordering::Less))
    }

    /// Whether a moment is not after the one in a filter, nor after the day.
    pub(crate) fn until(&self, name: &str, at: Instant) -> bool {
        self.text(name).is_none_or(|text| against(at, text) != Some(Ordering::Greater))
    }
}

/// A moment against a text of one; a day is its whole length, in UTC.
fn against(at: Instant, text: &str) -> Option<Ordering> {
    let moment = Instant::read(text, Zone::Fixed(Offset::UTC)).ok()?.instant;
    Some(if text.len() > 10 { at.cmp(&moment) } else { at.day(Offset::UTC).cmp(&moment.day(Offset::UTC)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: &[Filter] = &[
        Filter {
            of: &[Purpose::ListInvoices],
            name: "status",
            accepts: Accepts::RefusalText(&["open", "paid"]),
        },
        Filter { of: &[Purpose::ListInvoices], name: "order", accepts: Accepts::Word(&["up", "down"]) },
        Filter { of: &[Purpose::ListInvoices], name: "since", accepts: Accepts::Moment },
    ];

    fn take(path: &str) -> (String, Asked) {
        Asked::take(FILTERS, Purpose::ListInvoices, path)
    }

    #[test]
    fn a_filter_would_be_passed_over_or_taken_for_a_field() {
        for query in ["status=open&status=paid", "status%5B%5D=open&status[]=paid", "status=open,paid"] {
            let (path, asked) = take(&format!("/x?page=2&{query}&a=%2C"));
            assert_eq!(path, "/x?page=2&a=%2C");
            assert_eq!(asked.given("status").collect::<Vec<_>>(), ["open", "paid"], "{query}");
            assert_eq!(asked.check(), Ok(()));
            assert!(asked.wants("status", "open") && !asked.wants("status", "void"));
        }
        assert_eq!(take("/x?order=up").0, "/x");
        assert_eq!(take("/x"), ("/x".to_owned(), Asked::default()));
        // Of two that contradict each other, nobody knows which counts.
        assert_eq!(take("/x?order=up&order=down").0, "/x?order=down");
        assert_eq!(take("/x?order[]=up").0, "/x?order[]=up");
        let elsewhere = Asked::take(FILTERS, Purpose::ListPayments, "/x?order=up");
        assert_eq!(elsewhere, ("/x?order=up".to_owned(), Asked::default()));
    }

    #[test]
    fn a_filter_that_is_misspelled_would_be_passed_over() {
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
    fn a_record_of_the_day_itself_would_be_left_out() {
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
