//! Converts XML to JSON, so that the same descriptions apply to both. An element becomes an object with its children by
//! name, its attributes with the prefix `@`, and, if it has no children, its text as `#`. A child that occurs more than
//! once, or in an element of the type `array`, becomes a list.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// An element without its end tag.
struct Open {
    name: String,
    members: Map<String, Value>,
    text: String,
    is_parent: bool,
}

/// Parses a document with a library, independently of our own parser. The result contains the root under its name.
pub(crate) fn to_json(text: &str) -> Result<Value, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut open = vec![Open::new(String::new())];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => open.push(started(&start)?),
            Event::Empty(start) => closed(&mut open, started(&start)?)?,
            Event::End(_) => {
                let element = open.pop().ok_or("an end tag has no start tag")?;
                closed(&mut open, element)?;
            }
            Event::Text(text) => {
                open.last_mut().ok_or("there is text after the root element")?.text.push_str(&text)
            }
            Event::GeneralRef(name) => {
                let text =
                    quick_xml::escape::unescape(&format!("&{};", &*name)).map(|text| text.into_owned());
                let text = text.map_err(|error| error.to_string())?;
                open.last_mut().ok_or("there is text after the root element")?.text.push_str(&text);
            }
            Event::Comment(_) | Event::Decl(_) => {}
            Event::Eof => break,
            other => return Err(format!("{other:?}")),
        }
    }
    match <[Open; 1]>::try_from(open) {
        Ok([root]) if root.members.len() == 1 && root.text.trim().is_empty() => {
            Ok(Value::Object(root.members))
        }
        _ => Err("the document must consist of one element".to_owned()),
    }
}

fn started(start: &BytesStart<'_>) -> Result<Open, String> {
    let mut element = Open::new(start.name().as_ref().to_owned());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| error.to_string())?;
        element.members.insert(format!("@{}", attribute.key.as_ref()), value.into_owned().into());
    }
    Ok(element)
}

/// Adds a complete element to its parent.
fn closed(open: &mut [Open], element: Open) -> Result<(), String> {
    let parent = open.last_mut().ok_or("an end tag has no start tag")?;
    parent.is_parent = true;
    let in_list = parent.members.get("@type").is_some_and(|kind| kind == "array");
    let (name, value) = element.finish()?;
    match parent.members.get_mut(&name) {
        Some(Value::Array(all)) => all.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
        None => {
            parent.members.insert(name, if in_list { Value::Array(vec![value]) } else { value });
        }
    }
    Ok(())
}

impl Open {
    fn new(name: String) -> Self {
        Self { name, members: Map::new(), text: String::new(), is_parent: false }
    }

    fn finish(mut self) -> Result<(String, Value), String> {
        let is_list = self.members.get("@type").is_some_and(|kind| kind == "array");
        if self.is_parent || is_list {
            if !self.text.trim().is_empty() {
                return Err(format!("{} contains both elements and text", self.name));
            }
        } else {
            self.members.insert("#".to_owned(), self.text.into());
        }
        Ok((self.name, Value::Object(self.members)))
    }
}
