//! Currencies of ISO 4217 and how many decimals each one has.

use core::fmt;
use core::str::FromStr;

use crate::money::currency_table as table;

/// A currency of ISO 4217 that amounts can be written in.
///
/// ```
/// use remit_core::Currency;
///
/// assert_eq!(Currency::parse("usd").map(|c| c.exponent()), Ok(2));
/// assert_eq!(Currency::parse("JPY").map(|c| c.exponent()), Ok(0));
/// assert_eq!(Currency::parse("KWD").map(|c| c.exponent()), Ok(3));
/// assert!(Currency::parse("XAU").is_err()); // gold has no minor unit
/// assert!(Currency::parse("US$").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    exponent: u8,
}

/// Why a text is not a currency that a payment can be made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyError {
    /// ISO 4217 has no such code.
    Unknown,
    /// ISO 4217 gives the code no minor unit: precious metals, bond units, test codes.
    NoMinorUnit,
}

impl fmt::Display for CurrencyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not a currency of ISO 4217",
            Self::NoMinorUnit => "a code of ISO 4217 that has no minor unit",
        })
    }
}

impl core::error::Error for CurrencyError {}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        Self::parse(text)
    }
}

impl Currency {
    /// Stands for "the wire does not say": ISO 4217's own code for no currency, held to the widest exponent that
    /// ISO 4217 has (4), so that a check made without knowing the currency refuses no amount that could be right.
    /// [`Currency::parse`] never gives it, so no draft can name it; no checked value, finding or plain data names it
    /// either, and an amount in it is printed as a number alone.
    pub const UNSTATED: Currency = Currency { code: "XXX", exponent: 4 };

    /// Reads a three-letter code, in either case.
    ///
    /// # Errors
    /// [`CurrencyError`] says whether the code is unknown or has no minor unit.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        let bytes = text.as_bytes();
        let wanted = <[u8; 3]>::try_from(if bytes.len() == 3 { bytes } else { text.trim().as_bytes() });
        let wanted = wanted.map_err(|_| CurrencyError::Unknown)?.map(|letter| letter.to_ascii_uppercase());
        let (code, exponent) = find(wanted).ok_or(CurrencyError::Unknown)?;
        let code = str::from_utf8(code).map_err(|_| CurrencyError::Unknown)?;
        let exponent = (*exponent).ok_or(CurrencyError::NoMinorUnit)?;
        Ok(Self { code, exponent })
    }

    /// The upper-case code, such as `EUR`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals an amount in it has: 0, 2, 3 or 4.
    #[must_use]
    pub fn exponent(self) -> u32 {
        u32::from(self.exponent)
    }

    /// Every currency that has a minor unit, by code.
    pub fn all() -> impl Iterator<Item = Currency> {
        table::TABLE.iter().filter_map(|(code, exponent)| {
            Some(Currency { code: str::from_utf8(code).ok()?, exponent: (*exponent)? })
        })
    }
}

/// The line of a code: those that begin with one letter stand together.
fn find(wanted: [u8; 3]) -> Option<&'static ([u8; 3], Option<u8>)> {
    let letter = usize::from(wanted.first()?.checked_sub(b'A')?);
    let (from, to) = (*table::STARTS.get(letter)?, *table::STARTS.get(letter.checked_add(1)?)?);
    let mut lines = table::TABLE.get(usize::from(from)..usize::from(to))?.iter();
    lines.find(|(code, _)| *code == wanted)
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}
