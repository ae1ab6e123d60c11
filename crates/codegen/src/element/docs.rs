//! Generates the tables of the elements' pages in the documentation.

use anyhow::Result;

use super::declared::{ATTRIBUTES, EVENTS, METHODS, On, PARTS, PROPERTIES};
use super::script::handler;
use super::style::SECTIONS;
use super::text::camel;
use crate::project::between;

/// Renders docs/element.md or www/npm/docs/widget.md with new tables.
pub(crate) fn render(page: &str) -> Result<String> {
    let tables = [
        ("attributes", attributes()),
        ("properties", properties()),
        ("methods", methods()),
        ("events", events()),
        ("styles", styles()),
    ];
    tables.into_iter().try_fold(page.to_owned(), |page, (name, table)| {
        between(&page, &format!("<!-- {name}:"), &format!("<!-- /{name} -->"), table.trim_end())
    })
}

/// Renders www/npm/docs/react.md with a new table.
pub(crate) fn react(page: &str) -> Result<String> {
    let names = |names: Vec<String>| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ");
    let properties = |on: On| {
        let settable = PROPERTIES.iter().filter(|one| one.set.is_some() && one.on == on);
        names(settable.map(|one| one.name.to_owned()).collect())
    };
    let events =
        |on: On| names(EVENTS.iter().filter(|one| one.on == on).map(|one| handler(one.name)).collect());
    let both = |members: &dyn Fn(On) -> String| {
        format!("{}; for `RemitPayment` also {}", members(On::Both), members(On::Payment))
    };
    let rows = [
        ("attributes", names(ATTRIBUTES.iter().map(|one| camel(one.name)).collect())),
        ("properties", both(&properties)),
        ("events", both(&events)),
        ("others", "the props of any element, such as `id`, `className` and `style`".to_owned()),
    ];
    let table = table(["", "props"], rows.into_iter().map(|(kind, props)| (kind.to_owned(), props)));
    between(page, "<!-- props:", "<!-- /props -->", table.trim_end())
}

fn table(heads: [&str; 2], rows: impl Iterator<Item = (String, String)>) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let row = |(first, second): (String, String)| format!("| {} | {} |\n", cell(&first), cell(&second));
    let [first, second] = heads;
    let head = format!("| {first} | {second} |").replace("|  |", "| |");
    format!("{head}\n|---|---|\n{}", rows.map(row).collect::<String>())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn attributes() -> String {
    table(["attribute", ""], ATTRIBUTES.iter().map(|one| (code(one.name), one.about.to_owned())))
}

fn properties() -> String {
    let row = |property: &super::declared::Property| {
        let only = if property.on == On::Payment { "; only for `<remit-payment>`" } else { "" };
        let readonly = if property.set.is_none() { " (read-only)" } else { "" };
        (format!("{}{readonly}", code(property.name)), format!("{}{only}", property.about))
    };
    table(["property", ""], PROPERTIES.iter().map(row))
}

fn methods() -> String {
    let row = |method: &super::declared::Method| {
        let parameter = method.parameter.map_or("", |parameter| parameter.name);
        (code(&format!("{}({parameter})", method.name)), method.about.to_owned())
    };
    table(["method", ""], METHODS.iter().map(row))
}

fn events() -> String {
    let row = |event: &super::declared::Event| {
        let cancelable = if event.is_cancelable { " (cancelable)" } else { "" };
        (format!("{}{cancelable}", code(event.name)), format!("{}; {}", code(event.members), event.about))
    };
    table(["event", "`detail`"], EVENTS.iter().map(row))
}

fn styles() -> String {
    let properties = SECTIONS.iter().flat_map(|(section, properties)| {
        let title = (format!("**{section}**"), String::new());
        let row =
            |(name, _, about): &(&str, &str, &str)| (code(&format!("--remit-{name}")), (*about).to_owned());
        std::iter::once(title).chain(properties.iter().map(row))
    });
    let parts = PARTS.iter().map(|(name, about)| (code(name), (*about).to_owned()));
    format!("{}\n{}", table(["custom property", ""], properties), table(["part", ""], parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_every_table_and_keeps_the_text_around_them() {
        let mark = |name: &str| format!("<!-- {name}: -->\nold\n<!-- /{name} -->\n");
        let names = ["attributes", "properties", "methods", "events", "styles"];
        let page = format!("before\n{}after\n", names.map(mark).concat());
        let new = render(&page).unwrap();
        assert!(new.starts_with("before\n") && new.ends_with("after\n") && !new.contains("old"));
        assert!(
            new.contains("| `remit-submit` (cancelable) | `{provider, payment, request, key}`; the user")
        );
        assert!(new.contains("| `settle(response)` | tells the form"));
        assert_eq!(render(&new).unwrap(), new);
    }
}
