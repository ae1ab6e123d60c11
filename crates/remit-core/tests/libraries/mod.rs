//! The reference parsers that ours are compared with: serde_json and quick-xml. The fuzz targets use this module, too.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value that serde_json reads. A duplicate name is an error, as in our parser.
#[derive(Debug)]
enum Theirs {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
    Array(Vec<Theirs>),
    Object(Vec<(String, Theirs)>),
}

impl<'de> Deserialize<'de> for Theirs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Theirs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Theirs, E> {
                Ok(Theirs::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Theirs, E> {
                Ok(Theirs::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Theirs, E> {
                Ok(Theirs::Signed(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Theirs, E> {
                Ok(Theirs::Unsigned(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Theirs, E> {
                Ok(Theirs::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Theirs, E> {
                Ok(Theirs::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Theirs, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Theirs::Array(elements))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Theirs, A::Error> {
                let mut members: Vec<(String, Theirs)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Theirs>()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("duplicate name"));
                    }
                    members.push((name, value));
                }
                Ok(Theirs::Object(members))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

fn same(ours: &Json, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Json::Null, Theirs::Null) => true,
        (Json::Bool(a), Theirs::Bool(b)) => a == b,
        (Json::Number(a), Theirs::Signed(b)) => a.parse() == Ok(*b),
        (Json::Number(a), Theirs::Unsigned(b)) => a.parse() == Ok(*b),
        // Only 64-bit whole numbers are exact in both.
        (Json::Number(a), Theirs::Float(b)) => {
            let a: f64 = a.parse().unwrap();
            a == *b || (a - b).abs() <= a.abs() * 1e-14
        }
        (Json::Text(a), Theirs::Text(b)) => a == b,
        (Json::Array(a), Theirs::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Theirs::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((m, a), (n, b))| m == n && same(a, b))
        }
        _ => false,
    }
}

/// The depth of nested arrays and objects.
pub(crate) fn depth(json: &Json) -> usize {
    match json {
        Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a value exceeds our parser's limits: its depth, or the members of an object.
fn is_too_large(json: &Theirs, depth: usize) -> bool {
    match json {
        Theirs::Array(elements) => depth == 64 || elements.iter().any(|value| is_too_large(value, depth + 1)),
        Theirs::Object(members) => {
            let inside = || members.iter().any(|(_, value)| is_too_large(value, depth + 1));
            depth == 64 || members.len() > 1000 || inside()
        }
        _ => false,
    }
}

/// Checks that both parsers read a text as the same value, or both refuse it.
pub(crate) fn json_agrees(text: &str) -> Result<(), String> {
    match (Json::parse(text), serde_json::from_str::<Theirs>(text)) {
        (Ok(ours), Ok(theirs)) if same(&ours, &theirs) => Ok(()),
        (Err(_), Err(_)) => Ok(()),
        // Our parser keeps a number as text, so no number is too large.
        (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => Ok(()),
        // serde_json has other limits.
        (Err(_), Ok(theirs)) if is_too_large(&theirs, 0) => Ok(()),
        (ours, theirs) => Err(format!("{text:?}: ours read {ours:?}, serde_json {theirs:?}")),
    }
}

/// Checks that quick-xml reads the same element as our parser, unless our parser refuses the text.
pub(crate) fn xml_agrees(text: &str) -> Result<(), String> {
    match (Element::parse(text), theirs(text)) {
        (Err(_), _) => Ok(()),
        (Ok(ours), Some(theirs)) if ours == theirs => Ok(()),
        (Ok(ours), theirs) => Err(format!("{text:?}: ours read {ours:?}, quick-xml {theirs:?}")),
    }
}

/// Reads a document with quick-xml and all of its checks. `None` if it is malformed, not exactly one element, or needs
/// a document type.
pub(crate) fn theirs(text: &str) -> Option<Element> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::from_str(&text);
    reader.config_mut().enable_all_checks(true);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let started = |start: &BytesStart<'_>| {
        let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = quick_xml::escape::unescape(&attribute.value).ok()?;
            match attribute.key.as_ref() {
                "type" => element.kind = Some(value.into_owned()),
                "nil" => element.nil = value == "true",
                _ => {}
            }
        }
        Some(element)
    };
    loop {
        let done = match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(started(&start)?);
                continue;
            }
            Event::Empty(start) => started(&start)?,
            Event::End(_) => open.pop()?,
            Event::Text(text) => match open.last_mut() {
                Some(element) => {
                    element.text.push_str(&text);
                    continue;
                }
                None if text.chars().all(|c| " \t\n".contains(c)) => continue,
                None => return None,
            },
            Event::CData(text) => {
                open.last_mut()?.text.push_str(&text);
                continue;
            }
            Event::GeneralRef(name) => {
                let resolved = quick_xml::escape::unescape(&format!("&{};", &*name)).ok()?.into_owned();
                open.last_mut()?.text.push_str(&resolved);
                continue;
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
            Event::DocType(_) => return None,
            Event::Eof => return root.filter(|_| open.is_empty()),
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None if root.is_none() => root = Some(done),
            None => return None,
        }
    }
}
