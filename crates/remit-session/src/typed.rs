//! Converts typed numbers to decimal text: the locale's separators become ASCII, and the sign of the form's currency is removed.

/// The notation of numbers in a locale.
#[derive(Clone, Copy)]
struct Notation {
    group: char,
    decimal: char,
    /// The number of digits in the last group before the decimals.
    last: usize,
    /// The number of digits in every other group: 2 in India. The first one may have fewer.
    others: usize,
}

impl Notation {
    /// Parses the text of [`Format::separators`](crate::Format::separators). `None` if the locale's separators are not known.
    fn parse(separators: &str) -> Option<Self> {
        let mut rest = separators.chars();
        let (group, decimal) = (rest.next()?, rest.next()?);
        let mut size = || usize::try_from(rest.next()?.to_digit(10)?).ok();
        let last = size().unwrap_or(3);
        let others = size().unwrap_or(last);
        Some(Self { group, decimal, last, others })
    }

    fn is_group(self, c: char) -> bool {
        c == self.group || (c.is_whitespace() && self.group.is_whitespace())
    }

    /// Whether a number without decimals has no groups, or groups of the locale's sizes or of three digits.
    fn is_well_grouped(self, whole: &str) -> bool {
        let groups: Vec<_> = whole.rsplit(|c| self.is_group(c)).map(|group| group.chars().count()).collect();
        let [last, middle @ .., first] = groups.as_slice() else { return true };
        let fits = |expected: usize, others: usize| {
            *last == expected && middle.iter().all(|size| *size == others) && (1..=others).contains(first)
        };
        // A number that starts with a zero has no thousands separators: 0.500 means one half.
        (fits(self.last, self.others) || fits(3, 3)) && !whole.starts_with(remit_core::is_zero)
    }
}

/// Converts an amount or a number typed in a locale to decimal text.
///
/// Only a number that is unambiguous in the locale is rewritten: groups of the locale's sizes or of three digits, and one
/// decimal separator. Any other text goes to the core unchanged, which rejects ambiguous numbers.
pub(crate) fn to_ascii(typed: &str, separators: &str) -> String {
    let text = trim(typed);
    let Some(notation) = Notation::parse(separators) else { return without_notation(text) };
    let (whole, decimals) = match text.split_once(notation.decimal) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let is_number = whole.chars().all(|c| notation.is_group(c) || remit_core::is_digit(c));
    if !is_number || !decimals.is_none_or(digits) || !notation.is_well_grouped(whole) {
        return text.to_owned();
    }
    let mut out: String = whole.chars().filter(|c| !notation.is_group(*c)).collect();
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// Converts decimal text to the locale's notation, without grouping: the inverse of [`to_ascii`].
pub(crate) fn from_ascii(decimal: &str, separators: &str) -> String {
    let is_plain = decimal.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match Notation::parse(separators) {
        Some(notation) if is_plain => decimal.replace('.', notation.decimal.encode_utf8(&mut [0; 4])),
        // The additional zero shows that the point is no thousands separator.
        None if thousands(decimal).is_some() => format!("{decimal}0"),
        _ => decimal.to_owned(),
    }
}

/// The text for the core if the separators are not known. The core rejects `1,250` as ambiguous, but reads `1.250` in a
/// currency with three decimals, because decimal text has a point. In typed text the point may separate thousands, so it
/// becomes a comma.
fn without_notation(text: &str) -> String {
    thousands(text).map_or_else(|| text.to_owned(), |(whole, rest)| format!("{whole},{rest}"))
}

/// Splits a number at its only point if the point could separate thousands.
fn thousands(text: &str) -> Option<(&str, &str)> {
    // The core maps the full-width point to the ASCII one.
    let (whole, rest) = text.split_once(['.', '\u{FF0E}'])?;
    let could_be = (1..=3).contains(&whole.chars().count())
        && rest.chars().count() == 3
        && digits(whole)
        && digits(rest)
        && !whole.starts_with(remit_core::is_zero);
    could_be.then_some((whole, rest))
}

/// Removes the sign or the code of the form's currency from the start or the end of a typed amount. `marks` has these texts, one
/// a line. Any other text stays unchanged, and the core rejects it if it contains letters or signs.
pub(crate) fn strip_currency<'a>(typed: &'a str, marks: &str) -> &'a str {
    let text = trim(typed);
    let is_amount = |rest: &&str| rest.contains(remit_core::is_digit) && !rest.contains(char::is_alphabetic);
    let stripped = |mark: &str| {
        let rest = match matching(text.chars(), mark.chars()) {
            Some(length) => text.get(length..),
            None => matching(text.chars().rev(), mark.chars().rev())
                .and_then(|length| text.get(..text.len().checked_sub(length)?)),
        };
        rest.map(trim).filter(is_amount)
    };
    marks.lines().filter(|mark| !mark.is_empty()).find_map(stripped).unwrap_or(typed)
}

