//! XML as Rails writes it: elements, the attributes `type` and `nil`, text. Nothing else is let in.
//!
//! Small on purpose, like [`super::json`]: a library's reader is larger in WebAssembly (DESIGN.md has the figure), and most
//! of that is for what is refused here. The tests compare this reader with it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::text::newlines;

/// Deeper than any provider nests.
const DEEPEST: usize = 64;
/// Longer than any answer about payments.
const LONGEST: usize = 1 << 20;
/// Attributes of one element: more than anybody writes. Each name is held against all before it.
const WIDEST: usize = 1000;

/// An element with its text and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name.
    pub name: String,
    /// The `type` attribute: `decimal`, `integer`, `datetime`, `array`. Rails' convention.
    pub kind: Option<String>,
    /// Whether it says that it has no value: `nil="true"`, Rails' convention as well.
    pub nil: bool,
    /// The text, with its references resolved.
    pub text: String,
    /// The children, in order.
    pub children: Vec<Element>,
}

/// Why a text is not XML that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlError {
    /// Not well-formed, or not one element.
    Malformed,
    /// A document type or an entity that is not one of XML's own five: never needed, and a way to attack a reader.
    Forbidden,
    /// Deeper than 64 elements, longer than 1 MiB, or more than 1,000 attributes at one element.
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
    /// An element with text.
    #[must_use]
    pub fn new(name: &str, kind: Option<&str>, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), kind: kind.map(str::to_owned), text: text.into(), ..Self::default() }
    }

    /// An element with children.
    #[must_use]
    pub fn with(name: &str, children: Vec<Self>) -> Self {
        Self { name: name.to_owned(), children, ..Self::default() }
    }

    /// The child of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Reads a document of one root element.
    ///
    /// # Errors
    /// [`XmlError`] says what was wrong.
    pub fn parse(text: &str) -> Result<Self, XmlError> {
        if text.len() > LONGEST {
            return Err(XmlError::TooLarge);
        }
        // [XML 1.0, 2.11]
        let uniform = text.contains('\r').then(|| newlines::normalize_newlines(text));
        let mut parser = Parser { rest: uniform.as_deref().unwrap_or(text) };
        parser.misc()?;
        let root = parser.element(0)?;
        parser.misc()?;
        if parser.rest.is_empty() { Ok(root) } else { Err(XmlError::Malformed) }
    }

    /// The element as text, without white space between elements.
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
            // A reader would make a line feed of it. [XML 1.0, 2.11]
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

    /// Everything before a token, and past it.
    fn until(&mut self, token: &str) -> Result<&'a str, XmlError> {
        // Not `split_once`: its search for a text is a kilobyte that only this would bring to a browser.
        let starts = |at: &usize| self.rest.get(*at..).is_some_and(|rest| rest.starts_with(token));
        let end = (0..self.rest.len()).find(starts).ok_or(XmlError::Malformed)?;
        let (before, after) = self.rest.split_at_checked(end).ok_or(XmlError::Malformed)?;
        let after = after.strip_prefix(token).unwrap_or_default();
        self.rest = after;
        Ok(before)
    }

    /// What may stand around the root: a declaration, comments, white space. Never a document type.
    fn misc(&mut self) -> Result<(), XmlError> {
        loop {
            self.space();
            if !self.comment()? {
                return if self.rest.starts_with("<!") { Err(XmlError::Forbidden) } else { Ok(()) };
            }
        }
    }

    /// Passes over a comment or a processing instruction; whether there was one.
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
        if depth >= DEEPEST {
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
            if seen.len() == WIDEST {
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

/// A text with its references resolved: XML's own five and numbers. Any other entity would need a document type.
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

/// A character by its number, decimal or, with an `x`, hexadecimal. [XML 1.0, 4.1; 2.2]
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
