//! A checked value of any kind.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::schema::choice::Choice;
use crate::text::digits;
use crate::time::instant::Instant;

/// A value that was checked against its field's kind. Unmodified text is borrowed from the draft.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Text or an identifier.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A list of whole numbers.
    Integers(Vec<i64>),
    /// An amount.
    Money(Money),
    /// A percentage.
    Percentage(Decimal),
    /// A moment.
    Instant(Instant),
    /// One value of a closed list.
    Choice(Choice),
    /// A currency.
    Currency(Currency),
}

impl Value<'_> {
    /// The value as text. Parsing the text returns the same value.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        Cow::Owned(match self {
            Self::Text(text) => return Cow::Borrowed(text),
            Self::Choice(choice) => return Cow::Borrowed(choice.value),
            Self::Currency(currency) => return Cow::Borrowed(currency.code()),
            Self::Integer(integer) => integer.to_string(),
            Self::Integers(integers) => {
                integers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            }
            Self::Money(money) => money.to_decimal_string(),
            Self::Percentage(percentage) => decimal(percentage.normalize()),
            Self::Instant(instant) => instant.rfc3339(),
        })
    }

    /// [`Value::text`] if it can be borrowed.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Choice(choice) => Some(choice.value),
            Self::Currency(currency) => Some(currency.code()),
            _ => None,
        }
    }

    /// Appends [`Value::text`].
    pub fn print(&self, out: &mut String) {
        match self {
            Self::Money(money) => money.print(out),
            Self::Instant(instant) => instant.print(out),
            value => match value.as_str() {
                Some(text) => out.push_str(text),
                None => out.push_str(&value.text()),
            },
        }
    }

    /// The same value, without borrows.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Integer(integer) => Value::Integer(integer),
            Self::Integers(integers) => Value::Integers(integers),
            Self::Money(money) => Value::Money(money),
            Self::Percentage(percentage) => Value::Percentage(percentage),
            Self::Instant(instant) => Value::Instant(instant),
            Self::Choice(choice) => Value::Choice(choice),
            Self::Currency(currency) => Value::Currency(currency),
        }
    }
}

/// A non-negative decimal as text.
fn decimal(decimal: Decimal) -> String {
    let mut text = String::new();
    let scale = usize::try_from(decimal.scale()).unwrap_or(0);
    let mantissa = u64::try_from(decimal.mantissa()).unwrap_or(0);
    digits::push(&mut text, mantissa, scale.saturating_add(1));
    if scale > 0 {
        text.insert(text.len().saturating_sub(scale), '.');
    }
    text
}
