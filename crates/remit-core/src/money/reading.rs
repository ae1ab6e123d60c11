//! Parses amounts from text: exactly, and without guessing. An ambiguous text is rejected.

use core::fmt;
use core::str::FromStr;

use crate::money::currency::{Currency, CurrencyError};
use crate::money::{Money, MoneyError};
use crate::text::digits;

/// A separator between groups of three digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Comma,
    Point,
    Space,
    Apostrophe,
}

impl Mark {
    /// The mark of a character after [`digits::to_ascii`], which maps equivalent separators. Line breaks and tabs are excluded:
    /// they separate two numbers.
    fn of(c: char) -> Option<Self> {
        match c {
            ',' => Some(Self::Comma),
            '.' => Some(Self::Point),
            ' ' => Some(Self::Space),
            '\'' => Some(Self::Apostrophe),
            _ => None,
        }
    }
}

/// Why a text is not an amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// Not an amount in digits. If the currency is not known: or more decimals than any currency has.
    Malformed,
    /// In exponent notation, infinite or not a number.
    Notation,
    /// With a currency sign or code in it.
    Sign,
    /// It could be read in two ways, such as 1.250.
    Ambiguous,
    /// With an invisible character, or one that only resembles a digit or a separator.
    Character,
    /// More decimals than the currency has.
    Precision,
    /// Beyond 64 bits of minor units.
    TooLarge,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not an amount",
            Self::Notation => "an amount in exponent notation, infinite or not a number",
            Self::Sign => "an amount with a currency sign or letters",
            Self::Ambiguous => "an amount that could be read in two ways",
            Self::Character => "an amount with a character that could be misread",
            Self::Precision => "more decimals than the currency has",
            Self::TooLarge => "an amount that is too large",
        })
    }
}

impl core::error::Error for AmountError {}

/// The change that reading an amount made to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountChange {
    /// Digits of another script were mapped to ASCII.
    DigitsMapped,
    /// Grouping or a decimal comma was read.
    Rewritten,
}

/// An amount that was read, and the change that reading made to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AmountReading {
    pub(crate) money: Money,
    pub(crate) change: Option<AmountChange>,
}

/// Reads decimal text as an amount of a currency.
///
/// The decimal mark is a point or a comma. Groups of three digits may be separated by commas, points, spaces or apostrophes.
/// `1.250` and `1,250` are ambiguous: some countries read one and a quarter, others twelve hundred and fifty. Only
/// `1.250` in a currency with three decimals is accepted.
pub(crate) fn read(text: &str, currency: Currency) -> Result<AmountReading, AmountError> {
    let mapped = digits::to_ascii(text);
    let ascii = mapped.as_deref().unwrap_or(text);
    let (negative, unsigned) = match ascii.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, ascii),
    };
    let parts = split(unsigned, currency)?;
    let money = Money::from_digits(negative, parts.whole, parts.decimals, currency);
    let money = money.map_err(|error| match error {
        MoneyError::Precision if currency == Currency::UNSTATED => AmountError::Malformed,
        MoneyError::Precision => AmountError::Precision,
        MoneyError::Overflow => AmountError::TooLarge,
    })?;
    let change = if parts.rewritten {
        Some(AmountChange::Rewritten)
    } else {
        mapped.is_some().then_some(AmountChange::DigitsMapped)
    };
    Ok(AmountReading { money, change })
}

impl Money {
    /// Reads decimal text with or without grouping: `1250.00`, `1,250.00`, `1 250,00`. Surrounding whitespace and invisible
    /// characters are ignored, as in a draft.
    ///
    /// # Errors
    /// [`AmountError`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        read(digits::trim(text), currency).map(|reading| reading.money)
    }
}

/// Why a text is not an amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseMoneyError {
    /// It does not begin with the code of a currency.
    Currency(CurrencyError),
    /// The text after the code is not an amount of that currency.
    Amount(AmountError),
}

impl fmt::Display for ParseMoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Currency(error) => error.fmt(f),
            Self::Amount(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ParseMoneyError {}

impl FromStr for Money {
    type Err = ParseMoneyError;

    /// Reads `USD 1250.00`, as [`Money`] is displayed.
    fn from_str(text: &str) -> Result<Self, ParseMoneyError> {
        let (code, amount) = text.split_once(' ').unwrap_or((text, ""));
        let currency = code.parse().map_err(ParseMoneyError::Currency)?;
        Self::parse(amount, currency).map_err(ParseMoneyError::Amount)
    }
}

/// The text before the decimal mark, including separators, and the digits after it.
struct Parts<'a> {
    whole: &'a str,
    decimals: &'a str,
    /// Whether anything but digits and a point was read.
    rewritten: bool,
}

