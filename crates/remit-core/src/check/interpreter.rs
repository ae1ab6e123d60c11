//! The interpreter of declarations: turns a draft into checked values.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::check::rules::{self, Rules};
use crate::money::Money;
use crate::money::currency::Currency;
use crate::money::reading::{self, AmountError};
use crate::report::codes::{Code, NoticeCode};
use crate::report::finding::{Param, Params};
use crate::report::rejection::Findings;
use crate::schema::choice::{AcceptedCurrencies, Choice};
use crate::schema::field::{Field, Kind, When};
use crate::schema::value::Value;
use crate::schema::values::Values;
use crate::text::digits;
use crate::text::newlines;
use crate::time::instant::Instant;
use crate::time::zone::Zone;

/// Whether a field applies to a draft.
#[must_use]
pub fn applies(field: &Field, draft: &Draft) -> bool {
    applies_to(field, &|name| draft.get(name))
}

fn applies_to<'a>(field: &Field, entered: &dyn Fn(&str) -> Option<&'a str>) -> bool {
    match field.when {
        When::Always => true,
        When::Equals(other, value) => entered(other).is_some_and(|text| text.trim() == value),
        When::Absent(other) => entered(other).is_none(),
    }
}

/// The entered text of each field of an operation, in declaration order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EnteredTexts<'a, 'b> {
    fields: &'static [Field],
    texts: &'b [Option<&'a str>],
}

impl<'a, 'b> EnteredTexts<'a, 'b> {
    /// Makes the entered texts from one text per field. Missing texts at the end count as not entered.
    #[must_use]
    pub(crate) fn new(fields: &'static [Field], texts: &'b [Option<&'a str>]) -> Self {
        Self { fields, texts }
    }

    /// The text of the field at this index; `None` if it is missing or only whitespace.
    fn at(self, at: usize) -> Option<&'a str> {
        self.texts.get(at).copied().flatten().filter(|text| !is_blank(text))
    }

    fn get(self, name: &str) -> Option<&'a str> {
        self.at(self.fields.iter().position(|field| field.name == name)?)
    }
}

fn is_blank(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_graphic()) && text.trim_start().is_empty()
}

/// The text without surrounding whitespace. Numbers and identifiers also lose surrounding invisible characters.
fn trimmed(text: &str, is_number: bool) -> &str {
    let graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if graphic(bytes.first()) && graphic(bytes.last()) {
        text
    } else if is_number {
        digits::trim(text)
    } else {
        text.trim()
    }
}

/// Checks a draft's fields, and reports each entry that is not a field.
pub(crate) fn check<'a>(
    fields: &'static [Field],
    rules: Rules,
    draft: &'a Draft,
    context: &Context,
) -> (Values<'a>, Findings) {
    let texts: Vec<_> = fields.iter().map(|field| draft.get(field.name)).collect();
    let unknown = draft
        .iter()
        .filter(|(name, text)| !text.trim().is_empty() && fields.iter().all(|field| field.name != *name));
    let unknown: Vec<_> = unknown.map(|(name, _)| name).collect();
    let mut found = Findings::default();
    let values = check_texts(fields, rules, EnteredTexts::new(fields, &texts), &unknown, context, &mut found);
    (values, found)
}

/// Checks texts field by field, then applies the rules across fields. Reports every issue at once, and each name in
/// `unknown` as not a field.
pub(crate) fn check_texts<'a>(
    fields: &'static [Field],
    rules: Rules,
    texts: EnteredTexts<'a, '_>,
    unknown: &[&str],
    context: &Context,
    found: &mut Findings,
) -> Values<'a> {
    let currency = currency(fields, texts, context);
    let mut values = Vec::with_capacity(fields.len());
    for (at, field) in fields.iter().enumerate() {
        values.push(value(field, texts.at(at), texts, context, currency, found));
    }
    for name in unknown {
        found.notice("", NoticeCode::NotAField, [("value", Param::Text((*name).to_owned()))]);
    }
    let values = Values::new(fields, values);
    rules::currency(&values, context, found);
    rules(&values, context, found);
    values
}

