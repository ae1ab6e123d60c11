//! Initial inputs from the vectors. The vectors of a new provider are its seeds.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use conformance::vectors::{Kind, cases};
use remit_core::schema::field;
use remit_core::wire::Headers;
use serde_json::{Map, Value};

use crate::Target;
use crate::message::Message;

/// All inputs for a target in the vectors.
///
/// # Errors
/// The first file of vectors that is invalid.
pub fn of(target: &Target) -> Result<BTreeSet<String>, String> {
    let mut seeds = BTreeSet::new();
    for case in cases()? {
        let object = |name: &str| case.value.get(name).and_then(Value::as_object);
        let currency = case.value.get("currency").and_then(Value::as_str);
        let body = |name: &str| object(name).and_then(|of| of.get("body")).and_then(Value::as_str);
        let of_kind = |wanted: field::Kind| {
            let same = core::mem::discriminant(&wanted);
            let fields = case.provider.all_operations().flat_map(|operation| operation.fields);
            let names: Vec<_> =
                fields.filter(|f| core::mem::discriminant(&f.kind) == same).map(|f| f.name).collect();
            let draft = object("draft").into_iter().flatten();
            draft
                .filter(move |(name, _)| names.contains(&name.as_str()))
                .filter_map(|(_, text)| text.as_str())
        };
        match target.name {
            "amount" => {
                let code = object("draft").and_then(|draft| draft.get("currency")).and_then(Value::as_str);
                let code = code.or(currency).unwrap_or("USD");
                let amounts = of_kind(field::Kind::Amount { min: 0 });
                seeds.extend(amounts.map(|amount| format!("{code} {amount}")));
            }
            "moment" => seeds.extend(of_kind(field::Kind::Instant).map(|moment| format!("60\n{moment}"))),
            "json" | "xml" => {
                let bodies = ["request", "reply"].into_iter().filter_map(body);
                let is_xml = target.name == "xml";
                seeds.extend(bodies.filter(|body| body.starts_with('<') == is_xml).map(str::to_owned));
            }
            "answer" => seeds.extend(object("reply").and_then(|reply| {
                let status = reply.get("status")?.to_string();
                message([&status, currency.unwrap_or("")], reply)
            })),
            "request" => {
                let stated = if case.kind == Kind::Wire { currency } else { Some("USD") };
                seeds.extend(object("request").and_then(|request| {
                    let text = |name| request.get(name).and_then(Value::as_str);
                    message([text("method")?, text("path")?, stated.unwrap_or("")], request)
                }));
            }
            _ => {}
        }
    }
    Ok(seeds)
}

fn message<const N: usize>(first: [&str; N], parts: &Map<String, Value>) -> Option<String> {
    let headers = parts.get("headers").and_then(Value::as_object).into_iter().flatten();
    let headers: Headers = headers.filter_map(|(name, value)| Some((name, value.as_str()?))).collect();
    let body = parts.get("body").and_then(Value::as_str).unwrap_or_default();
    Some(Message { first: first.to_vec(), headers, body }.print())
}

/// Writes each seed to its own file.
///
/// # Errors
/// If the vectors are invalid, or a file cannot be written.
pub fn write(target: &Target, directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for (at, seed) in of(target).map_err(io::Error::other)?.iter().enumerate() {
        fs::write(directory.join(format!("seed-{at}")), seed)?;
    }
    Ok(())
}
