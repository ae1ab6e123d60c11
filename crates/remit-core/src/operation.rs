//! One operation of a provider: a route, a body and the fields that fill them. Requests are written from it and read
//! back by it, so both sides of the wire follow one declaration.

use crate::check::{Values, check};
use crate::currency::Currency;
use crate::digits;
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
    /// A JSON object with these members in every request, beside those of the fields.
    JsonWith(&'static [(&'static str, bool)]),
    /// An XML element of this name.
    Xml(&'static str),
}

impl Body {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::JsonWith(_) => "application/json",
            Self::Xml(_) => "application/xml",
        }
    }

    /// The members that are the same in every request.
    fn fixed(self) -> &'static [(&'static str, bool)] {
        if let Self::JsonWith(fixed) = self { fixed } else { &[] }
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
            Body::Json | Body::JsonWith(_) => members
                .map(|(name, encoding, value)| (name, to_json(value, encoding)))
                .chain(self.body.fixed().iter().map(|(name, flag)| (*name, Json::Bool(*flag))))
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
    /// Where neither the currency nor the invoice is known, amounts are read as [`Currency::UNSTATED`], the values
    /// name no currency, and a rejection names amounts as they stand on the wire.
    ///
    /// # Errors
    /// [`Rejection`] names each field that is missing or wrong, and each member that the operation does not have, in
    /// the order of the form; or it has one issue, when the path or the body as a whole is not the operation's.
    pub fn read(&self, request: &Request, known: &Known) -> Result<(Values, Vec<Notice>), Rejection> {
        let Some(route) = self.matches(request.method.name(), &request.path) else {
            return Err(malformed("path"));
        };
        let mut draft: Draft = route.into_iter().collect();
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
        let mut seen = Vec::new();
        let mut untyped = Vec::new();
        for (name, given) in self.members(&request.body)? {
            // As every request has it, or left out, which comes to the same: what is sent on has it.
            let is_fixed = |(known, flag): &(_, bool)| *known == name && given.is(*flag);
            if self.body.fixed().iter().any(is_fixed) {
                continue;
            }
            let field =
                self.fields.iter().find(|f| matches!(f.place, Place::Body(known, _) if known == name));
            let (Some(field), Some(encoding)) = (field, field.and_then(encoding_of)) else {
                found.issue("", Code::MemberUnknown, vec![("value", Param::Text(name))]);
                continue;
            };
            // A reader that takes the first of two would disagree with one that takes the last.
            if seen.contains(&field.name) {
                return Err(malformed("body"));
            }
            seen.push(field.name);
            match given.read(field, encoding, currency) {
                Some(text) => draft.set(field.name, text),
                None => {
                    untyped.push(field.name);
                    found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name))]);
                }
            }
        }
        let known = Known { currency: Some(currency), ..known.clone() };
        let (values, mut checked) = check(self, &draft, &known);
        // A member of the wrong type is there: it is not missing as well.
        checked.forget(&untyped);
        found.append(checked);
        if currency == Currency::UNSTATED {
            found.reword(|field, money| self.on_wire(field, money));
        }
        found.sort(|field| self.fields.iter().position(|known| known.name == field));
        Ok((values, found.settle()?))
    }

    /// An amount as a field has it on the wire.
    fn on_wire(&self, field: &str, money: Money) -> String {
        let encoding = self.fields.iter().find(|known| known.name == field).and_then(encoding_of);
        encode(&Value::Money(money), encoding.unwrap_or(Encoding::Decimal))
    }

    /// The field that the provider calls `name` on its wire.
    #[must_use]
    pub fn field_on_wire(&self, name: &str) -> Option<&'static str> {
        let named = |field: &&Field| match field.place {
            Place::Body(known, _) => known == name,
            Place::Header(known) => known.eq_ignore_ascii_case(name),
            Place::Route | Place::Unsent => false,
        };
        self.fields.iter().find(named).map(|field| field.name)
    }

    /// What the provider calls a field on its wire.
    #[must_use]
    pub fn wire_name(&self, field: &str) -> Option<&'static str> {
        let field = self.fields.iter().find(|f| f.name == field)?;
        if let Place::Body(name, _) = field.place { Some(name) } else { None }
    }

    fn members(&self, body: &str) -> Result<Vec<(String, Given)>, Rejection> {
        match self.body {
            Body::Json | Body::JsonWith(_) => match Json::parse(body) {
                Ok(Json::Object(members)) => {
                    Ok(members.into_iter().map(|(name, value)| (name, Given::Json(value))).collect())
                }
                _ => Err(malformed("body")),
            },
            Body::Xml(root) => match Element::parse(body) {
                Ok(element) if element.name == root && element.text.trim().is_empty() => {
                    Ok(element.children.into_iter().map(|c| (c.name.clone(), Given::Xml(c))).collect())
                }
                _ => Err(malformed("body")),
            },
        }
    }
}

/// Says that a request as a whole, in this part of it, is not the operation's.
fn malformed(part: &str) -> Rejection {
    Rejection::of("", Code::MemberType, vec![("value", Param::Text(part.to_owned()))])
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

/// Rails' types.
fn xml_type(encoding: Encoding) -> Option<&'static str> {
    match encoding {
        Encoding::Decimal => Some("decimal"),
        Encoding::Integer | Encoding::Minor | Encoding::Code => Some("integer"),
        Encoding::Rfc3339 => Some("datetime"),
        Encoding::Text | Encoding::Spaced | Encoding::Integers => None,
    }
}

/// A decimal always shows one decimal, as in the provider's sample `52000.0`.
fn to_xml(name: &str, value: &Value, encoding: Encoding) -> Element {
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
enum Given {
    Json(Json),
    Xml(Element),
}

impl Given {
    /// Whether it is this and no other.
    fn is(&self, flag: bool) -> bool {
        matches!(self, Self::Json(Json::Bool(given)) if *given == flag)
    }

    /// The text for a draft; `None` when the type is wrong.
    fn read(&self, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
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
            Self::Json(Json::Number(text)) if !is_moment(encoding) && encoding != Encoding::Integers => {
                text.clone()
            }
            Self::Json(Json::Text(text)) if encoding != Encoding::Integers => text.clone(),
            Self::Json(_) => return None,
        };
        decode(&text, field, encoding, currency)
    }
}

fn is_moment(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::Rfc3339 | Encoding::Spaced)
}

/// The inverse of [`encode`].
fn decode(text: &str, field: &Field, encoding: Encoding, currency: Currency) -> Option<String> {
    match encoding {
        Encoding::Minor => Some(Money::from_minor(digits::whole(text)?, currency).decimal()),
        Encoding::Decimal => {
            let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
            let plain = digits::only(whole.strip_prefix('-').unwrap_or(whole)) && digits::only(decimals);
            // Three decimals would look like grouping to somebody who types; on the wire they are only decimals.
            plain.then(|| format!("{whole}.{:0<4}", decimals.trim_end_matches('0')))
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
        Encoding::Spaced if text.len() == 19 && text.contains(' ') => Some(format!("{text} UTC")),
        Encoding::Spaced => text.ends_with(" UTC").then(|| text.to_owned()),
        Encoding::Text | Encoding::Integer | Encoding::Integers => Some(text.to_owned()),
    }
}
