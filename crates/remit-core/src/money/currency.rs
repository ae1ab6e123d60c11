//! ISO 4217 currencies and their number of decimals.

use core::fmt;
use core::str::FromStr;

use crate::money::currency_table as table;

/// An ISO 4217 currency with a minor unit.
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

/// Why a text is not the code of a currency that payments can be made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyError {
    /// ISO 4217 has no such code.
    Unknown,
    /// The ISO 4217 code has no minor unit: precious metals, bond units, test codes.
    NoMinorUnit,
}

impl fmt::Display for CurrencyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not an ISO 4217 currency code",
            Self::NoMinorUnit => "an ISO 4217 code without a minor unit",
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
    /// The placeholder for a currency that the wire does not state: ISO 4217's code for no currency (`XXX`).
    ///
    /// Its exponent is the largest in ISO 4217 (4), so a check without a known currency refuses no amount that could be
    /// valid. [`Currency::parse`] never returns it, so no draft can name it. No checked value, finding or JSON names it
    /// either, and an amount in it is printed without a code.
    pub const UNSTATED: Currency = Currency { code: "XXX", exponent: 4 };

    /// Parses a three-letter code, in upper or lower case.
    ///
    /// # Errors
    /// [`CurrencyError`] if the code is unknown or has no minor unit.
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

    /// The number of decimals of an amount: 0, 2, 3 or 4.
    #[must_use]
    pub fn exponent(self) -> u32 {
        u32::from(self.exponent)
    }

    /// Every currency that has a minor unit, sorted by code.
    pub fn all() -> impl Iterator<Item = Currency> {
        table::TABLE.iter().filter_map(|(code, exponent)| {
            Some(Currency { code: str::from_utf8(code).ok()?, exponent: (*exponent)? })
        })
    }
}

/// The table entry of a code. The table is indexed by the first letter.
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
