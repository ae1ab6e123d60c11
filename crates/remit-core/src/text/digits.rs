//! Decimal digits and marks of other scripts, mapped to ASCII.
//!
//! Typed and copied texts contain digits of other scripts and invisible characters. A character is mapped only if its meaning is
//! unambiguous, and the change is reported as a notice. Any other character is rejected by name.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// The zero of each mapped script; its other nine digits follow it. [Unicode 16, Nd]
const ZEROS: [char; 12] = [
    '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0BE6}', '\u{0C66}',
    '\u{0CE6}', '\u{0D66}', '\u{0E50}', '\u{FF10}',
];

/// The text with digits, full-width marks, Arabic separators, minus signs, apostrophes and spaces mapped to ASCII; `None` if
/// nothing changes.
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

/// Whether a character is a zero, in ASCII or in one of the mapped scripts.
#[must_use]
pub fn is_zero(c: char) -> bool {
    c == '0' || ZEROS.contains(&c)
}

/// Whether a text consists of one or more ASCII digits.
pub(crate) fn only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text is a plain decimal number: an optional minus, digits, and at most one point between digits.
pub(crate) fn decimal(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    only(whole.strip_prefix('-').unwrap_or(whole)) && only(decimals)
}

/// Parses a whole number: an optional minus and ASCII digits.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let plain = only(text.strip_prefix('-').unwrap_or(text));
    text.parse().ok().filter(|_| plain)
}

/// Appends a number with at least `least` digits.
pub(crate) fn push(out: &mut String, mut number: u64, least: usize) {
    // A 64-bit number has at most 20 digits.
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

/// Appends a number with at least `least` hexadecimal digits, at most eight.
pub(crate) fn push_hex(out: &mut String, number: u32, least: usize) {
    let digit = |place: usize| {
        let shifted = u32::try_from(place * 4).ok().and_then(|bits| number.checked_shr(bits)).unwrap_or(0);
        char::from_digit(shifted % 16, 16).filter(|_| shifted > 0 || place < least)
    };
    out.extend((0..8).rev().filter_map(digit));
}

/// Whether a character is invisible and harmless at the start or the end of copied text. Characters that reverse the order of
/// digits are excluded. Callers must reject invisible characters between digits.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{061C}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202C}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// The text without surrounding whitespace and invisible characters, which copying a number often adds.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// The first character that is hard to notice: outside ASCII, and not a letter, a digit or a currency sign.
pub(crate) fn odd(text: &str) -> Option<char> {
    text.chars().find(|c| {
        matches!(
            c,
            '\u{80}'..='\u{A1}'
                | '\u{A6}'..='\u{A9}'
                | '\u{AB}'..='\u{B1}'
                | '\u{B4}'
                | '\u{B6}'..='\u{B8}'
                | '\u{BB}'
                | '\u{2B0}'..='\u{36F}'
                | '\u{600}'..='\u{60A}'
                | '\u{60C}'..='\u{61F}'
                | '\u{66A}'..='\u{66D}'
                | '\u{180E}'
                | '\u{2000}'..='\u{206F}'
                | '\u{2190}'..='\u{2BFF}'
                | '\u{3000}'..='\u{3004}'
                | '\u{3008}'..='\u{3020}'
                | '\u{FE00}'..='\u{FE6F}'
                | '\u{FEFF}'
                | '\u{FF61}'..='\u{FF65}'
                | '\u{FFF0}'..='\u{FFFF}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
    })
}

/// The code point, such as `U+200B`, of the first character that prevents reading a text as a number and is hard to notice.
#[must_use]
pub fn odd_character(text: &str) -> Option<String> {
    let mapped = to_ascii(text);
    odd(mapped.as_deref().unwrap_or(text)).map(code_point)
}

/// The code point of a character, such as `U+0007`.
pub(crate) fn code_point(c: char) -> String {
    let mut text = "U+".to_owned();
    push_hex(&mut text, c.into(), 4);
    text.make_ascii_uppercase();
    text
}

fn ascii(c: char) -> Option<char> {
    match c {
        '\u{066B}' => return Some('.'),
        '\u{066C}' => return Some(','),
        // Hyphens and minus signs that look like the keyboard's hyphen.
        '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{FE63}' => return Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{02BC}' => return Some('\''),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => return Some(' '),
        // Full-width marks and digits.
        '\u{FF01}'..='\u{FF20}' => return char::from_u32(u32::from(c).checked_sub(0xFEE0)?),
        _ => {}
    }
    ZEROS.iter().find_map(|zero| {
        let distance = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(distance, 10)
    })
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString;

    use super::*;

    #[test]
    fn an_invisible_character_is_odd_and_a_letter_is_not() {
        for c in ['\u{200B}', '\u{202E}', '\u{FEFF}', '\u{B7}', '\u{2013}', '\u{3001}', '\u{2028}'] {
            assert_eq!(odd(&format!("1{c}2")), Some(c));
        }
        assert_eq!(odd("5 € £ ¥ ₹ 円 é ١ 字 ½"), None);
        for c in ['\u{200B}', '\u{200E}', '\u{2069}', '\u{FEFF}'] {
            assert!(is_invisible(c) && odd(&c.to_string()) == Some(c));
        }
        // These reverse the following text: 0521 is displayed as 1250.
        assert!(!is_invisible('\u{202E}') && !is_invisible('\u{202D}'));
        assert_eq!(to_ascii("１，２５０．００－\u{2011}\u{A0}").as_deref(), Some("1,250.00-- "));
        assert_eq!(odd_character("\u{2019}\u{A0}\u{2212}"), None);
    }

    #[test]
    fn recognises_digits_and_zeros_of_other_scripts() {
        for c in ['0', '9', '\u{660}', '\u{669}', '\u{FF19}'] {
            assert!(is_digit(c), "{c}");
        }
        for c in ['/', ':', 'a', '.', ',', '\u{66A}', '\u{66B}', '\u{66C}', '\u{65F}', '\u{FF0F}', '\u{FF1A}']
        {
            assert!(!is_digit(c), "{c}");
        }
        assert!(is_zero('0') && is_zero('\u{660}') && is_zero('\u{FF10}'));
        assert!(!is_zero('1') && !is_zero('\u{661}') && !is_zero('o'));
    }
}
