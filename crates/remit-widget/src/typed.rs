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
    let well_formed = digits(first)
        && decimals.is_none_or(digits)
        && (!grouped || (1..=3).contains(&first.chars().count()))
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

#[cfg(test)]
mod tests {
    use super::to_ascii;

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