/// The currency of the amounts: the draft's, else the context's, else the invoice's.
fn currency(fields: &[Field], texts: EnteredTexts<'_, '_>, context: &Context) -> Option<Currency> {
    let at = fields.iter().position(|field| matches!(field.kind, Kind::Currency(_)))?;
    let named = texts.at(at).and_then(|text| Currency::parse(text).ok());
    named.or(context.currency).or_else(|| context.invoice.as_ref().map(|invoice| invoice.currency))
}

fn value<'a>(
    field: &Field,
    raw: Option<&'a str>,
    texts: EnteredTexts<'a, '_>,
    context: &Context,
    currency: Option<Currency>,
    found: &mut Findings,
) -> Option<Value<'a>> {
    if !applies_to(field, &|name| texts.get(name)) {
        if raw.is_some() {
            let (When::Equals(other, _) | When::Absent(other)) = field.when else { return None };
            found.notice(field.name, NoticeCode::NotUsed, [("other", Param::Field(other))]);
        }
        return None;
    }
    let Some(raw) = raw else {
        if let (Kind::Currency(accepted), Some(currency)) = (field.kind, currency) {
            return take_currency(currency, accepted, field, found);
        }
        if field.required {
            found.issue(field.name, Code::Required, Params::new());
        }
        return None;
    };
    let is_number = matches!(
        field.kind,
        Kind::Id { .. }
            | Kind::Uuid
            | Kind::Transaction
            | Kind::Integer { .. }
            | Kind::Integers
            | Kind::Amount { .. }
            | Kind::Percentage
            | Kind::Instant
    );
    let text = trimmed(raw, is_number);
    if text.len() < raw.len() {
        found.notice(field.name, NoticeCode::Trimmed, []);
    }
    // The text has only invisible characters.
    if text.is_empty() {
        if field.required {
            found.issue(field.name, Code::Required, Params::new());
        }
        return None;
    }
    read(field, text, context, currency, found)
        .map_err(|fault| {
            let (code, params) = if is_number { name_odd_character(text, fault) } else { fault };
            found.issue(field.name, code, params);
        })
        .ok()
        .flatten()
}

type Fault = (Code, Params);

/// Replaces a malformed text's issue with one that names the character, if an invisible or confusable character is the cause.
fn name_odd_character(text: &str, (code, params): Fault) -> Fault {
    let is_malformed = matches!(
        code,
        Code::IdMalformed
            | Code::UuidMalformed
            | Code::IntegerMalformed
            | Code::ListMalformed
            | Code::PercentageMalformed
            | Code::DateMalformed
    );
    match digits::odd_character(text).filter(|_| is_malformed) {
        Some(name) => (Code::Character, vec![("code", Param::Text(name))]),
        None => (code, params),
    }
}

