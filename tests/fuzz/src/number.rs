//! Numbers as they are written, compared without a float and without the code that is tried.

use remit_core::{is_digit, is_zero};

/// A decimal number: so many of its smallest decimal place, of which there are no more than it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    count: i128,
    places: u32,
}

impl Number {
    /// Of these digits. `None` for a number that no amount comes near.
    pub(crate) fn new(negative: bool, whole: &str, decimals: &str) -> Option<Self> {
        let decimals = decimals.trim_end_matches('0');
        let digits = format!("{whole}{decimals}");
        let digits = digits.trim_start_matches('0');
        let count: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let places = if count == 0 { 0 } else { decimals.len().try_into().ok()? };
        Some(Self { count: if negative { -count } else { count }, places })
    }

    /// Of a text of digits with at most one point, and a minus before them or not. Nothing else is a number on a wire.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits(whole) && digits(decimals) { Self::new(negative, whole, decimals) } else { None }
    }

    /// Whether it is what is left of one number without another.
    pub(crate) fn is_left_of(self, whole: Self, part: Self) -> bool {
        let places = self.places.max(whole.places).max(part.places);
        let scaled = |number: Self| number.count.checked_mul(10_i128.checked_pow(places - number.places)?);
        let left = || scaled(whole)?.checked_sub(scaled(part)?);
        left().is_some_and(|left| scaled(self) == Some(left))
    }
}

/// The digits of a text in ASCII, whatever script they are in.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

fn digit(c: char) -> Option<char> {
    if !is_digit(c) {
        return None;
    }
    // The zero of its script stands that many characters before it.
    let back = |steps: u32| u32::from(c).checked_sub(steps).and_then(char::from_u32).is_some_and(is_zero);
    char::from_digit((0..10).find(|steps| back(*steps))?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_amount_would_pass_for_the_right_one() {
        let number = |text| Number::of(text).unwrap();
        assert_eq!(number("1250.00"), number("1250"));
        assert_eq!(number("-0.0"), number("0"));
        assert_ne!(number("1250"), number("12.50"));
        assert_ne!(number("-1"), number("1"));
        for text in ["", "-", ".5", "5.", "1e2", "+1", "1_0", " 1", "1.2.3", "٣"] {
            assert_eq!(Number::of(text), None, "{text}");
        }
        assert!(number("9.99").is_left_of(number("10"), number("0.01")));
        assert!(number("-0.75").is_left_of(number("0.5"), number("1.25")));
        assert!(!number("0.75").is_left_of(number("0.5"), number("1.25")));
        assert_eq!(Number::of(&"9".repeat(60)), None);
        assert_eq!(digits("٣ 1.०９x"), "3109");
    }
}
