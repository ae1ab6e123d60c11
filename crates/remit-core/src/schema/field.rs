//! The declaration of a field: the only place where a field's rules are written.
//!
//! The declaration is data. The parser, the form, the request writer and reader, the relay's checks and the
//! documentation are all derived from it.

use crate::schema::choice::AcceptedCurrencies;
use crate::schema::choice::Choice;

/// The kind of a field's value, with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// An opaque identifier of letters, digits, `-` and `_`. None of these can change a path.
    Id {
        /// Maximum length, in characters.
        max: usize,
    },
    /// A UUID in its hyphenated form.
    Uuid,
    /// The UUID of a bank transaction. A form can offer the transactions that it has listed.
    Transaction,
    /// A whole number.
    Integer {
        /// Minimum.
        min: i64,
        /// Maximum.
        max: i64,
    },
    /// Whole numbers of at least 1, separated by commas.
    Integers,
    /// An ISO 4217 currency that the provider accepts.
    Currency(AcceptedCurrencies),
    /// An amount of money in the payment's currency.
    Amount {
        /// Minimum, in minor units.
        min: i64,
    },
    /// A percentage from 0 to 100 with at most four decimals.
    Percentage,
    /// A moment in time.
    Instant,
    /// Text on one or more lines.
    Text {
        /// Maximum length, in UTF-16 code units. A server that counts characters counts at most as many.
        max: usize,
        /// Whether line breaks are allowed.
        lines: bool,
    },
    /// One value of a closed list.
    Choice(&'static [Choice]),
}

/// When a field applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Only while another field has this value. The form shows the field only then.
    Equals(&'static str, &'static str),
    /// Only while another field is empty. The form may show both; if both have a value, the other field is used.
    Absent(&'static str),
}

/// The location of a field in the provider's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// The path, in place of `{name}` in the route.
    Route,
    /// The query parameter of this name.
    Query(&'static str, Encoding),
    /// The header of this name.
    Header(&'static str),
    /// The body member of this name.
    Body(&'static str, Encoding),
    /// Not sent. The field affects how other fields are read, as the currency does.
    Unsent,
}

/// How a value is written on a provider's wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A list of whole numbers.
    Integers,
    /// An amount as a whole number of minor units.
    Minor,
    /// An amount or a percentage as a decimal number of major units.
    Decimal,
    /// A moment as `2026-11-19T10:00:00Z`.
    Rfc3339,
    /// A moment as `2026-11-19 10:00:00`, in UTC.
    UtcDateTime,
    /// A choice as its number on the wire.
    Code,
}

/// One field of a form, as its provider declares it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// The name in a draft, the same for every provider that has the field.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Whether a value is required when the field applies.
    pub required: bool,
    /// When the field applies.
    pub when: When,
    /// The location in the request.
    pub location: Location,
    /// The documentation, with the source of each rule. Empty in WebAssembly builds, which do not use it.
    pub about: &'static str,
}

impl Field {
    /// The provider's name for the field in a body or a query.
    #[must_use]
    pub fn wire_name(&self) -> Option<&'static str> {
        if let Location::Body(name, _) | Location::Query(name, _) = self.location { Some(name) } else { None }
    }

    /// The field's documentation, omitted from WebAssembly builds.
    #[doc(hidden)]
    #[must_use]
    pub const fn about(text: &'static str) -> &'static str {
        if cfg!(target_arch = "wasm32") { "" } else { text }
    }
}