/// Reads trimmed text as a value of the field's kind. `Ok(None)` if the value is missing because of another field's issue.
fn read<'a>(
    field: &Field,
    text: &'a str,
    context: &Context,
    currency: Option<Currency>,
    found: &mut Findings,
) -> Result<Option<Value<'a>>, Fault> {
    let plain = |code| (code, Params::new());
    let reads_digits =
        matches!(field.kind, Kind::Integer { .. } | Kind::Integers | Kind::Percentage | Kind::Instant);
    let mapped = if reads_digits { digits::to_ascii(text) } else { None };
    let ascii = mapped.as_deref().unwrap_or(text);
    let mut notice_digits = || {
        if mapped.is_some() {
            found.notice(field.name, NoticeCode::DigitsMapped, []);
        }
    };
    Ok(Some(match field.kind {
        Kind::Id { max } => {
            if text.len() > max || !text.bytes().all(is_id_byte) {
                return Err((Code::IdMalformed, vec![("max", count(max))]));
            }
            Value::Text(Cow::Borrowed(text))
        }
        Kind::Uuid | Kind::Transaction => {
            let uuid = uuid::Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
            let uuid = uuid.ok_or_else(|| plain(Code::UuidMalformed))?;
            let mut buffer = uuid::Uuid::encode_buffer();
            let canonical = &*uuid.hyphenated().encode_lower(&mut buffer);
            if canonical == text {
                Value::Text(Cow::Borrowed(text))
            } else {
                found.notice(field.name, NoticeCode::LowerCased, []);
                Value::Text(Cow::Owned(canonical.to_owned()))
            }
        }
        Kind::Integer { min, max } => {
            let integer = digits::whole(ascii).filter(|i| (min..=max).contains(i));
            let integer = integer.ok_or_else(|| {
                (Code::IntegerMalformed, vec![("min", Param::Integer(min)), ("max", Param::Integer(max))])
            })?;
            notice_digits();
            Value::Integer(integer)
        }
        Kind::Integers => {
            let one = |part: &str| digits::whole(part.trim()).filter(|i| *i >= 1);
            let integers = ascii.split(',').map(one).collect::<Option<Vec<_>>>();
            let integers = integers.ok_or_else(|| plain(Code::ListMalformed))?;
            notice_digits();
            Value::Integers(integers)
        }
        Kind::Currency(accepted) => {
            // Usually `currency` was parsed from this text, so a second lookup is avoided. A draft cannot name `UNSTATED`.
            let is_named = |currency: &Currency| {
                currency.code().eq_ignore_ascii_case(text) && *currency != Currency::UNSTATED
            };
            let parsed = currency.filter(is_named);
            let currency =
                parsed.map_or_else(|| Currency::parse(text), Ok).map_err(|error| plain(error.into()))?;
            return Ok(take_currency(currency, accepted, field, found));
        }
        Kind::Amount { min } => {
            let Some(currency) = currency else {
                // The currency's own field reports a missing or unknown currency. Report only texts that are invalid in
                // every currency.
                return match reading::read(text, Currency::UNSTATED) {
                    Ok(_) => Ok(None),
                    Err(error) => Err(amount_fault(error, text, Currency::UNSTATED)),
                };
            };
            let reading =
                reading::read(text, currency).map_err(|error| amount_fault(error, text, currency))?;
            if reading.money.minor() < min {
                let least = Money::from_minor(min, currency);
                return Err((Code::AmountTooSmall, vec![("min", Param::Money(least))]));
            }
            if let Some(change) = reading.change {
                found.notice(field.name, change.into(), [("value", Param::Money(reading.money))]);
            }
            Value::Money(reading.money)
        }
        Kind::Percentage => {
            let percentage = percentage(ascii).ok_or_else(|| {
                (
                    Code::PercentageMalformed,
                    vec![("max", Param::Integer(100)), ("decimals", Param::Integer(4))],
                )
            })?;
            notice_digits();
            Value::Percentage(percentage)
        }
        Kind::Instant => {
            let reading = Instant::read(ascii, context.zone).map_err(|error| plain(error.into()))?;
            notice_digits();
            if !found.is_quiet() {
                // The notice of a conversion already names the moment.
                let is_other_day = reading.change.is_none()
                    && context.zone.day(reading.instant) != Zone::Unknown.day(reading.instant);
                let fraction = reading.drops_fraction.then_some(NoticeCode::FractionDropped);
                let other = is_other_day.then_some(NoticeCode::OtherDay);
                for code in reading.change.map(NoticeCode::from).into_iter().chain(fraction).chain(other) {
                    found.notice(field.name, code, [("value", Param::Instant(reading.instant))]);
                }
            }
            Value::Instant(reading.instant)
        }
        Kind::Text { max, lines } => Value::Text(read_text(field, text, max, lines, found)?),
        Kind::Choice(choices) => Value::Choice(choose(choices, text)?),
    }))
}

/// The issue for a text that is not an amount, with its parameters.
fn amount_fault(error: AmountError, text: &str, currency: Currency) -> Fault {
    let params = match error {
        AmountError::Ambiguous => {
            vec![("value", Param::Text(digits::to_ascii(text).unwrap_or_else(|| text.to_owned())))]
        }
        AmountError::Character => {
            digits::odd_character(text).map(|name| ("code", Param::Text(name))).into_iter().collect()
        }
        AmountError::Precision => vec![
            ("max", Param::Integer(i64::from(currency.exponent()))),
            ("currency", Param::Text(currency.code().to_owned())),
        ],
        _ => Params::new(),
    };
    (error.into(), params)
}

