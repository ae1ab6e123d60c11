//! Generates custom-elements.json, which tools read, and VS Code's description of the elements.

use super::declared::{
    ATTRIBUTES, Attribute, AttributeType, ELEMENTS, EVENTS, Element, Event, METHODS, Method, PARTS,
    PROPERTIES, Property, SLOT,
};
use super::json::{Json, list, text};
use super::style::SECTIONS;
use super::text::{camel, plain, sentence};

/// The module of the package that defines the elements.
const MODULE: &str = "widget.js";

/// Renders custom-elements.json. <https://github.com/webcomponents/custom-elements-manifest>
pub(crate) fn render() -> String {
    let reference =
        |element: &Element| Json::Object(vec![("name", text(element.class)), ("module", text(MODULE))]);
    let class = |element: &Element| {
        Json::Object(vec![
            ("kind", text("js")),
            ("name", text(element.class)),
            ("declaration", reference(element)),
        ])
    };
    let definition = |element: &Element| {
        Json::Object(vec![
            ("kind", text("custom-element-definition")),
            ("name", text(element.tag)),
            ("declaration", reference(element)),
        ])
    };
    let exports = ELEMENTS.iter().map(class).chain(ELEMENTS.iter().map(definition));
    let module = Json::Object(vec![
        ("kind", text("javascript-module")),
        ("path", text(MODULE)),
        ("declarations", list(ELEMENTS.iter().map(declaration))),
        ("exports", list(exports)),
    ]);
    let manifest = Json::Object(vec![
        ("schemaVersion", text("2.1.0")),
        ("readme", text("README.md")),
        ("modules", list([module])),
    ]);
    manifest.pretty()
}

fn declaration(element: &Element) -> Json {
    let properties = PROPERTIES.iter().filter(|property| element.has(property.on)).map(property);
    let members = ATTRIBUTES.iter().map(reflected).chain(properties).chain(METHODS.iter().map(method));
    let events = EVENTS.iter().filter(|event| element.has(event.on));
    let slot = Json::Object(vec![("name", text("")), ("description", text(plain(SLOT)))]);
    let part = |(name, about): &(&str, &str)| {
        Json::Object(vec![("name", text(*name)), ("description", text(plain(about)))])
    };
    Json::Object(vec![
        ("kind", text("class")),
        ("name", text(element.class)),
        ("tagName", text(element.tag)),
        ("customElement", Json::Flag(true)),
        ("description", text(plain(element.about))),
        ("superclass", Json::Object(vec![("name", text("HTMLElement"))])),
        ("attributes", list(ATTRIBUTES.iter().map(attribute))),
        ("members", list(members)),
        ("events", list(events.map(|event| self::event(event, element)))),
        ("slots", list([slot])),
        ("cssParts", list(PARTS.iter().map(part))),
        (
            "cssProperties",
            list(SECTIONS.iter().flat_map(|(section, properties)| {
                properties
                    .iter()
                    .map(move |(name, default, about)| css_property(section, name, default, about))
            })),
        ),
    ])
}

fn kind(kind: impl Into<String>) -> Json {
    Json::Object(vec![("text", text(kind))])
}

/// The TypeScript type of an attribute's property, and its value without the attribute.
fn attribute_type(attribute: &Attribute) -> (String, &'static str) {
    match attribute.kind {
        AttributeType::Flag => ("boolean".to_owned(), "false"),
        AttributeType::Text => ("string".to_owned(), "\"\""),
        AttributeType::OneOf(values) => {
            let values: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
            (format!("{} | \"\"", values.join(" | ")), "\"\"")
        }
    }
}

fn attribute(attribute: &Attribute) -> Json {
    let (name, default) = attribute_type(attribute);
    Json::Object(vec![
        ("name", text(attribute.name)),
        ("type", kind(name)),
        ("default", text(default)),
        ("description", text(plain(attribute.about))),
        ("fieldName", text(camel(attribute.name))),
    ])
}

fn reflected(attribute: &Attribute) -> Json {
    let (name, default) = attribute_type(attribute);
    Json::Object(vec![
        ("kind", text("field")),
        ("name", text(camel(attribute.name))),
        ("type", kind(name)),
        ("default", text(default)),
        ("description", text(plain(attribute.about))),
        ("attribute", text(attribute.name)),
        ("reflects", Json::Flag(true)),
    ])
}

fn property(property: &Property) -> Json {
    let mut members = vec![
        ("kind", text("field")),
        ("name", text(property.name)),
        ("type", kind(property.set.unwrap_or(property.get))),
        ("description", text(plain(property.about))),
    ];
    if property.set.is_none() {
        members.push(("readonly", Json::Flag(true)));
    }
    Json::Object(members)
}

fn method(method: &Method) -> Json {
    let parameters = method.parameter.iter().map(|parameter| {
        let mut members = vec![("name", text(parameter.name)), ("type", kind(parameter.kind))];
        if parameter.is_optional {
            members.push(("optional", Json::Flag(true)));
        }
        Json::Object(members)
    });
    // A link of the documentation leads nowhere here.
    let about = method.about.split("; see [").next().unwrap_or_default();
    Json::Object(vec![
        ("kind", text("method")),
        ("name", text(method.name)),
        ("description", text(plain(about))),
        ("parameters", list(parameters)),
        ("return", Json::Object(vec![("type", kind(method.returns))])),
    ])
}

fn event(event: &Event, element: &Element) -> Json {
    let detail = event.detail.replace("Subject", element.subject);
    let cancelable = if event.is_cancelable { "cancelable; " } else { "" };
    Json::Object(vec![
        ("name", text(event.name)),
        ("type", kind(format!("CustomEvent<{detail}>"))),
        ("description", text(plain(&format!("{cancelable}{}", event.about)))),
    ])
}

fn css_property(section: &str, name: &str, default: &str, about: &str) -> Json {
    Json::Object(vec![
        ("name", text(format!("--remit-{name}"))),
        ("default", text(default.replace("--_", "--remit-"))),
        ("description", text(format!("{section}: {about}."))),
    ])
}

/// Renders VS Code's description of the elements, for completion in HTML.
/// <https://github.com/microsoft/vscode-custom-data>
pub(crate) fn vscode() -> String {
    let attribute = |attribute: &Attribute| {
        let mut members =
            vec![("name", text(attribute.name)), ("description", text(sentence(attribute.about)))];
        match attribute.kind {
            AttributeType::Flag => members.push(("valueSet", text("v"))),
            AttributeType::OneOf(values) => {
                let value = |value: &&str| Json::Object(vec![("name", text(*value))]);
                members.push(("values", list(values.iter().map(value))));
            }
            AttributeType::Text => {}
        }
        Json::Object(members)
    };
    let tag = |element: &Element| {
        Json::Object(vec![
            ("name", text(element.tag)),
            ("description", text(sentence(element.about))),
            ("attributes", list(ATTRIBUTES.iter().map(attribute))),
        ])
    };
    Json::Object(vec![("version", Json::Number(1)), ("tags", list(ELEMENTS.iter().map(tag)))]).pretty()
}
