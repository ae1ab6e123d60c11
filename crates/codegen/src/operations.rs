//! Generates DESIGN.md's table of operations: the parts that support each operation, and its tests.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};
use remit_core::{Operation, Provider, Purpose};
use serde_json::Value;

use crate::project::{between, root};

const BEGIN: &str = "<!-- operations:";
const END: &str = "<!-- /operations -->";

/// Renders DESIGN.md with a new table.
pub(super) fn render(design: &str) -> Result<String> {
    between(design, BEGIN, END, &table()?)
}

fn table() -> Result<String> {
    let used = used_by_form()?;
    let mut text =
        "| | operation | request | relay | sandbox | widget | vectors | described by |\n".to_owned();
    text += &"|---".repeat(8);
    text += "|\n";
    for provider in Provider::ALL {
        let mut seen = BTreeSet::new();
        for operation in provider.all_operations() {
            let name = operation.purpose.as_str();
            if !seen.insert(name) {
                continue;
            }
            let Operation { method, route, .. } = operation;
            let relay = if operation.purpose.is_relayed_by_default() { "●" } else { "● when named" };
            let widget = if used.contains(name) { "●" } else { "" };
            let (cases, described) = (cases(provider.id, name)?, described(provider.id, name)?);
            text += &format!(
                "| {} | `{name}` | `{} {route}` | {relay} | ● | {widget} | {cases} | {described} |\n",
                provider.name,
                method.name()
            );
        }
    }
    Ok(text.trim_end().to_owned())
}

/// The operations that a form uses.
fn used_by_form() -> Result<BTreeSet<&'static str>> {
    let directory = root().join("crates/remit-session/src");
    let mut sources = String::new();
    for entry in fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        sources += &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    let named = Purpose::ALL.into_iter().filter(|purpose| sources.contains(&format!("Purpose::{purpose:?}")));
    Ok(named.map(Purpose::as_str).collect())
}

/// The number of vectors for an operation.
fn cases(provider: &str, operation: &str) -> Result<usize> {
    let directory = root().join("tests/vectors").join(provider);
    let mut count = 0;
    for entry in fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        let kind = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let of_any = kind.starts_with("call") || kind.starts_with("answer");
        let base = file.pointer("/base/operation").and_then(Value::as_str);
        let all = file.get("cases").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        count += all
            .iter()
            .filter(|case| {
                let named = case["operation"].as_str().or(base);
                if of_any { named == Some(operation) } else { operation == Purpose::RecordPayment.as_str() }
            })
            .count();
    }
    Ok(count)
}

/// The source of the independent description of an operation; empty without one.
fn described(provider: &str, operation: &str) -> Result<String> {
    let path = root().join("tests/conformance/described").join(format!("{provider}.json"));
    let Ok(text) = fs::read_to_string(&path) else { return Ok(String::new()) };
    let file: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    let by = file.pointer(&format!("/operations/{operation}/by")).and_then(Value::as_str);
    Ok(by.unwrap_or_default().to_owned())
}
