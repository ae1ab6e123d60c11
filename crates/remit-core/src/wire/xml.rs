//! XML as Rails writes it: elements, the attributes `type` and `nil`, and text.
//!
//! The parser is small on purpose, like [`super::json`]: a library is larger in WebAssembly (DESIGN.md has the figure),
//! mostly for features that are refused here. The tests compare this parser with a library.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::text::newlines;

/// The maximum nesting of elements: deeper than any provider nests.
const MAX_DEPTH: usize = 64;
/// The maximum length in bytes: longer than any response about payments.
const MAX_LENGTH: usize = 1 << 20;
/// The maximum number of attributes of an element. Each name is compared with all earlier ones.
const MAX_ATTRIBUTES: usize = 1000;

/// An element with its text and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name.
    pub name: String,
    /// The `type` attribute: `decimal`, `integer`, `datetime`, `array`. Rails' convention.
    pub kind: Option<String>,
    /// Whether the attribute `nil` is `true`: the element has no value. Rails' convention.
    pub nil: bool,
    /// The text, with references resolved.
    pub text: String,
    /// The children, in order.
    pub children: Vec<Element>,
}

/// Why a text is not accepted as XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlError {
    /// The text is not well-formed, or not exactly one element.
    Malformed,
    /// A document type, or an entity other than XML's own five. Providers need neither, and both can be used for
    /// attacks.
    Forbidden,
    /// Elements nested deeper than 64, more than 1 MiB, or more than 1,000 attributes of an element.
    TooLarge,
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not one well-formed element of XML",
            Self::Forbidden => "XML with a document type or an undefined entity",
            Self::TooLarge => "XML beyond the limits",
        })
    }
}

impl core::error::Error for XmlError {}

