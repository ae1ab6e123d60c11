//! Collecting findings, and the rejection that they add up to.
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::money::Money;
use crate::report::codes::{Code, NoticeCode};
use crate::report::finding::{Issue, Notice, Param, Params};
use crate::report::message::Table;

/// Collects what a check finds.
#[derive(Debug, Default)]
pub struct Findings {
    issues: Vec<Issue>,
    notices: Vec<Notice>,
    is_quiet: bool,
}

impl Findings {
    /// Collects issues alone, for somebody who has no use for notices yet.
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

    /// Adds something to tell.
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

    /// How many reasons to refuse there are.
    #[must_use]
    pub fn issues(&self) -> usize {
        self.issues.len()
    }

    /// AcceptedCurrencies back the issues of these fields.
    pub(crate) fn forget(&mut self, fields: &[&str]) {
        self.issues.retain(|issue| !fields.contains(&issue.field));
    }

    /// Adds what another check has found.
    pub(crate) fn append(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.notices.extend(other.notices);
    }

    /// Puts the issues in the order of a form. What is of no field comes last.
    pub(crate) fn sort(&mut self, place: impl Fn(&str) -> Option<usize>) {
        self.issues.sort_by_key(|issue| place(issue.field).unwrap_or(usize::MAX));
    }

    /// Makes a text of each amount in the issues.
    pub(crate) fn reword(&mut self, text: impl Fn(&str, Money) -> String) {
        for issue in &mut self.issues {
            for (_, param) in &mut issue.params {
                if let Param::Money(money) = param {
                    *param = Param::Text(text(issue.field, *money));
                }
            }
        }
    }

    /// The notices when there is no issue, else the rejection.
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

/// A draft refused before anything was sent: every issue at once, and at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    first: Issue,
    rest: Vec<Issue>,
    notices: Vec<Notice>,
}

impl Rejection {
    /// A rejection for one reason.
    #[must_use]
    pub fn of(field: &'static str, code: Code, params: Params) -> Self {
        Self { first: Issue { field, code, params }, rest: Vec::new(), notices: Vec::new() }
    }

    /// The issues, in the order of the form.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        core::iter::once(&self.first).chain(&self.rest)
    }

    /// What was noticed beside the issues.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

impl fmt::Display for Rejection {
    /// One sentence an issue, in English.
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
