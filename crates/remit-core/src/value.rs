//! A checked value, before it takes its place in a provider's payment.

use rust_decimal::Decimal;

use crate::currency::Currency;
use crate::field::Choice;
use crate::instant::Instant;
use crate::money::Money;

/// A value that has been checked against its field's kind.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A text or an identifier.
    Text(String),
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
    /// One of a list.
    Choice(Choice),
    /// A currency.
    Currency(Currency),
}

impl Value {
    /// The text that, put into a draft, reads back as this value.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(integer) => integer.to_string(),
            Self::Integers(integers) => {
                integers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            }
            Self::Money(money) => money.decimal(),
            Self::Percentage(percentage) => percentage.normalize().to_string(),
            Self::Instant(instant) => instant.rfc3339(),
            Self::Choice(choice) => choice.value.to_owned(),
            Self::Currency(currency) => currency.code().to_owned(),
        }
    }
}
