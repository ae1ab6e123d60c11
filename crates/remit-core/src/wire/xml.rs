//! XML as Rails writes it: elements, a `type` attribute, text. Nothing else is let in.

use quick_xml::Reader;
use quick_xml::escape;
use quick_xml::events::{BytesStart, Event};

/// Deeper than any provider nests.
const DEEPEST: usize = 64;
/// Longer than any answer about payments.
const LONGEST: usize = 1 << 20;

/// An element with its text and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name.
    pub name: String,
    /// The `type` attribute: `decimal`, `integer`, `datetime`, `array`. Rails' convention.
    pub kind: Option<String>,
    /// The text, with its references resolved.
    pub text: String,
    /// The children, in order.
    pub children: Vec<Element>,
}

/// Why a text is not XML that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotXml {
    /// Not well-formed, or not one element.
    Malformed,
    /// A document type or an entity that is not one of XML's own five: never needed, and a way to attack a reader.
    Forbidden,
    /// Deeper than 64 elements or longer than 1 MiB.
    TooLarge,
}

impl Element {
    /// An element with text.
    #[must_use]
    pub fn new(name: &str, kind: Option<&str>, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), kind: kind.map(str::to_owned), text: text.into(), children: Vec::new() }
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
    /// [`NotXml`] says what was wrong.
    pub fn parse(text: &str) -> Result<Self, NotXml> {
        if text.len() > LONGEST {
            return Err(NotXml::TooLarge);
        }
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let finished = match reader.read_event().map_err(|_| NotXml::Malformed)? {
                Event::Start(start) => {
                    if open.len() >= DEEPEST {
                        return Err(NotXml::TooLarge);
                    }
                    open.push(Self::open(&start)?);
                    continue;
                }
                Event::Empty(start) => Self::open(&start)?,
                Event::End(_) => open.pop().ok_or(NotXml::Malformed)?,
                Event::Text(piece) => {
                    push_text(&mut open, &piece)?;
                    continue;
                }
                Event::CData(piece) => {
                    push_text(&mut open, &piece)?;
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let named = match reference.resolve_char_ref() {
                        Ok(Some(c)) => c.to_string(),
                        Ok(None) => {
                            escape::resolve_xml_entity(&reference).ok_or(NotXml::Forbidden)?.to_owned()
                        }
                        Err(_) => return Err(NotXml::Malformed),
                    };
                    push_text(&mut open, &named)?;
                    continue;
                }
                Event::DocType(_) => return Err(NotXml::Forbidden),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof => break,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(finished),
                None if root.is_none() => root = Some(finished),
                None => return Err(NotXml::Malformed),
            }
        }
        if open.is_empty() { root.ok_or(NotXml::Malformed) } else { Err(NotXml::Malformed) }
    }

    fn open(start: &BytesStart<'_>) -> Result<Self, NotXml> {
        let mut element = Self { name: start.name().as_ref().to_owned(), ..Self::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| NotXml::Malformed)?;
            if attribute.key.as_ref() == "type" {
                element.kind = Some(attribute.value.into_owned());
            }
        }
        Ok(element)
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
            out.push_str(&escape::escape(kind.as_str()));
            out.push('"');
        }
        out.push('>');
        out.push_str(&escape::escape(self.text.as_str()));
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn push_text(open: &mut [Element], piece: &str) -> Result<(), NotXml> {
    match open.last_mut() {
        Some(element) => element.text.push_str(piece),
        None if piece.trim().is_empty() => {}
        None => return Err(NotXml::Malformed),
    }
    Ok(())
}
