//! One operation of a provider: a route, a body and the fields that fill them. Requests are written from it and read
//! back by it, so both sides of the wire follow one declaration.

use crate::check::{Values, check};
use crate::currency::Currency;
use crate::draft::Draft;
use crate::field::{Encoding, Field, Kind, Place};
use crate::finding::{Code, Findings, Notice, Param, Rejection};
use crate::known::Known;
use crate::money::Money;
use crate::template;
use crate::value::Value;
use crate::wire::json::Json;
use crate::wire::xml::Element;
use crate::wire::{Headers, Method, Request};

/// How a request's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A JSON object.
    Json,
    /// An XML element of this name.
    Xml(&'static str),
}

impl Body {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml(_) => "application/xml",
        }
    }
}

/// An operation, as its provider's page declares it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path with its query; `{name}` stands for a field.
    pub route: &'static str,
    /// The body.
    pub body: Body,
    /// The fields, in the order of the form and of the body.
    pub fields: &'static [Field],
    /// The rules across fields and what the caller knows.
    pub agree: fn(&Values, &Known, &mut Findings),
}

impl Operation {
    /// Checks a draft.
    ///
    /// # Errors
    /// [`Rejection`] with every issue at once.
    pub fn parse(&self, draft: &Draft, known: &Known) -> Result<(Values, Vec<Notice>), Rejection> {
        let (values, found) = check(self, draft, known);
        let notices = found.settle()?;
        Ok((values, notices))
    }

    /// The request that sends checked values.
    #[must_use]
    pub fn request(&self, values: &Values) -> Request {
        let mut headers: Headers =
            [("Accept", self.body.media_type()), ("Content-Type", self.body.media_type())]
                .into_iter()
                .collect();
        for (field, value) in values.iter() {
            if let (Place::Header(name), Some(value)) = (field.place, value) {
                headers.set(name, value.text());
            }
        }
        // What is filled in has been checked to hold nothing that changes a path.
        let path = template::fill(self.route, |name| values.text(name).unwrap_or_default());
        let members = values.iter().filter_map(|(field, value)| match (field.place, value) {
            (Place::Body(name, encoding), Some(value)) => Some((name, encoding, value)),
            _ => None,
        });
        let body = match self.body {
            Body::Json => members
                .map(|(name, encoding, value)| (name, to_json(value, encoding)))
                .collect::<Json>()
                .print(),
            Body::Xml(root) => Element::with(
                root,
                members.map(|(name, encoding, value)| to_xml(name, value, encoding)).collect(),
            )
            .print(),
        };
        Request { method: self.method, path, headers, body }
    }

    /// Whether a method and a path are this operation's; the texts of the route's fields if so.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        if method != self.method.name() {
            return None;
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (route, fixed) = self.route.split_once('?').unwrap_or((self.route, ""));
        // A provider's action has been spelled in more than one case. [ivvycode/apidocs, 2025-09-16]
        if !query.eq_ignore_ascii_case(fixed) {
            return None;
        }
        let mut captured = Vec::new();
        let mut given = path.split('/');
        for wanted in route.split('/') {
            let segment = given.next()?;
            match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => captured.push((name, segment.to_owned())),
                None if wanted == segment => {}
                None => return None,
            }
        }
        given.next().is_none().then_some(captured)
    }

    /// Reads a request back: the inverse of [`Operation::request`]. Credentials and other headers are passed over.
    ///
    /// `currency` is what the invoice is known to be in, or [`Currency::UNSTATED`].
    ///
    /// # Errors
    /// [`Rejection`] names each field that is missing or wrong, and each member that the operation does not have.
    pub fn read(&self, request: &Request, known: &Known) -> Result<(Values, Vec<Notice>), Rejection> {
        let mut draft: Draft =
            self.matches(request.method.name(), &request.path).unwrap_or_default().into_iter().collect();
        let currency = known
            .currency
            .or_else(|| known.invoice.as_ref().map(|i| i.currency))
            .unwrap_or(Currency::UNSTATED);
        let mut found = Findings::default();
        for field in self.fields {
            if let Place::Header(name) = field.place
                && let Some(value) = request.headers.get(name)
            {
                draft.set(field.name, value);
            }
        }
        for (name, given) in self.members(&request.body)? {
            let field =
                self.fields.iter().find(|f| matches!(f.place, Place::Body(known, _) if known == name));
            let (Some(field), Some(encoding)) = (field, field.and_then(encoding_of)) else {
                found.issue("", Code::MemberUnknown, vec![("value", Param::Text(name))]);
                continue;
            };
            match given.read(field, encoding, currency) {
                Some(text) => draft.set(field.name, text),
                None => found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name))]),
            }
        }
        found.settle()?;
        let known = Known { currency: Some(currency), ..known.clone() };
        self.parse(&draft, &known)
    }

    /// The field that the provider calls `name` on its wire.
    #[must_use]
    pub fn field_on_wire(&self, name: &str) -> Option<&'static str> {
        self.fields.iter().find(|f| matches!(f.place, Place::Body(known, _) if known == name)).map(|f| f.name)
    }

    /// What the provider calls a field on its wire.
    #[must_use]
    pub fn wire_name(&self, field: &str) -> Option<&'static str> {
        let field = self.fields.iter().find(|f| f.name == field)?;
        if let Place::Body(name, _) = field.place { Some(name) } else { None }
    }

    fn members(&self, body: &str) -> Result<Vec<(String, Given)>, Rejection> {
        let malformed =
            || Rejection::of("", Code::MemberType, vec![("value", Param::Text("body".to_owned()))]);
        match self.body {
            Body::Json => match Json::parse(body) {
                Ok(Json::Object(members)) => Ok(members
                    .into_iter()
                    .filter(|(_, v)| *v != Json::Null)
                    .map(|(n, v)| (n, Given::Json(v)))
                    .collect()),
                _ => Err(malformed()),
            },
            Body::Xml(root) => match Element::parse(body) {
                Ok(element) if element.name == root => {
                    Ok(element.children.into_iter().map(|c| (c.name.clone(), Given::Xml(c))).collect())
                }
                _ => Err(malformed()),
            },
        }
    }
}