impl Element {
    /// Makes an element with text.
    #[must_use]
    pub fn new(name: &str, kind: Option<&str>, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), kind: kind.map(str::to_owned), text: text.into(), ..Self::default() }
    }

    /// Makes an element with children.
    #[must_use]
    pub fn with(name: &str, children: Vec<Self>) -> Self {
        Self { name: name.to_owned(), children, ..Self::default() }
    }

    /// The first child of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Parses a document.
    ///
    /// # Errors
    /// [`XmlError`] if the text is malformed, forbidden or too large.
    pub fn parse(text: &str) -> Result<Self, XmlError> {
        if text.len() > MAX_LENGTH {
            return Err(XmlError::TooLarge);
        }
        // [XML 1.0, 2.11]
        let normalized = text.contains('\r').then(|| newlines::normalize_newlines(text));
        let mut parser = Parser { rest: normalized.as_deref().unwrap_or(text) };
        parser.misc()?;
        let root = parser.element(0)?;
        parser.misc()?;
        if parser.rest.is_empty() { Ok(root) } else { Err(XmlError::Malformed) }
    }

    /// The element as XML text, without whitespace between elements.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        if let Some(kind) = &self.kind {
            out.push_str(" type=\"");
            escape(kind, out);
            out.push('"');
        }
        if self.nil {
            out.push_str(" nil=\"true\"");
        }
        out.push('>');
        escape(&self.text, out);
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // Parsers normalise a bare carriage return to a line feed. [XML 1.0, 2.11]
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), XmlError> {
        if self.eat(token) { Ok(()) } else { Err(XmlError::Malformed) }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches(is_space);
    }

    /// Returns the text before a token, and skips the token.
    fn until(&mut self, token: &str) -> Result<&'a str, XmlError> {
        // Not `split_once`: its substring search would add a kilobyte to the WebAssembly module.
        let starts = |at: &usize| self.rest.get(*at..).is_some_and(|rest| rest.starts_with(token));
        let end = (0..self.rest.len()).find(starts).ok_or(XmlError::Malformed)?;
        let (before, after) = self.rest.split_at_checked(end).ok_or(XmlError::Malformed)?;
        let after = after.strip_prefix(token).unwrap_or_default();
        self.rest = after;
        Ok(before)
    }

    /// Skips whitespace, comments and processing instructions around the root. A document type is forbidden.
    fn misc(&mut self) -> Result<(), XmlError> {
        loop {
            self.space();
            if !self.comment()? {
                return if self.rest.starts_with("<!") { Err(XmlError::Forbidden) } else { Ok(()) };
            }
        }
    }

    /// Skips a comment or a processing instruction, and returns whether there was one.
    fn comment(&mut self) -> Result<bool, XmlError> {
        if self.eat("<!--") {
            let body = self.until("-->")?;
            // [XML 1.0, 2.5]
            return if body.as_bytes().windows(2).any(|two| two == b"--") || body.ends_with('-') {
                Err(XmlError::Malformed)
            } else {
                Ok(true)
            };
        }
        if self.eat("<?") {
            self.name()?;
            let body = self.until("?>")?;
            // [XML 1.0, 2.6]
            return if body.is_empty() || body.starts_with(is_space) {
                Ok(true)
            } else {
                Err(XmlError::Malformed)
            };
        }
        Ok(false)
    }

    fn name(&mut self) -> Result<&'a str, XmlError> {
        let end = self.rest.find(|c: char| !is_name(c)).ok_or(XmlError::Malformed)?;
        let (name, rest) = self.rest.split_at_checked(end).ok_or(XmlError::Malformed)?;
        self.rest = rest;
        // [XML 1.0, 2.3]
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
            return Err(XmlError::Malformed);
        }
        Ok(name)
    }

    fn element(&mut self, depth: usize) -> Result<Element, XmlError> {
        if depth >= MAX_DEPTH {
            return Err(XmlError::TooLarge);
        }
        self.expect("<")?;
        let name = self.name()?;
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        let mut seen = Vec::new();
        loop {
            let before = self.rest.len();
            self.space();
            if self.eat("/>") {
                return Ok(element);
            }
            if self.eat(">") {
                break;
            }
            if self.rest.len() == before {
                return Err(XmlError::Malformed);
            }
            let attribute = self.name()?;
            self.space();
            self.expect("=")?;
            self.space();
            let quote = if self.eat("\"") { "\"" } else { self.expect("'").map(|()| "'")? };
            let value = self.until(quote)?;
            if value.contains('<') || seen.contains(&attribute) {
                return Err(XmlError::Malformed);
            }
            if seen.len() == MAX_ATTRIBUTES {
                return Err(XmlError::TooLarge);
            }
            seen.push(attribute);
            let value = resolve(value)?;
            match attribute {
                "type" => element.kind = Some(value),
                "nil" => element.nil = value == "true",
                _ => {}
            }
        }
        loop {
            let end = self.rest.find('<').ok_or(XmlError::Malformed)?;
            let (text, rest) = self.rest.split_at_checked(end).ok_or(XmlError::Malformed)?;
            element.text.push_str(&resolve(text)?);
            self.rest = rest;
            if self.eat("</") {
                let closed = self.name()? == name;
                self.space();
                self.expect(">")?;
                return if closed { Ok(element) } else { Err(XmlError::Malformed) };
            }
            if self.eat("<![CDATA[") {
                element.text.push_str(self.until("]]>")?);
            } else if !self.comment()? {
                if self.rest.starts_with("<!") {
                    return Err(XmlError::Forbidden);
                }
                element.children.push(self.element(depth + 1)?);
            }
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.') || !c.is_ascii()
}

/// Resolves the references in a text: XML's own five entities and character numbers. Any other entity would need a
/// document type.
fn resolve(text: &str) -> Result<String, XmlError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').ok_or(XmlError::Malformed)?;
        out.push_str(before);
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            name => number(name.strip_prefix('#').ok_or(XmlError::Forbidden)?)?,
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Parses a character's number, decimal or, after an `x`, hexadecimal. [XML 1.0, 4.1; 2.2]
fn number(digits: &str) -> Result<char, XmlError> {
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| plain);
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    code.and_then(char::from_u32).filter(allowed).ok_or(XmlError::Malformed)
}
