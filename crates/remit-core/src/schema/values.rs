//! The checked values of an operation.

use alloc::string::String;
use alloc::vec::Vec;

use crate::money::Money;
use crate::schema::field::Field;
use crate::schema::value::Value;
use crate::time::instant::Instant;

/// The checked values of an operation's fields, in declaration order. A field that failed or does not apply is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Values<'a> {
    fields: &'static [Field],
    values: Vec<Option<Value<'a>>>,
}

impl<'a> Values<'a> {
    pub(crate) fn new(fields: &'static [Field], values: Vec<Option<Value<'a>>>) -> Self {
        Self { fields, values }
    }

    /// Each field with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Field, Option<&Value<'a>>)> {
        self.fields.iter().zip(self.values.iter().map(Option::as_ref))
    }

    /// Each value in order, for the operation's own struct.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Option<Value<'a>>> {
        self.values.into_iter()
    }

    /// The same values, without borrows.
    #[must_use]
    pub fn into_owned(self) -> Values<'static> {
        let values = self.values.into_iter().map(|value| value.map(Value::into_owned));
        Values { fields: self.fields, values: values.collect() }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.iter().find_map(|(field, value)| value.filter(|_| field.name == name))
    }

    /// The amount in a field.
    #[must_use]
    pub fn money(&self, name: &str) -> Option<Money> {
        match self.get(name) {
            Some(Value::Money(money)) => Some(*money),
            _ => None,
        }
    }

    /// The moment in a field.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.get(name) {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    /// The value of a field as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.text().into_owned())
    }
}
