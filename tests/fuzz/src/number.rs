//! Compares decimal numbers without floats, and without the code under test.

use remit_core::{is_digit, is_zero};

/// A decimal number: `count` units of the last of its `places`. It has no trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    count: i128,
    places: u32,
}

impl Number {
    /// Creates a number from digits. `None` if it is far too large for an amount.
    pub(crate) fn new(negative: bool, whole: &str, decimals: &str) -> Option<Self> {
        let decimals = decimals.trim_end_matches('0');
        let digits = format!("{whole}{decimals}");
        let digits = digits.trim_start_matches('0');
        let count: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let places = if count == 0 { 0 } else { decimals.len().try_into().ok()? };
        Some(Self { count: if negative { -count } else { count }, places })
    }

    /// Parses an optional minus and digits with at most one point, the only form of a number on the wire.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits(whole) && digits(decimals) { Self::new(negative, whole, decimals) } else { None }
    }

    /// Whether the number is `whole` minus `part`.
    pub(crate) fn is_difference(self, whole: Self, part: Self) -> bool {
        let places = self.places.max(whole.places).max(part.places);
        let scaled = |number: Self| number.count.checked_mul(10_i128.checked_pow(places - number.places)?);
        let difference = || scaled(whole)?.checked_sub(scaled(part)?);
        difference().is_some_and(|difference| scaled(self) == Some(difference))
    }
}

/// The digits of a text, in any script, as ASCII.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

fn digit(c: char) -> Option<char> {
    if !is_digit(c) {
        return None;
    }
    // The script's zero precedes the digit by the digit's value.
    let back = |steps: u32| u32::from(c).checked_sub(steps).and_then(char::from_u32).is_some_and(is_zero);
    char::from_digit((0..10).find(|steps| back(*steps))?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_only_if_their_values_are() {
        let number = |text| Number::of(text).unwrap();
        assert_eq!(number("1250.00"), number("1250"));
        assert_eq!(number("-0.0"), number("0"));
        assert_ne!(number("1250"), number("12.50"));
        assert_ne!(number("-1"), number("1"));
        for text in ["", "-", ".5", "5.", "1e2", "+1", "1_0", " 1", "1.2.3", "٣"] {
            assert_eq!(Number::of(text), None, "{text}");
        }
        assert!(number("9.99").is_difference(number("10"), number("0.01")));
        assert!(number("-0.75").is_difference(number("0.5"), number("1.25")));
        assert!(!number("0.75").is_difference(number("0.5"), number("1.25")));
        assert_eq!(Number::of(&"9".repeat(60)), None);
        assert_eq!(digits("٣ 1.०９x"), "3109");
    }
}
