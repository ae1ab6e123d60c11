//! Collecting findings, and the rejection of a draft.
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::money::Money;
use crate::report::codes::{Code, NoticeCode};
use crate::report::finding::{Issue, Notice, Param, Params};
use crate::report::message::Table;

/// Collects the findings of a check.
#[derive(Debug, Default)]
pub struct Findings {
    issues: Vec<Issue>,
    notices: Vec<Notice>,
    is_quiet: bool,
}

impl Findings {
    /// Collects only issues, for callers that do not use notices.
    pub(crate) fn quiet() -> Self {
        Self { is_quiet: true, ..Self::default() }
    }

    /// Whether notices are of no use.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Adds a reason to refuse.
    pub fn issue(&mut self, field: &'static str, code: Code, params: Params) {
        self.issues.push(Issue { field, code, params });
    }

    /// Adds a notice.
    pub fn notice<const N: usize>(
        &mut self,
        field: &'static str,
        code: NoticeCode,
        params: [(&'static str, Param); N],
    ) {
        if !self.is_quiet {
            self.notices.push(Notice { field, code, params: params.into() });
        }
    }

    /// The number of issues.
    #[must_use]
    pub fn issues(&self) -> usize {
        self.issues.len()
    }

    /// Removes the issues of these fields.
    pub(crate) fn forget(&mut self, fields: &[&str]) {
        self.issues.retain(|issue| !fields.contains(&issue.field));
    }

    /// Adds the findings of another check.
    pub(crate) fn append(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.notices.extend(other.notices);
    }

    /// Sorts the issues by the position of their field in the form. Issues without a field come last.
    pub(crate) fn sort(&mut self, position: impl Fn(&str) -> Option<usize>) {
        self.issues.sort_by_key(|issue| position(issue.field).unwrap_or(usize::MAX));
    }

    /// Replaces each amount in the issues' parameters with text.
    pub(crate) fn reword(&mut self, text: impl Fn(&str, Money) -> String) {
        for issue in &mut self.issues {
            for (_, param) in &mut issue.params {
                if let Param::Money(money) = param {
                    *param = Param::Text(text(issue.field, *money));
                }
            }
        }
    }

    /// Returns the notices, or the rejection if there is an issue.
    ///
    /// # Errors
    /// [`Rejection`] with every issue.
    pub fn settle(self) -> Result<Vec<Notice>, Rejection> {
        let mut issues = self.issues.into_iter();
        match issues.next() {
            None => Ok(self.notices),
            Some(first) => Err(Rejection { first, rest: issues.collect(), notices: self.notices }),
        }
    }
}

/// The rejection of a draft before anything is sent: every issue at once, and at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    first: Issue,
    rest: Vec<Issue>,
    notices: Vec<Notice>,
}

impl Rejection {
    /// Makes a rejection with one issue.
    #[must_use]
    pub fn of(field: &'static str, code: Code, params: Params) -> Self {
        Self { first: Issue { field, code, params }, rest: Vec::new(), notices: Vec::new() }
    }

    /// The issues, in the order of the form. After a check, the issues of rules across fields come last.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        core::iter::once(&self.first).chain(&self.rest)
    }

    /// The notices that were found as well.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

impl fmt::Display for Rejection {
    /// Writes one English sentence per issue.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = Table::english();
        for (at, issue) in self.issues().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&table.issue(issue))?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejection {}
