//! JSON with exact numbers.
//!
//! A number keeps its original text, so no amount passes through a float. The parser is small on purpose: a
//! general-purpose library is larger in WebAssembly (DESIGN.md has the figure). The tests compare this parser with that
//! library. It is stricter than most: a duplicate name is an error, since parsers disagree on which value counts.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::text::digits;

/// The maximum nesting of objects and arrays: deeper than any provider nests.
const MAX_DEPTH: usize = 64;
/// The maximum number of members of an object: more than any provider sends. Each name is compared with all earlier
/// ones.
const MAX_MEMBERS: usize = 1000;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its original text.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, its members in order.
    Object(Vec<(String, Json)>),
}

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError;

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not JSON, or beyond the limits")
    }
}

impl core::error::Error for JsonError {}

impl Json {
    /// Parses a JSON value. [RFC 8259]
    ///
    /// # Errors
    /// [`JsonError`] if the text is not a JSON value, an object has a duplicate name or more than 1,000 members, or
    /// values are nested deeper than 64.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let mut parser = Parser { rest: text };
        let value = parser.value(0)?;
        parser.space();
        if parser.rest.is_empty() { Ok(value) } else { Err(JsonError) }
    }

    /// Makes a whole number.
    #[must_use]
    pub fn integer(integer: i64) -> Self {
        Self::Number(integer.to_string())
    }

    /// Makes a string.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Converts an object's own names to lower case, for a provider with inconsistent casing. Other values are
    /// unchanged.
    ///
    /// # Errors
    /// [`JsonError`] if two names differ only in case.
    pub fn lower_names(mut self) -> Result<Self, JsonError> {
        if let Self::Object(members) = &mut self {
            let mut seen: Vec<&str> = Vec::new();
            for (name, _) in members {
                name.make_ascii_lowercase();
                if seen.contains(&name.as_str()) {
                    return Err(JsonError);
                }
                seen.push(name);
            }
        }
        Ok(self)
    }

    /// The value of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The text of a member, if it is a string and not empty.
    pub(crate) fn text_at(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::as_text).filter(|text| !text.is_empty())
    }

    /// The text of a string or a number.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number without decimals or exponent.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Number(text) = self { text.parse().ok() } else { None }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The value as JSON text, without whitespace.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => write_text(text, out),
            Self::Array(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

impl serde::Serialize for Json {
    /// Serializes a 64-bit whole number as a number, and any other number as its original text.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => match text.parse::<i64>() {
                Ok(integer) => serializer.serialize_i64(integer),
                Err(_) => serializer.serialize_str(text),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<N: Into<String>> FromIterator<(N, Json)> for Json {
    fn from_iter<I: IntoIterator<Item = (N, Json)>>(members: I) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// Appends a text as a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // The characters between two escapes are copied together.
    while let Some((plain, c)) = split_at_escape(rest) {
        out.push_str(plain);
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => {
                out.push_str("\\u");
                digits::push_hex(out, c.into(), 4);
            }
        }
        rest = rest.get(plain.len().saturating_add(1)..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push('"');
}

/// The text before the first character to escape, and this character, which is ASCII.
fn split_at_escape(text: &str) -> Option<(&str, char)> {
    let is_escaped = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let at = text.bytes().position(is_escaped)?;
    let (plain, rest) = text.split_at_checked(at)?;
    Some((plain, rest.chars().next()?))
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), JsonError> {
        if self.eat(token) { Ok(()) } else { Err(JsonError) }
    }

    fn next(&mut self) -> Result<char, JsonError> {
        let mut chars = self.rest.chars();
        let c = chars.next().ok_or(JsonError)?;
        self.rest = chars.as_str();
        Ok(c)
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.space();
        match self.rest.chars().next().ok_or(JsonError)? {
            '{' | '[' if depth == MAX_DEPTH => Err(JsonError),
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => self.string().map(Json::Text),
            '-' | '0'..='9' => self.number(),
            't' => self.expect("true").map(|()| Json::Bool(true)),
            'f' => self.expect("false").map(|()| Json::Bool(false)),
            _ => self.expect("null").map(|()| Json::Null),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut members: Vec<(String, Json)> = Vec::new();
        self.expect("{")?;
        self.space();
        if self.eat("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            if members.len() == MAX_MEMBERS || members.iter().any(|(known, _)| *known == name) {
                return Err(JsonError);
            }
            self.space();
            self.expect(":")?;
            members.push((name, self.value(depth + 1)?));
            self.space();
            if self.eat("}") {
                return Ok(Json::Object(members));
            }
            self.expect(",")?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut elements = Vec::new();
        self.expect("[")?;
        self.space();
        if self.eat("]") {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.space();
            if self.eat("]") {
                return Ok(Json::Array(elements));
            }
            self.expect(",")?;
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                c if c < ' ' => return Err(JsonError),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        Ok(match self.next()? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.hex()?;
                let code = if (0xD800..0xDC00).contains(&first) {
                    self.expect("\\u")?;
                    let second =
                        self.hex()?.checked_sub(0xDC00).filter(|low| *low < 0x400).ok_or(JsonError)?;
                    0x10000 + ((first - 0xD800) << 10) + second
                } else {
                    first
                };
                char::from_u32(code).ok_or(JsonError)?
            }
            _ => return Err(JsonError),
        })
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + self.next()?.to_digit(16).ok_or(JsonError)?;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let all = self.rest;
        self.eat("-");
        if !self.eat("0") {
            self.digits()?;
        }
        if self.eat(".") {
            self.digits()?;
        }
        if self.eat("e") || self.eat("E") {
            let _ = self.eat("+") || self.eat("-");
            self.digits()?;
        }
        let length = all.len() - self.rest.len();
        all.get(..length).map(|text| Json::Number(text.to_owned())).ok_or(JsonError)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = rest.len() < self.rest.len();
        self.rest = rest;
        if some { Ok(()) } else { Err(JsonError) }
    }
}
