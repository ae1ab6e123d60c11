//! Encoding values for a provider's wire, and decoding them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::schema::field::{Encoding, Field, Kind};
use crate::schema::value::Value;
use crate::text::digits;
use crate::wire::json::{self, Json};
use crate::wire::xml::Element;

/// The text of a value on the wire.
pub(crate) fn encode(value: &Value, encoding: Encoding) -> String {
    match (value, encoding) {
        (Value::Money(money), Encoding::Minor) => money.minor().to_string(),
        (Value::Money(money), Encoding::Decimal) => {
            let decimal = money.to_decimal_string();
            if decimal.contains('.') {
                decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                decimal
            }
        }
        (Value::Instant(instant), Encoding::UtcDateTime) => instant.utc_date_time(),
        (Value::Choice(choice), Encoding::Code) => choice.wire.to_string(),
        (value, _) => value.text().into_owned(),
    }
}

/// Appends a value as JSON.
pub(crate) fn write_json(value: &Value, encoding: Encoding, out: &mut String) {
    match (value, encoding) {
        (Value::Integers(integers), _) => {
            Json::Array(integers.iter().map(|i| Json::integer(*i)).collect()).write(out);
        }
        (Value::Instant(instant), Encoding::Rfc3339) => {
            out.push('"');
            instant.print(out);
            out.push('"');
        }
        (_, Encoding::Text | Encoding::Rfc3339 | Encoding::UtcDateTime) => match value.as_str() {
            Some(text) => json::write_text(text, out),
            None => json::write_text(&encode(value, encoding), out),
        },
        (Value::Money(money), Encoding::Minor) if money.minor() >= 0 => {
            digits::push(out, money.minor().unsigned_abs(), 1);
        }
        _ => out.push_str(&encode(value, encoding)),
    }
}

/// The XML `type` attribute, by Rails' convention.
fn xml_type(encoding: Encoding) -> Option<&'static str> {
    match encoding {
        Encoding::Decimal => Some("decimal"),
        Encoding::Integer | Encoding::Minor | Encoding::Code => Some("integer"),
        Encoding::Rfc3339 => Some("datetime"),
        Encoding::Text | Encoding::UtcDateTime | Encoding::Integers => None,
    }
}

/// Encodes a value as an XML element. A decimal has at least one decimal place, as in the provider's sample `52000.0`.
pub(crate) fn to_xml(name: &str, value: &Value, encoding: Encoding) -> Element {
    let mut text = encode(value, encoding);
    if encoding == Encoding::Decimal && !text.contains('.') {
        text.push_str(".0");
    }
    Element::new(name, xml_type(encoding), text)
}

/// Whether Rails would read the element's text correctly by its `type` attribute: as an integer, it would read 10.50 as
/// 10. An element without the attribute has the field's type. Case is ignored: newer pages have `dateTime`.
fn is_of_type(element: &Element, encoding: Encoding) -> bool {
    let Some(kind) = &element.kind else { return true };
    let whole = encoding == Encoding::Decimal && !element.text.contains('.');
    let expected = xml_type(encoding).unwrap_or("string");
    kind.eq_ignore_ascii_case(expected) || (whole && kind == "integer")
}

/// A received value of a request's body or query, before it is decoded.
pub(crate) enum RawValue {
    /// A member of a JSON object.
    Json(Json),
    /// A child of an XML element.
    Xml(Element),
    /// A query parameter.
    Query(String),
}

impl RawValue {
    /// Whether the value is this JSON boolean.
    pub(crate) fn is(&self, flag: bool) -> bool {
        matches!(self, Self::Json(Json::Bool(value)) if *value == flag)
    }

    /// The text for a draft; `None` if the type is wrong.
    pub(crate) fn read(&self, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
        let text = match self {
            // `null` counts as missing.
            Self::Json(Json::Null) => return Some(String::new()),
            Self::Xml(element) if element.children.is_empty() && is_of_type(element, encoding) => {
                let text = element.text.as_str();
                let text = if encoding == Encoding::Text { text } else { text.trim() };
                if text.is_empty() {
                    return Some(String::new());
                }
                text.to_owned()
            }
            Self::Xml(_) => return None,
            Self::Query(text) => text.clone(),
            Self::Json(Json::Array(items)) if encoding == Encoding::Integers => items
                .iter()
                .map(|item| item.as_integer().map(|i| i.to_string()))
                .collect::<Option<Vec<_>>>()?
                .join(","),
            // Accepts numbers as strings and strings as numbers: a provider's own examples send both.
            // [ivvycode/apidocs, addPayment: `"invoiceId": "156"`; another: `receiptNum: 12345`]
            Self::Json(Json::Number(text)) if encoding == Encoding::Text => {
                digits::whole(text).map(|_| text.clone())?
            }
            Self::Json(Json::Number(text) | Json::Text(text)) if encoding != Encoding::Integers => {
                text.clone()
            }
            Self::Json(_) => return None,
        };
        decode(&text, field, encoding, currency)
    }
}

/// The text for a draft; the inverse of [`encode`].
fn decode(text: &str, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
    match encoding {
        Encoding::Minor => Some(Money::from_minor(digits::whole(text)?, currency).to_decimal_string()),
        Encoding::Decimal => {
            let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
            // Typed text with three decimals is ambiguous, since they could be a group. On the wire they are decimals,
            // so they are padded to four.
            digits::decimal(text).then(|| {
                let decimals = decimals.trim_end_matches('0');
                [whole, ".", decimals, "0000".get(decimals.len()..).unwrap_or_default()].concat()
            })
        }
        Encoding::Code => {
            let Kind::Choice(choices) = field.kind else { return None };
            let code = digits::whole(text)?;
            let choice = choices.iter().find(|choice| choice.wire == code);
            Some(choice.map_or_else(|| text.to_owned(), |choice| choice.value.to_owned()))
        }
        // On the wire, only a moment with date, time and zone is accepted. Drafts accept more forms.
        Encoding::Rfc3339 => (text.len() > 19 && text.contains(['T', 't'])).then(|| text.to_owned()),
        // In UTC, with or without the suffix. [ivvycode/apidocs, "Date & Time"]
        Encoding::UtcDateTime if text.len() == 19 && text.contains(' ') => Some(format!("{text} UTC")),
        Encoding::UtcDateTime => text.ends_with(" UTC").then(|| text.to_owned()),
        Encoding::Text | Encoding::Integer | Encoding::Integers => Some(text.to_owned()),
    }
}