/// Whether a byte is a letter, a digit, `-` or `_`. One lookup in a bit table replaces six comparisons.
fn is_id_byte(byte: u8) -> bool {
    const LOW: u64 = 0x03FF_2000_0000_0000;
    const HIGH: u64 = 0x07FF_FFFE_87FF_FFFE;
    byte.is_ascii() && (if byte < 64 { LOW } else { HIGH }) >> (byte % 64) & 1 == 1
}

fn count(length: usize) -> Param {
    Param::Integer(i64::try_from(length).unwrap_or(i64::MAX))
}

fn choose(choices: &'static [Choice], text: &str) -> Result<Choice, Fault> {
    choices.iter().find(|choice| choice.value == text).copied().ok_or_else(|| {
        let values: Vec<_> = choices.iter().map(|choice| choice.value).collect();
        (
            Code::ChoiceUnknown,
            vec![("value", Param::Text(text.to_owned())), ("choices", Param::Text(values.join(", ")))],
        )
    })
}

/// Parses a percentage from 0 to 100 with at most four decimals. Trailing zeros are ignored; at most 16 characters.
fn percentage(ascii: &str) -> Option<Decimal> {
    let (whole, decimals) = ascii.split_once([',', '.']).unwrap_or((ascii, "0"));
    let digits = whole.bytes().all(|b| b.is_ascii_digit()) && digits::only(decimals);
    let decimals = decimals.trim_end_matches('0');
    if !digits || ascii.len() > 16 || decimals.len() > 4 {
        return None;
    }
    let mantissa =
        whole.bytes().chain(decimals.bytes()).fold(0, |number, b| number * 10 + i64::from(b - b'0'));
    let decimal = Decimal::try_new(mantissa, u32::try_from(decimals.len()).ok()?).ok()?;
    (decimal <= Decimal::ONE_HUNDRED).then_some(decimal)
}

fn read_text<'a>(
    field: &Field,
    text: &'a str,
    max: usize,
    lines: bool,
    found: &mut Findings,
) -> Result<Cow<'a, str>, Fault> {
    if text.len() <= max && text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Ok(Cow::Borrowed(text));
    }
    let normalized = newlines::normalize_newlines(text);
    if matches!(normalized, Cow::Owned(_)) {
        found.notice(field.name, NoticeCode::LineBreaks, []);
    }
    // Fast path: no byte that could start a rejected character, and no more bytes than allowed characters.
    let doubtful =
        |b: u8| matches!(b, 0x00..=0x08 | 0x0B..=0x1F | 0x7F | 0xC2 | 0xEF) || (b == b'\n' && !lines);
    if normalized.len() <= max && !normalized.bytes().any(doubtful) {
        return Ok(normalized);
    }
    // XML 1.0 excludes the other control characters, and no provider documents any. [XML 1.0, 2.2]
    let refused = |c: &char| {
        !(lines && *c == '\n' || *c == '\t') && (c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
    };
    if let Some(c) = normalized.chars().find(refused) {
        return Err((Code::Character, vec![("code", Param::Text(digits::code_point(c)))]));
    }
    let length: usize = normalized.chars().map(char::len_utf16).sum();
    if length > max {
        return Err((Code::TooLong, vec![("max", count(max)), ("length", count(length))]));
    }
    Ok(normalized)
}

fn take_currency<'a>(
    currency: Currency,
    accepted: AcceptedCurrencies,
    field: &Field,
    found: &mut Findings,
) -> Option<Value<'a>> {
    // An unstated currency has no value, and is not an issue.
    if currency == Currency::UNSTATED {
        return None;
    }
    if accepted.includes(currency) {
        return Some(Value::Currency(currency));
    }
    let allowed =
        if let AcceptedCurrencies::Only(codes) = accepted { codes.join(", ") } else { String::new() };
    let params =
        vec![("currency", Param::Text(currency.code().to_owned())), ("allowed", Param::Text(allowed))];
    found.issue(field.name, Code::CurrencyUnsupported, params);
    None
}
