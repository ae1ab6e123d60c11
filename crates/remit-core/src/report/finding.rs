//! What a check has to say: issues that refuse a draft, and notices of what was changed or is worth knowing.
//!
//! A finding is data: a field, a stable code and parameters. Sentences come from [`Table`](crate::report::message::Table).
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
    /// A word or a value as it was given.
    Text(String),
    /// A count or a bound.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// A moment.
    Instant(Instant),
    /// The name of another field; shown by its label.
    Field(&'static str),
}

impl Param {
    /// Appends it as it is: an amount with its currency, a moment as RFC 3339.
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

/// One thing to say about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<C> {
    /// The field's name, as in the draft.
    pub field: &'static str,
    /// What it is, for programs.
    pub code: C,
    /// What the sentence needs.
    pub params: Params,
}

/// A reason to refuse a draft.
pub type Issue = Finding<Code>;

/// Something that was changed on the way, or is worth knowing before sending. Not a refusal.
pub type Notice = Finding<NoticeCode>;
