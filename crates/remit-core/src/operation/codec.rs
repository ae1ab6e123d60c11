//! A value on a provider's wire: how it is written, and how it is read back.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::money::Money;
use crate::money::currency::Currency;
use crate::schema::field::{Encoding, Field, Kind};
use crate::schema::value::Value;
use crate::text::digits;
use crate::wire::json::Json;
use crate::wire::xml::Element;

/// A value's text on the wire.
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

pub(crate) fn to_json(value: &Value, encoding: Encoding) -> Json {
    match (value, encoding) {
        (Value::Integers(integers), _) => Json::Array(integers.iter().map(|i| Json::integer(*i)).collect()),
        (_, Encoding::Text | Encoding::Rfc3339 | Encoding::UtcDateTime) => {
            Json::Text(encode(value, encoding))
        }
        _ => Json::Number(encode(value, encoding)),
    }
}

/// Rails' types.
fn xml_type(encoding: Encoding) -> Option<&'static str> {
    match encoding {
        Encoding::Decimal => Some("decimal"),
        Encoding::Integer | Encoding::Minor | Encoding::Code => Some("integer"),
        Encoding::Rfc3339 => Some("datetime"),
        Encoding::Text | Encoding::UtcDateTime | Encoding::Integers => None,
    }
}

/// A decimal always shows one decimal, as in the provider's sample `52000.0`.
pub(crate) fn to_xml(name: &str, value: &Value, encoding: Encoding) -> Element {
    let mut text = encode(value, encoding);
    if encoding == Encoding::Decimal && !text.contains('.') {
        text.push_str(".0");
    }
    Element::new(name, xml_type(encoding), text)
}

/// Whether Rails would make of an element's text what is meant, going by the type that the element says it has. Cast
/// as an integer, 10.50 is 10. Case is passed over: `dateTime` is on newer pages. Without a type it is as the field is.
fn is_of_type(element: &Element, encoding: Encoding) -> bool {
    let Some(kind) = &element.kind else { return true };
    let whole = encoding == Encoding::Decimal && !element.text.contains('.');
    let expected = xml_type(encoding).unwrap_or("string");
    kind.eq_ignore_ascii_case(expected) || (whole && kind == "integer")
}

/// A member of a request's body, as it came.
pub(crate) enum Given {
    /// In a JSON object.
    Json(Json),
    /// In an XML element.
    Xml(Element),
    /// In a query.
    Query(String),
}

impl Given {
    /// Whether it is this and no other.
    pub(crate) fn is(&self, flag: bool) -> bool {
        matches!(self, Self::Json(Json::Bool(given)) if *given == flag)
    }

    /// The text for a draft; `None` when the type is wrong.
    pub(crate) fn read(&self, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
        let text = match self {
            // As if it were not there.
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
            // Numbers as strings and strings as numbers, as a provider's own examples send them. [ivvycode/apidocs,
            // addPayment: `"invoiceId": "156"`; another: `receiptNum: 12345`]
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

/// The inverse of [`encode`].
fn decode(text: &str, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
    match encoding {
        Encoding::Minor => Some(Money::from_minor(digits::whole(text)?, currency).to_decimal_string()),
        Encoding::Decimal => {
            let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
            // Three decimals would look like grouping to somebody who types; on the wire they are only decimals.
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
        // On the wire a moment is whole: no day alone, no local time. Drafts are more forgiving.
        Encoding::Rfc3339 => (text.len() > 19 && text.contains(['T', 't'])).then(|| text.to_owned()),
        // In UTC, whether it says so or not. [ivvycode/apidocs, "Date & Time"]
        Encoding::UtcDateTime if text.len() == 19 && text.contains(' ') => Some(format!("{text} UTC")),
        Encoding::UtcDateTime => text.ends_with(" UTC").then(|| text.to_owned()),
        Encoding::Text | Encoding::Integer | Encoding::Integers => Some(text.to_owned()),
    }
}
