//! Findings of a check: issues, which refuse a draft, and notices, which do not.
//!
//! A finding is data: a field, a stable code and parameters. Sentences come from
//! [`Table`](crate::report::message::Table).
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::money::Money;
use crate::report::codes::{Code, NoticeCode};
use crate::text::digits;
use crate::time::instant::Instant;

/// A parameter of a finding's sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// A word, or an unmodified value.
    Text(String),
    /// A count or a bound.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// A moment in time.
    Instant(Instant),
    /// The name of another field. Sentences show its label.
    Field(&'static str),
}

impl Param {
    /// Appends the parameter as text: an amount with its currency, a moment as RFC 3339.
    pub fn print(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Integer(integer) => {
                out.push_str(if *integer < 0 { "-" } else { "" });
                digits::push(out, integer.unsigned_abs(), 1);
            }
            Self::Money(money) => {
                money.print_with_currency(out);
            }
            Self::Instant(instant) => instant.print(out),
            Self::Field(name) => out.push_str(name),
        }
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.print(&mut text);
        f.write_str(&text)
    }
}

/// The parameters of a finding, by name.
pub type Params = Vec<(&'static str, Param)>;

/// A finding about a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<C> {
    /// The field's name in the draft; empty if the finding is about no field.
    pub field: &'static str,
    /// The stable code.
    pub code: C,
    /// The parameters of the sentence.
    pub params: Params,
}

/// A reason to refuse a draft.
pub type Issue = Finding<Code>;

/// A change that was made to a value, or a fact worth knowing before sending. Does not refuse the draft.
pub type Notice = Finding<NoticeCode>;
