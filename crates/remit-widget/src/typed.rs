//! Converts typed numbers to decimal text: the locale's separators become ASCII.

/// Converts an amount or a number typed in a locale to decimal text.
///
/// Only a number that is unambiguous in the locale is rewritten: groups of three digits, and one decimal separator. Any
/// other text goes to the core unchanged, which rejects ambiguous numbers.
pub(crate) fn to_ascii(typed: &str, separators: &str) -> String {
    let mut marks = separators.chars();
    let (group, decimal) = (marks.next().unwrap_or(','), marks.next().unwrap_or('.'));
    let text = typed.trim();
    let (whole, decimals) = match text.split_once(decimal) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let is_group = |c: char| c == group || (c.is_whitespace() && group.is_whitespace());
    let mut groups = whole.split(is_group);
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().next().is_some();
    let digits = |text: &str| text.chars().all(remit_core::is_digit);
    // A number that starts with a zero has no thousands separators: 0.500 means one half.
    let can_be_grouped = (1..=3).contains(&first.chars().count()) && !first.starts_with(remit_core::is_zero);
    let well_formed = digits(first)
        && decimals.is_none_or(digits)
        && (!grouped || can_be_grouped)
        && groups.all(|g| g.chars().count() == 3 && digits(g));
    if !well_formed {
        return text.to_owned();
    }
    let mut out: String = whole.chars().filter(|c| !is_group(*c)).collect();
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// Converts decimal text to the locale's notation, without grouping: the inverse of [`to_ascii`].
pub(crate) fn from_ascii(decimal: &str, separators: &str) -> String {
    let is_plain = decimal.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match separators.chars().nth(1) {
        Some(mark) if is_plain => decimal.replace('.', mark.encode_utf8(&mut [0; 4])),
        _ => decimal.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{from_ascii, to_ascii};

    #[test]
    fn a_leading_zero_excludes_a_thousands_separator() {
        for (typed, separators) in
            [("0.500", ".,"), ("0,500", ",."), ("00.125", ".,"), ("٠٬٥٠٠", "٬٫"), ("0,050.5", ",.")]
        {
            assert_eq!(to_ascii(typed, separators), typed, "{typed} with {separators:?}");
        }
        assert_eq!(to_ascii("0,500", ".,"), "0.500");
    }

    #[test]
    fn a_decimal_survives_the_conversion_to_the_locale_and_back() {
        for separators in [",.", ".,", "\u{202f},", "٬٫", "’."] {
            for decimal in ["1250.00", "0.500", "12.500", "7"] {
                let shown = from_ascii(decimal, separators);
                assert_eq!(to_ascii(&shown, separators), decimal, "{shown} with {separators:?}");
            }
        }
        assert_eq!(from_ascii("12.x", ".,"), "12.x");
    }

    #[test]
    fn an_amount_in_the_notation_of_the_locale_keeps_its_value() {
        for (typed, separators, expected) in [
            ("1,250.00", ",.", "1250.00"),
            ("1,250", ",.", "1250"),
            ("1.250,00", ".,", "1250.00"),
            ("1.250", ".,", "1250"),
            ("12,5", ".,", "12.5"),
            ("1\u{202f}250,00", "\u{202f},", "1250.00"),
            ("1 250,00", "\u{202f},", "1250.00"),
            ("١٬٢٥٠٫٠٠", "٬٫", "١٢٥٠.٠٠"),
        ] {
            assert_eq!(to_ascii(typed, separators), expected, "{typed} with {separators:?}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_the_locale_stays_unchanged() {
        for typed in ["1,25", "12,50,00", "1250,0", "$5", "abc", "-5"] {
            assert_eq!(to_ascii(typed, ",."), typed);
        }
    }
}
