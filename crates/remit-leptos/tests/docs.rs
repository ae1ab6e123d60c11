//! docs/leptos.md describes the props as the sources declare them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

const PAGE: &str = include_str!("../../../docs/leptos.md");
const COMPONENTS: [(&str, &str); 3] = [
    ("PaymentForm", include_str!("../src/components/payment_form.rs")),
    ("InvoiceForm", include_str!("../src/components/invoice_form.rs")),
    ("PaymentList", include_str!("../src/components/payment_list.rs")),
];

/// The table of a component's props: name, type and doc comment.
fn table(component: &str, source: &str) -> String {
    let (_, rest) = source.split_once(&format!("pub fn {component}(\n")).unwrap();
    let (props, _) = rest.split_once("\n) -> impl IntoView").unwrap();
    let mut table = "| prop | type | |\n|---|---|---|\n".to_owned();
    let (mut doc, mut attribute) = (Vec::new(), "");
    for line in props.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push(text);
        } else if line.starts_with("#[prop(") {
            attribute = line;
        } else {
            let (name, kind) = line.trim_end_matches(',').split_once(": ").unwrap();
            // A setter takes the content of an Option, and `optional` says the rest.
            let kind = kind.strip_prefix("Option<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind);
            let required = if attribute == "#[prop(into)]" { ", required" } else { "" };
            table += &format!("| `{name}` | `{kind}`{required} | {} |\n", plain(&doc.join(" ")));
            doc.clear();
        }
    }
    table
}

/// A doc comment without rustdoc's links: the page has others.
fn plain(doc: &str) -> String {
    let mut text = String::new();
    for (at, part) in doc.split("[`").enumerate() {
        match part.split_once("`]") {
            Some((name, rest)) if at > 0 => {
                let rest = rest
                    .strip_prefix('(')
                    .and_then(|rest| rest.split_once(')'))
                    .map_or(rest, |(_, rest)| rest);
                text += &format!("`{name}`{rest}");
            }
            _ => text += part,
        }
    }
    text
}

#[test]
fn the_page_has_the_props_of_every_component() {
    for (component, source) in COMPONENTS {
        let table = table(component, source);
        assert!(table.lines().count() > 8, "{table}");
        let section = format!("### `<{component}/>`\n\n{table}\n");
        assert!(PAGE.contains(&section), "docs/leptos.md should have:\n\n{section}");
    }
}