fn encoding_of(field: &Field) -> Option<Encoding> {
    if let Place::Body(_, encoding) = field.place { Some(encoding) } else { None }
}

/// A value's text on the wire.
fn encode(value: &Value, encoding: Encoding) -> String {
    match (value, encoding) {
        (Value::Money(money), Encoding::Minor) => money.minor().to_string(),
        (Value::Money(money), Encoding::Decimal) => money.to_decimal().normalize().to_string(),
        (Value::Instant(instant), Encoding::Spaced) => instant.spaced(),
        (Value::Choice(choice), Encoding::Code) => choice.wire.to_string(),
        (value, _) => value.text(),
    }
}

fn to_json(value: &Value, encoding: Encoding) -> Json {
    match (value, encoding) {
        (Value::Integers(integers), _) => Json::Array(integers.iter().map(|i| Json::integer(*i)).collect()),
        (_, Encoding::Text | Encoding::Rfc3339 | Encoding::Spaced) => Json::Text(encode(value, encoding)),
        _ => Json::Number(encode(value, encoding)),
    }
}

/// Rails' types; a decimal always shows one decimal, as in the provider's sample `52000.0`.
fn to_xml(name: &str, value: &Value, encoding: Encoding) -> Element {
    let text = encode(value, encoding);
    match encoding {
        Encoding::Decimal if !text.contains('.') => Element::new(name, Some("decimal"), format!("{text}.0")),
        Encoding::Decimal => Element::new(name, Some("decimal"), text),
        Encoding::Integer | Encoding::Minor | Encoding::Code => Element::new(name, Some("integer"), text),
        Encoding::Rfc3339 => Element::new(name, Some("datetime"), text),
        _ => Element::new(name, None, text),
    }
}

/// A member of a request's body, as it came.
enum Given {
    Json(Json),
    Xml(Element),
}

impl Given {
    /// The text for a draft; `None` when the type is wrong.
    fn read(&self, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
        let text = match self {
            Self::Xml(element) => element.children.is_empty().then(|| element.text.clone())?,
            Self::Json(Json::Array(items)) if encoding == Encoding::Integers => items
                .iter()
                .map(|item| item.as_integer().map(|i| i.to_string()))
                .collect::<Option<Vec<_>>>()?
                .join(","),
            Self::Json(Json::Number(text)) if !is_text(encoding) && encoding != Encoding::Integers => {
                text.clone()
            }
            // Numbers as strings, as a provider's own example sends them. [ivvycode/apidocs, addPayment]
            Self::Json(Json::Text(text)) if encoding != Encoding::Integers => text.clone(),
            Self::Json(_) => return None,
        };
        decode(&text, field, encoding, currency)
    }
}

fn is_text(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::Text | Encoding::Rfc3339 | Encoding::Spaced)
}

/// The inverse of [`encode`].
fn decode(text: &str, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
    match encoding {
        Encoding::Minor => Some(Money::from_minor(text.parse().ok()?, currency).decimal()),
        Encoding::Decimal => {
            let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
            // Trailing zeros would look like grouping to somebody who types; on the wire they are only zeros.
            let trimmed =
                if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
            let decimals = trimmed.split_once('.').map_or("00", |(_, d)| d);
            let padded = if decimals.len() == 3 { format!("{trimmed}0") } else { trimmed.to_owned() };
            plain.then_some(padded)
        }
        Encoding::Code => {
            let Kind::Choice(choices) = field.kind else { return None };
            let code: i64 = text.parse().ok()?;
            let choice = choices.iter().find(|choice| choice.wire == code);
            Some(choice.map_or_else(|| text.to_owned(), |choice| choice.value.to_owned()))
        }
        // On the wire a moment is whole: no day alone, no local time. Drafts are more forgiving.
        Encoding::Rfc3339 => (text.len() > 19 && text.contains(['T', 't'])).then(|| text.to_owned()),
        Encoding::Spaced => text.contains(' ').then(|| text.to_owned()),
        Encoding::Text | Encoding::Integer | Encoding::Integers => Some(text.to_owned()),
    }
}
