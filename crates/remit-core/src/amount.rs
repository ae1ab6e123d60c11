//! Reading an amount from text: exact, and refused where two readings are possible.

use crate::currency::Currency;
use crate::digits;
use crate::finding::{Code, NoticeCode, Param, Params};
use crate::money::{Money, MoneyFault};

/// What may stand between groups of three digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Comma,
    Point,
    Space,
    Apostrophe,
}

impl Mark {
    /// Characters of one kind stand for each other. No line break and no tabulator: what stands around those are two
    /// numbers.
    fn of(c: char) -> Option<Self> {
        match c {
            ',' => Some(Self::Comma),
            '.' => Some(Self::Point),
            ' ' | '\u{A0}' | '\u{2007}' | '\u{2009}' | '\u{202F}' => Some(Self::Space),
            '\'' | '\u{2019}' => Some(Self::Apostrophe),
            _ => None,
        }
    }
}

/// An amount that was read, with what was done to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) money: Money,
    pub(crate) notice: Option<NoticeCode>,
}

/// Reads decimal text as an amount of a currency.
///
/// A point or a comma may stand before the decimals, and commas, points, spaces or apostrophes between groups of
/// three. `1.250` and `1,250` are refused for a currency that does not have three decimals: one country reads one
/// and a quarter, another twelve hundred and fifty.
pub(crate) fn read(text: &str, currency: Currency) -> Result<Reading, (Code, Params)> {
    let plain = |code| (code, Params::new());
    let mapped = digits::to_ascii(text);
    let ascii = mapped.as_deref().unwrap_or(text);
    let (negative, unsigned) = match ascii.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, ascii),
    };
    let parts = split(unsigned, currency).map_err(|code| match code {
        Code::AmountAmbiguous => (code, vec![("value", Param::Text(ascii.to_owned()))]),
        code => plain(code),
    })?;
    let precision = || {
        if currency == Currency::UNSTATED {
            return plain(Code::AmountMalformed);
        }
        let max = Param::Integer(i64::from(currency.exponent()));
        (Code::AmountPrecision, vec![("max", max), ("currency", Param::Text(currency.code().to_owned()))])
    };
    let money = Money::from_digits(negative, parts.whole, parts.decimals, currency);
    let money = money.map_err(|fault| match fault {
        MoneyFault::Precision => precision(),
        MoneyFault::Overflow => plain(Code::AmountTooLarge),
    })?;
    let notice = if parts.rewritten {
        Some(NoticeCode::AmountRead)
    } else {
        mapped.is_some().then_some(NoticeCode::DigitsMapped)
    };
    Ok(Reading { money, notice })
}

/// What stands before the decimal mark, with its grouping, and the digits after it.
struct Parts<'a> {
    whole: &'a str,
    decimals: &'a str,
    /// Whether anything but digits and a point was read.
    rewritten: bool,
}

fn split(text: &str, currency: Currency) -> Result<Parts<'_>, Code> {
    // As programs write it, with as many decimals as most currencies have. What follows would say the same.
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
        return Err(Code::AmountMalformed);
    }
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        let could_be_group = mark.is_some() && decimals.len() == 3 && (1..=3).contains(&whole.len());
        let leading_zero = whole.starts_with('0');
        // Three decimals behind a point are how the currency is written, or how a currency yet unnamed may be.
        let written_so = mark == Some('.') && (currency.exponent() == 3 || currency == Currency::UNSTATED);
        if could_be_group && !leading_zero && !written_so {
            return Err(Code::AmountAmbiguous);
        }
        if mark.is_some() && decimals.is_empty() {
            return Err(Code::AmountMalformed);
        }
        let rewritten = mark == Some(',');
        return Ok(Parts { whole, decimals, rewritten });
    };
    // Grouped: one separator between groups of three, and either another mark before the decimals or none at all.
    let kind = Mark::of(separator);
    let one_mark_only = mark.is_some_and(|mark| Mark::of(mark) == kind);
    let grouped = if one_mark_only { text } else { whole };
    let mut groups = grouped.split(|c| Mark::of(c) == kind);
    let first = groups.next().unwrap_or_default();
    // Nobody groups what begins with a zero: it is something else that has lost its shape.
    let well_formed = (1..=3).contains(&first.len()) && all_digits(first) && !first.starts_with('0');
    if !well_formed || !groups.all(|g| g.len() == 3 && all_digits(g)) {
        return Err(Code::AmountMalformed);
    }
    if !one_mark_only && mark.is_some() && decimals.is_empty() {
        return Err(Code::AmountMalformed);
    }
    let decimals = if one_mark_only { "" } else { decimals };
    Ok(Parts { whole: grouped, decimals, rewritten: true })
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// What is wrong with a character that has no place in an amount.
fn foreign(c: char, text: &str) -> Code {
    if is_notation(&text.to_ascii_lowercase()) {
        Code::AmountNotation
    } else if c.is_ascii_alphabetic() || c == '$' || !(c.is_ascii() || c.is_whitespace()) {
        Code::AmountSign
    } else {
        Code::AmountMalformed
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
    use crate::{Code, Currency, Money};

    #[test]
    fn a_person_would_be_told_the_wrong_remedy() {
        for (text, code) in [
            ("1.2 5", Code::AmountMalformed),
            (".", Code::AmountMalformed),
            ("1,250.", Code::AmountMalformed),
            ("1,5e3", Code::AmountNotation),
            ("1.5E+3", Code::AmountNotation),
            ("x1e5", Code::AmountSign),
            ("5 eur", Code::AmountSign),
        ] {
            assert_eq!(Money::parse(text, Currency::parse("EUR").unwrap()), Err(code), "{text}");
        }
    }
}
