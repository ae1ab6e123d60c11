//! From what a person types to what the core reads: the separators of the person's locale become ASCII.

/// An amount or a number typed in a locale, as decimal text.
///
/// Only what the locale's own separators make plain is rewritten: groups of three, and one decimal mark. Everything
/// else goes to the core as it is, which refuses what can be read in two ways.
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
    // Nobody groups what begins with a zero: 0.500 is one half to whoever types it.
    let begins_groups = (1..=3).contains(&first.chars().count()) && !first.starts_with(remit_core::is_zero);
    let well_formed = digits(first)
        && decimals.is_none_or(digits)
        && (!grouped || begins_groups)
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

/// Decimal text as the locale writes it, without grouping: the inverse of [`to_ascii`].
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
    fn half_a_unit_does_not_become_five_hundred() {
        for (typed, separators) in
            [("0.500", ".,"), ("0,500", ",."), ("00.125", ".,"), ("٠٬٥٠٠", "٬٫"), ("0,050.5", ",.")]
        {
            assert_eq!(to_ascii(typed, separators), typed, "{typed} with {separators:?}");
        }
        assert_eq!(to_ascii("0,500", ".,"), "0.500");
    }

    #[test]
    fn what_the_page_sets_is_shown_as_the_locale_writes_it_and_read_back_as_it_was() {
        for separators in [",.", ".,", "\u{202f},", "٬٫", "’."] {
            for decimal in ["1250.00", "0.500", "12.500", "7"] {
                let shown = from_ascii(decimal, separators);
                assert_eq!(to_ascii(&shown, separators), decimal, "{shown} with {separators:?}");
            }
        }
        assert_eq!(from_ascii("12.x", ".,"), "12.x");
    }

    #[test]
    fn an_amount_typed_as_the_country_writes_it_keeps_its_value() {
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
    fn what_the_locale_does_not_make_plain_is_left_for_the_core_to_refuse() {
        for typed in ["1,25", "12,50,00", "1250,0", "$5", "abc", "-5"] {
            assert_eq!(to_ascii(typed, ",."), typed);
        }
    }
}
