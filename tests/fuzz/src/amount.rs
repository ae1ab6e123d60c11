//! Target: parsing of amounts, alone and in a draft of every provider.

use std::sync::LazyLock;

use conformance::vectors::{Kind, cases};
use remit_core::money::reading::AmountError;
use remit_core::schema::field::{Encoding, Location};
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::{Context, Currency, Draft, Money, Operation, Provider, is_digit, name};
use serde_json::Value;

use crate::number::{Number, digits};

/// Input: a currency, a space, and the entered amount.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let Some((code, text)) = text.split_once(' ') else { return };
    let Ok(currency) = Currency::parse(code) else { return };
    let read = Money::parse(text, currency);
    if let Ok(money) = read {
        let plain = money.to_decimal_string();
        assert_eq!(Money::parse(&plain, currency), Ok(money), "{text}");
        assert_eq!(Money::from_decimal(money.to_decimal(), currency), Ok(money), "{text}");
        assert!(readings(text).contains(&Number::of(&plain).unwrap()), "{text} was read as {plain}");
    }
    if is_ambiguous(text, currency) {
        assert_eq!(read, Err(AmountError::Ambiguous), "{text}");
    }
    for (provider, draft) in DRAFTS.iter() {
        let draft = draft.clone().with(name::CURRENCY, currency.code()).with(name::AMOUNT, text);
        let Ok(checked) = provider.check(&draft, &Context::default()) else { continue };
        assert_eq!(Ok(checked.payment.amount), read, "{}: {text}", provider.id);
        let (sent, encoding) = sent(&provider.payment, &checked.request.body);
        let meant = match encoding {
            Encoding::Minor => checked.payment.amount.minor().to_string(),
            _ => checked.payment.amount.to_decimal_string(),
        };
        assert_eq!(Number::of(&sent), Number::of(&meant), "{}: {text}", provider.id);
    }
}

/// The numbers that a text could mean: either all separators are between groups, or the last one starts the decimals.
fn readings(text: &str) -> Vec<Number> {
    let text = text.trim_matches(is_surrounding);
    let (negative, text) = match text.strip_prefix(MINUSES) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let runs: Vec<_> = text.split(|c| !is_digit(c)).map(digits).collect();
    let whole = are_groups(&runs).then(|| Number::new(negative, &runs.concat(), ""));
    let decimal = text.rsplit_once(MARKS).and_then(|(_, decimals)| {
        let (_, groups) = runs.split_last()?;
        are_groups(groups).then(|| Number::new(negative, &groups.concat(), &digits(decimals)))
    });
    [whole, decimal].into_iter().flatten().flatten().collect()
}

/// Characters that are read as a minus sign.
const MINUSES: [char; 6] = ['-', '\u{2010}', '\u{2011}', '\u{2212}', '\u{FE63}', '\u{FF0D}'];

/// Characters that may start the decimals.
const MARKS: [char; 6] = ['.', ',', '\u{66B}', '\u{66C}', '\u{FF0C}', '\u{FF0E}'];

/// Whether a character before or after a number is ignored: whitespace, and invisible characters that reverse nothing.
fn is_surrounding(c: char) -> bool {
    let invisible =
        [0x61C..=0x61C, 0x200B..=0x200F, 0x202A..=0x202C, 0x2060..=0x2064, 0x2066..=0x2069, 0xFEFF..=0xFEFF];
    c.is_whitespace() || invisible.iter().any(|range| range.contains(&u32::from(c)))
}

/// Whether this is one group, or several of which all but the first have three digits.
fn are_groups(groups: &[String]) -> bool {
    match groups {
        [] | [_] => true,
        [first, others @ ..] => (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3),
    }
}

/// Whether the text has one separator before exactly three digits, which is a decimal separator in some countries and a
/// group separator in others.
fn is_ambiguous(text: &str, currency: Currency) -> bool {
    let text = text.trim_matches(is_surrounding);
    let text = text.strip_prefix(MINUSES).unwrap_or(text);
    let Some((before, after)) = text.split_once(['.', ',']) else { return false };
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_exact = text.contains('.') && currency.exponent() == 3;
    let grouped = (1..=3).contains(&before.len()) && !before.starts_with('0') && after.len() == 3;
    grouped && plain(before) && plain(after) && !is_exact
}

/// A valid payment of each provider, from its vectors.
static DRAFTS: LazyLock<Vec<(&Provider, Draft)>> = LazyLock::new(|| {
    let mut all: Vec<(&Provider, Draft)> = Vec::new();
    for case in cases().unwrap() {
        let known = all.iter().any(|(provider, _)| provider.id == case.provider.id);
        if case.kind != Kind::Payment || known {
            continue;
        }
        let Some(Value::Object(draft)) = case.value.get("draft") else { continue };
        let texts = draft.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?)));
        let draft: Draft = texts.collect();
        if case.provider.check(&draft, &Context::default()).is_ok() {
            all.push((case.provider, draft));
        }
    }
    assert_eq!(all.len(), Provider::ALL.len());
    all
});

/// The amount in a request's body, and its encoding.
fn sent(operation: &Operation, body: &str) -> (String, Encoding) {
    let field = operation.fields.iter().find(|field| field.name == name::AMOUNT).unwrap();
    let Location::Body(name, encoding) = field.location else { panic!("the amount is not in the body") };
    let json = Json::parse(body).ok();
    let in_json = json.as_ref().and_then(|json| json.get(name)).and_then(Json::scalar);
    let xml = Element::parse(body).ok();
    let in_xml = xml.as_ref().and_then(|xml| xml.get(name)).map(|element| element.text.as_str());
    (in_json.or(in_xml).unwrap().to_owned(), encoding)
}
