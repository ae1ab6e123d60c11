//! What a provider declares of a field: the one place where a field's rule lives.
//!
//! The declaration is data. The parser, the form, the request writer and reader, the relay's checks and the
//! documentation are all made from it.

use crate::schema::choice::AcceptedCurrencies;
use crate::schema::choice::Choice;

/// What kind of value a field takes, with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// An opaque identifier of letters, digits, `-` and `_`: nothing that could change a path.
    Id {
        /// Longest, in characters.
        max: usize,
    },
    /// A UUID in its hyphenated form.
    Uuid,
    /// The UUID of a bank transaction: one of the caller's, where the caller knows them.
    Transaction,
    /// A whole number.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Whole numbers from 1 up, separated by commas.
    Integers,
    /// A currency of ISO 4217 that the provider takes.
    Currency(AcceptedCurrencies),
    /// An amount of money in the payment's currency.
    Amount {
        /// Smallest, in minor units.
        min: i64,
    },
    /// A percentage from 0 to 100 with at most four decimals.
    Percentage,
    /// A moment.
    Instant,
    /// A text on one line or several.
    Text {
        /// Longest, in UTF-16 code units: never more than a server counts, whichever way it counts.
        max: usize,
        /// Whether it may have several lines.
        lines: bool,
    },
    /// One of a closed list.
    Choice(&'static [Choice]),
}

/// When a field applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Only while another field has this value. The form shows it only then.
    Equals(&'static str, &'static str),
    /// Only while another field is empty; both may be shown, and the other one wins.
    Absent(&'static str),
}

/// Where a field stands in the provider's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the path, where the route has `{name}`.
    Route,
    /// In the query, under this name.
    Query(&'static str, Encoding),
    /// In a header.
    Header(&'static str),
    /// In the body, under this name.
    Body(&'static str, Encoding),
    /// Not on the wire: it says how the rest is meant.
    Unsent,
}

/// How a value is written on a provider's wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// A text.
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
    /// A choice as its number.
    Code,
}

/// One field of a form, as its provider declares it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// The name in a draft, the same for every provider that has such a field.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be filled in where it applies.
    pub required: bool,
    /// When it applies.
    pub when: When,
    /// Where it goes.
    pub location: Location,
    /// What it is, with the source of its rule. Empty in a build for the browser, which has no use for it.
    pub about: &'static str,
}

impl Field {
    /// What the provider calls it in a body or a query.
    #[must_use]
    pub fn wire_name(&self) -> Option<&'static str> {
        if let Location::Body(name, _) | Location::Query(name, _) = self.location { Some(name) } else { None }
    }

    /// The field's documentation, left out of WebAssembly.
    #[doc(hidden)]
    #[must_use]
    pub const fn about(text: &'static str) -> &'static str {
        if cfg!(target_arch = "wasm32") { "" } else { text }
    }
}