fn split(text: &str, currency: Currency) -> Result<Parts<'_>, AmountError> {
    // Fast path for plain numbers with one or two decimals. The general code below returns the same.
    if let Some((whole, decimals)) = text.split_once('.')
        && matches!(decimals.len(), 1 | 2)
        && all_digits(whole)
        && all_digits(decimals)
    {
        return Ok(Parts { whole, decimals, rewritten: false });
    }
    if let Some(c) = text.chars().find(|c| !c.is_ascii_digit() && Mark::of(*c).is_none()) {
        return Err(foreign(c, text));
    }
    let last = text.rfind(['.', ',']);
    let (whole, mark, decimals) = match last.and_then(|at| text.split_at_checked(at)) {
        Some((whole, tail)) => {
            let mut tail = tail.chars();
            let mark = tail.next();
            (whole, mark, tail.as_str())
        }
        None => (text, None, ""),
    };
    if !all_digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
        return Err(AmountError::Malformed);
    }
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        let could_be_group = mark.is_some() && decimals.len() == 3 && (1..=3).contains(&whole.len());
        let leading_zero = whole.starts_with('0');
        // Three decimals after a point: the currency is written this way, or may be if it is not known yet.
        let written_so = mark == Some('.') && (currency.exponent() == 3 || currency == Currency::UNSTATED);
        if could_be_group && !leading_zero && !written_so {
            return Err(AmountError::Ambiguous);
        }
        if mark.is_some() && decimals.is_empty() {
            return Err(AmountError::Malformed);
        }
        let rewritten = mark == Some(',');
        return Ok(Parts { whole, decimals, rewritten });
    };
    // Grouped: one separator between groups of three, and either another mark before the decimals or no decimals.
    let kind = Mark::of(separator);
    let one_mark_only = mark.is_some_and(|mark| Mark::of(mark) == kind);
    let grouped = if one_mark_only { text } else { whole };
    let mut groups = grouped.split(|c| Mark::of(c) == kind);
    let first = groups.next().unwrap_or_default();
    // A grouped number does not begin with a zero: the text is malformed.
    let well_formed = (1..=3).contains(&first.len()) && all_digits(first) && !first.starts_with('0');
    if !well_formed || !groups.all(|g| g.len() == 3 && all_digits(g)) {
        return Err(AmountError::Malformed);
    }
    if !one_mark_only && mark.is_some() && decimals.is_empty() {
        return Err(AmountError::Malformed);
    }
    let decimals = if one_mark_only { "" } else { decimals };
    Ok(Parts { whole: grouped, decimals, rewritten: true })
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The error for a character that cannot be part of an amount.
fn foreign(c: char, text: &str) -> AmountError {
    if digits::odd(text).is_some() {
        AmountError::Character
    } else if is_notation(&text.to_ascii_lowercase()) {
        AmountError::Notation
    } else if c.is_ascii_alphabetic() || c == '$' || !(c.is_ascii() || c.is_whitespace()) {
        AmountError::Sign
    } else {
        AmountError::Malformed
    }
}

/// `1e5`, `nan`, `inf`, `infinity`; but not `5 eur`.
fn is_notation(lower: &str) -> bool {
    let exponent = lower.split_once('e').is_some_and(|(number, power)| {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        let digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        let number = digits(number) && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
        number && digits(power) && all_digits(power)
    });
    exponent || matches!(lower, "nan" | "inf" | "infinity")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_whitespace_and_invisible_characters_only_around_an_amount() {
        let usd = Currency::parse("USD").unwrap();
        let five = Ok(Money::from_minor(500, usd));
        for text in [" 5 ", "\u{200F}5", "\u{3000}\u{200F}\u{CEB}\u{2069}\t", "\u{FEFF}5.00"] {
            assert_eq!(Money::parse(text, usd), five, "{text}");
        }
        for text in ["5\u{200B}0", "-\u{200F}5", "\u{202E}05"] {
            assert_eq!(Money::parse(text, usd), Err(AmountError::Character), "{text}");
        }
    }

    #[test]
    fn distinguishes_malformed_amounts_from_exponent_notation_and_currency_signs() {
        for (text, code) in [
            ("1.2 5", AmountError::Malformed),
            (".", AmountError::Malformed),
            ("1,250.", AmountError::Malformed),
            ("1,5e3", AmountError::Notation),
            ("1.5E+3", AmountError::Notation),
            ("x1e5", AmountError::Sign),
            ("5 eur", AmountError::Sign),
        ] {
            assert_eq!(Money::parse(text, Currency::parse("EUR").unwrap()), Err(code), "{text}");
        }
    }
}
