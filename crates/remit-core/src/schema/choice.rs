//! Closed lists: the choices of a field, and the currencies that a provider accepts.

use crate::money::currency::Currency;

/// The currencies that a provider accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AcceptedCurrencies {
    /// Every ISO 4217 currency with a minor unit.
    All,
    /// Every currency with two decimals.
    TwoDecimals,
    /// Only the currencies with these codes.
    Only(&'static [&'static str]),
}

impl AcceptedCurrencies {
    /// Whether a currency is accepted.
    #[must_use]
    pub fn includes(self, currency: Currency) -> bool {
        match self {
            Self::All => true,
            Self::TwoDecimals => currency.exponent() == 2,
            Self::Only(codes) => codes.contains(&currency.code()),
        }
    }
}

/// One value of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The value in a draft, such as `creditCard`. Its label is looked up under this name.
    pub value: &'static str,
    /// The value on the provider's wire.
    pub wire: i64,
}
