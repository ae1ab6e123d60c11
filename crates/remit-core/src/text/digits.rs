//! Decimal digits of other scripts, mapped to ASCII.
//!
//! People type the digits that their keyboard has. The value is the same, so the digits are mapped and the change
//! is told as a notice.

use alloc::string::String;

/// The zero of each script whose digits are mapped; the nine that follow it are its other digits. [Unicode 16, Nd]
const ZEROS: [char; 12] = [
    '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0BE6}', '\u{0C66}',
    '\u{0CE6}', '\u{0D66}', '\u{0E50}', '\u{FF10}',
];

/// The text with every digit in ASCII and the Arabic separators as `.` and `,`; `None` when nothing had to change.
pub(crate) fn to_ascii(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mapped: String = text.chars().map(|c| ascii(c).unwrap_or(c)).collect();
    (mapped != text).then_some(mapped)
}

/// Whether a character is a decimal digit, in ASCII or in one of the mapped scripts.
#[must_use]
pub fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ascii(c).is_some_and(|c| c.is_ascii_digit())
}

/// Whether a character is a nought, in ASCII or in one of the mapped scripts.
#[must_use]
pub fn is_zero(c: char) -> bool {
    c == '0' || ZEROS.contains(&c)
}

/// Whether a text is ASCII digits, at least one, and nothing else.
pub(crate) fn only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is a decimal number as programs write it: digits, at most one point between them, perhaps a minus.
pub(crate) fn decimal(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    only(whole.strip_prefix('-').unwrap_or(whole)) && only(decimals)
}

/// A whole number in ASCII digits, with nothing before them but a minus.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let plain = only(text.strip_prefix('-').unwrap_or(text));
    text.parse().ok().filter(|_| plain)
}

/// Appends a number in at least so many digits.
pub(crate) fn push(out: &mut String, mut number: u64, least: usize) {
    // No number of 64 bits has more than twenty.
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    for digit in digits.iter_mut().rev() {
        if number == 0 && 20 - first >= least {
            break;
        }
        *digit = b'0'.saturating_add(u8::try_from(number % 10).unwrap_or(0));
        number /= 10;
        first -= 1;
    }
    out.push_str(digits.get(first..).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default());
}

/// Appends a number in at least so many hexadecimal digits, at most eight.
pub(crate) fn push_hex(out: &mut String, number: u32, least: usize) {
    let digit = |place: usize| {
        let shifted = u32::try_from(place * 4).ok().and_then(|bits| number.checked_shr(bits)).unwrap_or(0);
        char::from_digit(shifted % 16, 16).filter(|_| shifted > 0 || place < least)
    };
    out.extend((0..8).rev().filter_map(digit));
}

fn ascii(c: char) -> Option<char> {
    match c {
        '\u{066B}' => return Some('.'),
        '\u{066C}' => return Some(','),
        _ => {}
    }
    ZEROS.iter().find_map(|zero| {
        let distance = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(distance, 10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_in_another_script_would_not_be_known_for_a_digit() {
        for c in ['0', '9', '\u{660}', '\u{669}', '\u{FF19}'] {
            assert!(is_digit(c), "{c}");
        }
        for c in ['/', ':', 'a', '.', ',', '\u{66A}', '\u{66B}', '\u{66C}', '\u{65F}', '\u{FF1A}'] {
            assert!(!is_digit(c), "{c}");
        }
        assert!(is_zero('0') && is_zero('\u{660}') && is_zero('\u{FF10}'));
        assert!(!is_zero('1') && !is_zero('\u{661}') && !is_zero('o'));
    }
}
