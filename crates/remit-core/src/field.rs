//! What a provider declares of a field: the one place where a field's rule lives.
//!
//! The declaration is data. The parser, the form, the request writer and reader, the relay's checks and the
//! documentation are all made from it.

use core::marker::PhantomData;

use rust_decimal::Decimal;

use crate::currency::Currency;
use crate::instant::Instant;
use crate::money::Money;
use crate::value::Value;

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
    Currency(Takes),
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

/// Which currencies a provider takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Takes {
    /// All of ISO 4217 that have a minor unit.
    All,
    /// Those with two decimals.
    TwoDecimals,
    /// These only.
    Only(&'static [&'static str]),
}

impl Takes {
    /// Whether a currency is among them.
    #[must_use]
    pub fn includes(self, currency: Currency) -> bool {
        match self {
            Self::All => true,
            Self::TwoDecimals => currency.exponent() == 2,
            Self::Only(codes) => codes.contains(&currency.code()),
        }
    }
}

/// One of a closed list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The value in a draft, such as `creditCard`. Its label is looked up under this name.
    pub value: &'static str,
    /// The value on the provider's wire.
    pub wire: i64,
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
pub enum Place {
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
    Spaced,
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
    pub place: Place,
    /// What it is, with the source of its rule. Empty in a build for the browser, which has no use for it.
    pub about: &'static str,
}

impl Field {
    /// What the provider calls it in a body or a query.
    #[must_use]
    pub fn wire_name(&self) -> Option<&'static str> {
        if let Place::Body(name, _) | Place::Query(name, _) = self.place { Some(name) } else { None }
    }

    /// The field's documentation, left out of WebAssembly.
    #[doc(hidden)]
    #[must_use]
    pub const fn about(text: &'static str) -> &'static str {
        if cfg!(target_arch = "wasm32") { "" } else { text }
    }
}

/// A type of field: its kind, and what a checked value of it is held as.
pub trait Slot {
    /// What the struct holds.
    type Held;
    /// The rule.
    const KIND: Kind;
    /// Whether the field must be filled in.
    const REQUIRED: bool;
    /// From the interpreter's value.
    fn take(value: Option<Value<'_>>) -> Option<Self::Held>;
    /// To the interpreter's value.
    fn give(held: &Self::Held) -> Option<Value<'static>>;
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident $([$($param:ident: $of:ty = $default:literal),*])? $(<$bound:ident>)? =>
        $variant:ident($held:ty), $kind:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name<$($(const $param: $of = $default),*)? $($bound)?>(PhantomData<($($bound,)?)>);

        impl<$($(const $param: $of),*)? $($bound: List)?> Slot for $name<$($($param),*)? $($bound)?> {
            type Held = $held;
            const KIND: Kind = $kind;
            const REQUIRED: bool = true;
            fn take(value: Option<Value<'_>>) -> Option<$held> {
                match value? { Value::$variant(held) => Some(held.into()), _ => None }
            }
            fn give(held: &$held) -> Option<Value<'static>> {
                Some(Value::$variant(held.clone().into()))
            }
        }

        impl<$($(const $param: $of),*)? $($bound: List)?> Slot for Option<$name<$($($param),*)? $($bound)?>> {
            type Held = Option<$held>;
            const KIND: Kind = $kind;
            const REQUIRED: bool = false;
            fn take(value: Option<Value<'_>>) -> Option<Option<$held>> {
                match value { None => Some(None), Some(Value::$variant(held)) => Some(Some(held.into())), Some(_) => None }
            }
            fn give(held: &Option<$held>) -> Option<Value<'static>> {
                held.clone().map(|held| Value::$variant(held.into()))
            }
        }
    )*};
}

slots! {
    /// An opaque identifier of at most `MAX` characters.
    Id[MAX: usize = 64] => Text(String), Kind::Id { max: MAX };
    /// A UUID.
    Uuid => Text(String), Kind::Uuid;
    /// A bank transaction.
    TransactionId => Text(String), Kind::Transaction;
    /// A positive whole number, as databases count their rows.
    RowId => Integer(i64), Kind::Integer { min: 1, max: i64::MAX };
    /// How many of something, from 1 to `MAX`.
    Count[MAX: i64 = 1000] => Integer(i64), Kind::Integer { min: 1, max: MAX };
    /// A list of positive whole numbers.
    RowIds => Integers(Vec<i64>), Kind::Integers;
    /// A currency.
    CurrencyOf<L> => Currency(Currency), Kind::Currency(L::TAKES);
    /// An amount of at least `MIN` minor units.
    Amount[MIN: i64 = 1] => Money(Money), Kind::Amount { min: MIN };
    /// A percentage.
    Percentage => Percentage(Decimal), Kind::Percentage;
    /// A moment.
    Moment => Instant(Instant), Kind::Instant;
    /// One line of at most `MAX` characters.
    Line[MAX: usize = 255] => Text(String), Kind::Text { max: MAX, lines: false };
    /// Lines of at most `MAX` characters in all.
    Lines[MAX: usize = 255] => Text(String), Kind::Text { max: MAX, lines: true };
    /// One of a list.
    OneOf<L> => Choice(Choice), Kind::Choice(L::CHOICES);
}

/// A closed list that a provider declares for [`OneOf`] or [`CurrencyOf`].
pub trait List {
    /// The choices, in the order in which they are offered.
    const CHOICES: &'static [Choice] = &[];
    /// The currencies.
    const TAKES: Takes = Takes::All;
}

/// Every currency.
pub struct AnyCurrency;
impl List for AnyCurrency {}
