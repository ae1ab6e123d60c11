//! Closed lists: the choices of a field, and the currencies that a provider accepts.

use crate::money::currency::Currency;

/// Which currencies a provider takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AcceptedCurrencies {
    /// All of ISO 4217 that have a minor unit.
    All,
    /// Those with two decimals.
    TwoDecimals,
    /// These only.
    Only(&'static [&'static str]),
}

impl AcceptedCurrencies {
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