/// The length in bytes of the beginning of a text that equals a mark, in upper or lower case and with any spaces.
fn matching(mut text: impl Iterator<Item = char>, mut mark: impl Iterator<Item = char>) -> Option<usize> {
    mark.try_fold(0_usize, |length, expected| {
        let c = text.next()?;
        let equal = c.eq_ignore_ascii_case(&expected) || (c.is_whitespace() && expected.is_whitespace());
        length.checked_add(c.len_utf8()).filter(|_| equal)
    })
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || remit_core::is_invisible(c))
}

fn digits(text: &str) -> bool {
    text.chars().all(remit_core::is_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use remit_core::money::reading::AmountError;
    use remit_core::{Currency, Money};

    use super::{Notation, from_ascii, strip_currency, to_ascii};

    /// Notations that browsers report, and the unknown one.
    const NOTATIONS: [&str; 9] =
        [",.33", ".,33", "\u{202f},33", "\u{a0},33", "’.33", "٬٫33", ",.32", "٬٫32", ""];

    /// Decimal text as the locale shows it, with groups of these sizes.
    fn shown(whole: &str, decimals: &str, notation: Notation, (last, others): (usize, usize)) -> String {
        let mut out = String::new();
        for (index, digit) in whole.chars().enumerate() {
            let left = whole.len() - index;
            if index > 0 && left >= last && (left - last).is_multiple_of(others) {
                out.push(notation.group);
            }
            out.push(digit);
        }
        if !decimals.is_empty() {
            out.push(notation.decimal);
            out.push_str(decimals);
        }
        out
    }

    proptest! {
        #[test]
        fn a_shown_number_is_read_back(
            whole in "0|[1-9][0-9]{0,17}",
            decimals in "[0-9]{0,4}",
            separators in prop::sample::select(&NOTATIONS[..]),
        ) {
            let decimal = if decimals.is_empty() { whole.clone() } else { format!("{whole}.{decimals}") };
            if let Some(notation) = Notation::parse(separators) {
                for sizes in [(notation.last, notation.others), (3, 3)] {
                    let shown = shown(&whole, &decimals, notation, sizes);
                    prop_assert_eq!(&to_ascii(&shown, separators), &decimal, "{}", shown);
                }
                let plain = from_ascii(&decimal, separators);
                prop_assert_eq!(&to_ascii(&plain, separators), &decimal, "{}", plain);
            } else {
                let plain = from_ascii(&decimal, separators);
                prop_assert_eq!(&to_ascii(&plain, separators), &plain);
                prop_assert!(plain == decimal || plain == format!("{decimal}0"), "{} as {}", decimal, plain);
            }
        }

        #[test]
        fn no_typed_text_loses_or_gains_a_digit(
            typed in "[0-9.,’\u{202f} $-]{0,16}",
            separators in prop::sample::select(&NOTATIONS[..]),
        ) {
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            prop_assert_eq!(digits(&to_ascii(&typed, separators)), digits(&typed));
        }
    }

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
        for separators in [",.", ".,", "\u{202f},", "٬٫", "’.", ",.32"] {
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
            ("1,25,000.50", ",.32", "125000.50"),
            ("12,34,56,789", ",.32", "123456789"),
            ("125,000.50", ",.32", "125000.50"),
            ("१,२५,०००.५०", ",.32", "१२५०००.५०"),
            ("1,2500", ",.44", "12500"),
        ] {
            assert_eq!(to_ascii(typed, separators), expected, "{typed} with {separators:?}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_the_locale_stays_unchanged() {
        for typed in ["1,25", "12,50,00", "1250,0", "$5", "abc", "-5"] {
            assert_eq!(to_ascii(typed, ",."), typed);
        }
        for typed in ["1,25,000", "1,25,000.50"] {
            assert_eq!(to_ascii(typed, ",.33"), typed);
        }
        // Groups of two in the wrong place, groups of both kinds, and a first group that is too long.
        for typed in ["125,00", "1,25,00", "1,250,000,00", "1,250,00,000", "125,00,000", "1,,000", "0,25,000"]
        {
            assert_eq!(to_ascii(typed, ",.32"), typed);
        }
    }

    #[test]
    fn the_core_rejects_a_possible_thousands_separator_if_the_separators_are_unknown() {
        for code in ["USD", "JPY", "KWD"] {
            let currency = Currency::parse(code).unwrap();
            for typed in ["1.250", "1,250", "999.999", "\u{661}.\u{662}\u{665}\u{660}", "1\u{FF0E}250"] {
                let read = Money::parse(&to_ascii(typed, ""), currency);
                assert_eq!(read, Err(AmountError::Ambiguous), "{typed} in {code}");
            }
        }
    }

    #[test]
    fn an_unambiguous_number_needs_no_separators() {
        let dinars = Currency::parse("KWD").unwrap();
        for (typed, minor) in [
            ("1250", 1_250_000),
            ("12.5", 12_500),
            ("12,5", 12_500),
            ("0.500", 500),
            ("1,250.000", 1_250_000),
        ] {
            assert_eq!(Money::parse(&to_ascii(typed, ""), dinars).map(Money::minor), Ok(minor), "{typed}");
        }
        // The form's own text keeps its value.
        for minor in [1_250, 1_250_000, 999_999, 500, 10_000_000] {
            let money = Money::from_minor(minor, dinars);
            let shown = from_ascii(&money.to_decimal_string(), "");
            assert_eq!(Money::parse(&to_ascii(&shown, ""), dinars), Ok(money), "{shown}");
        }
        assert_eq!(from_ascii("1250.00", ""), "1250.00");
    }

    #[test]
    fn removes_the_sign_or_the_code_of_the_form_s_currency() {
        for (typed, marks, separators, expected) in [
            ("$1,250.00", "$\nUSD", ",.33", "1250.00"),
            (" $ 1,250.00 ", "$\nUSD", ",.33", "1250.00"),
            ("1250 USD", "$\nUSD", ",.33", "1250"),
            ("usd 1250", "$\nUSD", ",.33", "1250"),
            ("5 €", "€\nEUR", ".,33", "5"),
            ("1.250,00\u{a0}€", "€\nEUR", ".,33", "1250.00"),
            ("EUR 5", "€\nEUR", ".,33", "5"),
            ("₹1,25,000.50", "₹\nINR", ",.32", "125000.50"),
            ("1 234,50 $ US", "$\u{a0}US\nUSD", "\u{a0},33", "1234.50"),
            ("1.250,00 kr.", "kr.\nDKK", ".,33", "1250.00"),
            ("R$ 5,50", "R$\nBRL", ".,33", "5.50"),
            ("￥1,250", "￥\n¥\nJPY", ",.33", "1250"),
            // As the form itself shows amounts in right-to-left text.
            ("\u{200f}1,234.50\u{a0}\u{2066}US$\u{2069}", "US$\nUSD", ",.33", "1234.50"),
            ("\u{200f}١٬٢٣٤٫٥٠\u{a0}ر.س.\u{200f}", "ر.س.\nSAR", "٬٫33", "١٢٣٤.٥٠"),
        ] {
            assert_eq!(to_ascii(strip_currency(typed, marks), separators), expected, "{typed}");
        }
    }

    #[test]
    fn the_core_rejects_every_other_sign() {
        let dollars = Currency::parse("USD").unwrap();
        for typed in [
            "€5", "5 EUR", "A$5", "5 US$", "R$5", "$$5", "$5$", "$5 USD", "USDT 5", "5 USDC", "$", "USD",
            "$ five", "5x",
        ] {
            let text = to_ascii(strip_currency(typed, "$\nUSD"), ",.33");
            assert!(Money::parse(&text, dollars).is_err(), "{typed} as {text}");
        }
        for (typed, marks) in
            [("$5", ""), ("5", ""), ("", "$\nUSD"), ("5", "$\nUSD"), ("$5", "\nCVE"), ("$", "$")]
        {
            assert_eq!(strip_currency(typed, marks), typed);
        }
        // A sign does not make an amount unambiguous.
        assert_eq!(to_ascii(strip_currency("$1.250", "$"), ",.33"), "1.250");
        let text = to_ascii(strip_currency("KWD 1.250", "KWD"), "");
        assert_eq!(Money::parse(&text, Currency::parse("KWD").unwrap()), Err(AmountError::Ambiguous));
    }
}
