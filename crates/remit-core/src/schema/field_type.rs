//! The field types that a provider's declarations use.
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use rust_decimal::Decimal;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::schema::choice::{AcceptedCurrencies, Choice};
use crate::schema::field::Kind;
use crate::schema::value::Value;
use crate::time::instant::Instant;

/// A type of field: its kind, and the Rust type of its checked values.
pub trait FieldType {
    /// The type in the operation's struct.
    type Held;
    /// The kind and its limits.
    const KIND: Kind;
    /// Whether a value is required.
    const REQUIRED: bool;
    /// Converts from the interpreter's value.
    fn take(value: Option<Value<'_>>) -> Option<Self::Held>;
    /// Converts to the interpreter's value.
    fn give(held: &Self::Held) -> Option<Value<'static>>;
}

macro_rules! field_types {
    ($($(#[$doc:meta])* $name:ident $([$($param:ident: $param_type:ty = $default:literal),*])? $(<$bound:ident>)? =>
        $variant:ident($held:ty), $kind:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name<$($(const $param: $param_type = $default),*)? $($bound)?>(PhantomData<($($bound,)?)>);

        impl<$($(const $param: $param_type),*)? $($bound: List)?> FieldType for $name<$($($param),*)? $($bound)?> {
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

        impl<$($(const $param: $param_type),*)? $($bound: List)?> FieldType for Option<$name<$($($param),*)? $($bound)?>> {
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

field_types! {
    /// An opaque identifier of at most `MAX` characters.
    Id[MAX: usize = 64] => Text(String), Kind::Id { max: MAX };
    /// A UUID.
    Uuid => Text(String), Kind::Uuid;
    /// A bank transaction.
    TransactionId => Text(String), Kind::Transaction;
    /// A positive whole number, such as a database row ID.
    RowId => Integer(i64), Kind::Integer { min: 1, max: i64::MAX };
    /// A count from 1 to `MAX`.
    Count[MAX: i64 = 1000] => Integer(i64), Kind::Integer { min: 1, max: MAX };
    /// A list of positive whole numbers.
    RowIds => Integers(Vec<i64>), Kind::Integers;
    /// A currency.
    CurrencyOf<L> => Currency(Currency), Kind::Currency(L::ACCEPTED);
    /// An amount of at least `MIN` minor units.
    Amount[MIN: i64 = 1] => Money(Money), Kind::Amount { min: MIN };
    /// A percentage.
    Percentage => Percentage(Decimal), Kind::Percentage;
    /// A moment in time.
    Moment => Instant(Instant), Kind::Instant;
    /// One line of at most `MAX` characters.
    Line[MAX: usize = 255] => Text(String), Kind::Text { max: MAX, lines: false };
    /// One or more lines of at most `MAX` characters in total.
    Lines[MAX: usize = 255] => Text(String), Kind::Text { max: MAX, lines: true };
    /// One value of a closed list.
    OneOf<L> => Choice(Choice), Kind::Choice(L::CHOICES);
}

/// A closed list that a provider declares for [`OneOf`] or [`CurrencyOf`].
pub trait List {
    /// The choices, in the order of the form.
    const CHOICES: &'static [Choice] = &[];
    /// The accepted currencies.
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::All;
}

/// Every currency.
pub struct AnyCurrency;
impl List for AnyCurrency {}
