//! Amounts of money: minor units and a currency, never a float.

use alloc::string::String;

pub mod currency;
mod currency_table;
pub mod reading;
use core::fmt;

use rust_decimal::Decimal;

use crate::money::currency::Currency;
use crate::text::digits;

/// An amount in a currency, in minor units (cents for USD, yen for JPY, fils for KWD).
///
/// ```
/// use remit_core::{Currency, Money};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let usd = Currency::parse("USD")?;
/// let money = Money::from_minor(125_000, usd);
/// assert_eq!(money.to_decimal_string(), "1250.00");
/// assert_eq!(money.to_string(), "USD 1250.00");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why a decimal is not an amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// More non-zero decimals than the currency has.
    Precision,
    /// More than 64 bits of minor units.
    Overflow,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Precision => "more decimals than the currency has",
            Self::Overflow => "the amount is too large",
        })
    }
}

impl core::error::Error for MoneyError {}

impl Money {
    /// Makes an amount from a number of minor units.
    #[must_use]
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Makes an amount from an exact decimal in major units, without rounding.
    ///
    /// # Errors
    /// [`MoneyError`] if the decimal is more precise than the minor unit, or too large.
    pub fn from_decimal(decimal: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let normal = decimal.normalize();
        let missing = currency.exponent().checked_sub(normal.scale()).ok_or(MoneyError::Precision)?;
        let scale = 10_i128.pow(missing);
        let minor = normal.mantissa().checked_mul(scale).ok_or(MoneyError::Overflow)?;
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { minor, currency })
    }

    /// Parses a provider's amount: an optional minus, digits, and at most one point.
    pub(crate) fn from_wire(text: &str, currency: Currency) -> Option<Self> {
        let text = Some(text.trim()).filter(|text| digits::decimal(text))?;
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        Self::from_digits(negative, whole, decimals, currency).ok()
    }

    /// Makes an amount from the digits before and after the decimal mark. Other characters are ignored.
    pub(crate) fn from_digits(
        negative: bool,
        whole: &str,
        decimals: &str,
        currency: Currency,
    ) -> Result<Self, MoneyError> {
        let decimals = decimals.trim_end_matches('0');
        let exponent = usize::try_from(currency.exponent()).unwrap_or(0);
        let missing = exponent.checked_sub(decimals.len()).ok_or(MoneyError::Precision)?;
        let mut minor = 0_u64;
        for byte in whole.bytes().chain(decimals.bytes()).filter(u8::is_ascii_digit) {
            minor = push_digit(minor, byte - b'0')?;
        }
        for _ in 0..missing {
            minor = push_digit(minor, 0)?;
        }
        let minor = if negative { 0_i64.checked_sub_unsigned(minor) } else { i64::try_from(minor).ok() };
        Ok(Self { minor: minor.ok_or(MoneyError::Overflow)?, currency })
    }

    /// The number of minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The exact amount in major units.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        // An i64 always fits the 96 bits of a Decimal, and a currency's exponent is at most 4.
        Decimal::try_from_i128_with_scale(i128::from(self.minor), self.currency.exponent())
            .unwrap_or_default()
    }

    /// The amount in major units with all of the currency's decimals: `1250.00`.
    #[must_use]
    pub fn to_decimal_string(self) -> String {
        let mut out = String::new();
        self.print(&mut out);
        out
    }

    /// Appends [`Money::to_decimal_string`].
    pub fn print(self, out: &mut String) {
        if self.minor < 0 {
            out.push('-');
        }
        let scale = 10_u64.pow(self.currency.exponent());
        let minor = self.minor.unsigned_abs();
        digits::push(out, minor / scale, 1);
        if scale > 1 {
            out.push('.');
            digits::push(out, minor % scale, usize::try_from(self.currency.exponent()).unwrap_or(0));
        }
    }

    /// Appends the currency code and the amount; in [`Currency::UNSTATED`] only the amount.
    pub fn print_with_currency(self, out: &mut String) {
        if self.currency != Currency::UNSTATED {
            out.push_str(self.currency.code());
            out.push(' ');
        }
        self.print(out);
    }

    /// The sum; `None` if the currencies differ or it overflows.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        let minor = self.minor.checked_add(other.minor).filter(|_| same)?;
        Some(Self { minor, ..self })
    }

    /// The difference; `None` if the currencies differ or it overflows.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        let minor = self.minor.checked_sub(other.minor).filter(|_| same)?;
        Some(Self { minor, ..self })
    }
}

/// Appends a decimal digit to a number. Small numbers skip the overflow check: WebAssembly has no fast checked
/// arithmetic.
fn push_digit(number: u64, digit: u8) -> Result<u64, MoneyError> {
    let digit = u64::from(digit);
    if number < u64::MAX / 16 {
        return Ok(number.wrapping_mul(10).wrapping_add(digit));
    }
    number.checked_mul(10).and_then(|number| number.checked_add(digit)).ok_or(MoneyError::Overflow)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.print_with_currency(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_only_plain_decimal_numbers_from_the_wire() {
        let usd = Currency::parse("USD").unwrap();
        let read = |text| Money::from_wire(text, usd).map(Money::minor);
        assert_eq!(read("1238.0"), Some(123_800));
        assert_eq!(read(" -0.50 "), Some(-50));
        for text in ["", ".", "-", ".0", "5.", "+5", "12_", "1_238", "1.2.3", "1e2", "--5", "١"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
