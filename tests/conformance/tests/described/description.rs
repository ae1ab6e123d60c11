//! Independent descriptions of the providers' requests and responses: `described/<provider>.json`.
//!
//! For each operation, by its purpose, a file contains the author of the description (`by`, `source`), the `request`, the
//! `answers` by status, and the documented `samples`; and the `refusals` of all operations. `body`, and each value of
//! `path`, `query` and `headers`, is a JSON Schema (2020-12), whose `$ref` names an entry of `schemas`. A request must
//! have the headers that `required` names, and a response must have every described header. Without a described `body`, a
//! request must have none, and a response may have any.
//!
//! An object with described members may have no others, so that we do not send or emulate an invention of our own. The
//! format of a number is a range.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Validator};
use remit_core::wire::{Headers, Request, Response};
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::xml;

/// A difference from the description.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// The place: `method`, `path`, `query/page`, `headers/Location`, `status/405`, `body/items/*/id`.
    pub(crate) at: String,
    /// The violated rule.
    pub(crate) rule: String,
    /// A description of the difference.
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.at, self.message, self.rule)
    }
}

fn fault(at: impl Into<String>, rule: &str, message: impl Into<String>) -> Fault {
    Fault { at: at.into(), rule: rule.to_owned(), message: message.into() }
}

/// A sample from the provider's documentation.
pub(crate) struct Sample {
    pub(crate) source: String,
    /// The method of a request.
    pub(crate) method: String,
    pub(crate) path: String,
    /// The status of a response.
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: String,
}

/// The description of one provider.
pub(crate) struct Description {
    file: Value,
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("described")
}

impl Description {
    /// The providers that have a description.
    pub(crate) fn providers() -> Vec<String> {
        let files = std::fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<_> =
            files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// The description of a provider, if there is one.
    pub(crate) fn of(provider: &str) -> Option<Self> {
        let path = directory().join(format!("{provider}.json"));
        let text = std::fs::read_to_string(&path).ok()?;
        let mut file: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        close(&mut file);
        Some(Self { file, validators: RefCell::default() })
    }

    /// The described operations.
    pub(crate) fn operations(&self) -> Vec<&str> {
        self.file["operations"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn operation(&self, name: &str) -> &Value {
        let operation = &self.file["operations"][name];
        assert!(operation.is_object(), "{name} is not described");
        operation
    }

    /// The author and the source of an operation's description.
    pub(crate) fn by(&self, operation: &str) -> (&str, &str) {
        let operation = self.operation(operation);
        (operation["by"].as_str().unwrap_or_default(), operation["source"].as_str().unwrap_or_default())
    }

    /// The statuses of an operation's successful responses.
    pub(crate) fn statuses(&self, operation: &str) -> Vec<u16> {
        let answers = self.operation(operation)["answers"].as_object().unwrap();
        answers.keys().map(|status| status.parse().unwrap()).collect()
    }

    /// The description of a request.
    pub(crate) fn request(&self, operation: &str) -> &Value {
        &self.operation(operation)["request"]
    }

    /// The description of a response with this status, for a refusal or a success.
    pub(crate) fn answer(&self, operation: &str, status: u16, refused: bool) -> Option<&Value> {
        let operation = self.operation(operation);
        let tables = match refused {
            false => vec![&operation["answers"]],
            true => vec![&operation["refusals"], &self.file["refusals"]],
        };
        let status = status.to_string();
        tables
            .into_iter()
            .flat_map(|table| [table.get(&status), table.get("default")])
            .find_map(|found| found)
    }

    /// The documented samples of this kind, `requests` or `answers`.
    pub(crate) fn samples(&self, operation: &str, kind: &str) -> Vec<Sample> {
        self.read(&self.operation(operation)["samples"][kind])
    }

    /// The documented samples of refusals.
    pub(crate) fn refused(&self) -> Vec<Sample> {
        self.read(&self.file["refused"])
    }

    fn read(&self, samples: &Value) -> Vec<Sample> {
        let text = |sample: &Value, name: &str| sample[name].as_str().unwrap_or_default().to_owned();
        let body = |sample: &Value| match (&sample["lines"], sample.get("body")) {
            (Value::Array(lines), None) => {
                lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
            }
            (_, None) => String::new(),
            (_, Some(body)) => match body.get("$ref").and_then(Value::as_str) {
                Some(place) => self.file.pointer(place.trim_start_matches('#')).unwrap().to_string(),
                None => body.to_string(),
            },
        };
        let read = |sample: &Value| {
            let headers = sample["headers"].as_object().cloned().unwrap_or_default();
            Sample {
                source: text(sample, "source"),
                method: text(sample, "method"),
                path: text(sample, "path"),
                status: sample["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or(0),
                headers: headers.iter().map(|(name, value)| (name, value.as_str().unwrap())).collect(),
                body: body(sample),
            }
        };
        samples.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(read).collect()
    }

    /// The differences of a request from its description.
    pub(crate) fn of_request(&self, operation: &str, request: &Request) -> Vec<Fault> {
        let operation = self.operation(operation);
        let described = &operation["request"];
        let mut faults = Vec::new();
        if described["method"] != request.method.name() {
            faults.push(fault("method", "method", request.method.name()));
        }
        faults.extend(self.of_path(described, &request.path));
        for (name, value) in request.headers.iter() {
            match (member(described, "headers", name), name) {
                (Some(schema), _) => {
                    faults.extend(self.validate(schema, &value.into(), &format!("headers/{name}")));
                }
                (None, "Accept" | "Content-Type") => {}
                (None, _) => faults.push(fault(format!("headers/{name}"), "name", "it is not described")),
            }
        }
        for name in described["required"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let name = name.as_str().unwrap();
            if request.headers.get(name).is_none() {
                faults.push(fault(format!("headers/{name}"), "required", "it is missing"));
            }
        }
        let wanted =
            operation["answers"].as_object().unwrap().values().find_map(|answer| answer["type"].as_str());
        if wanted.is_some() && request.headers.get("Accept") != wanted {
            faults.push(fault("headers/Accept", "type", format!("the response's type is {wanted:?}")));
        }
        match described.get("body") {
            Some(schema) => {
                faults.extend(self.of_body(schema, &described["type"], &request.headers, &request.body));
            }
            None if request.body.is_empty() => {}
            None => faults.push(fault("body", "none", request.body.clone())),
        }
        faults
    }

    fn of_path(&self, described: &Value, path: &str) -> Vec<Fault> {
        let url = Url::parse(&format!("https://host{path}")).unwrap();
        let fits = |template: &Value| {
            let template = Url::parse(&format!("https://host{}", template.as_str().unwrap())).unwrap();
            let (wanted, given) = (template.path().split('/'), url.path().split('/'));
            let mut captured = Vec::new();
            let mut given = given.fuse();
            for wanted in wanted {
                let segment = given.next()?;
                // The parser percent-encodes the braces of a template.
                match wanted.strip_prefix("%7B").and_then(|name| name.strip_suffix("%7D")) {
                    Some(name) if !segment.is_empty() => captured.push((name.to_owned(), segment.to_owned())),
                    None if wanted == segment => {}
                    _ => return None,
                }
            }
            let mut query: Vec<_> = url.query_pairs().into_owned().collect();
            for pair in template.query_pairs().into_owned() {
                query.remove(query.iter().position(|given| *given == pair)?);
            }
            given.next().is_none().then_some((captured, query))
        };
        let Some((captured, query)) = described["paths"].as_array().unwrap().iter().find_map(fits) else {
            return vec![fault("path", "template", path)];
        };
        let mut faults = Vec::new();
        for (name, segment) in captured {
            faults.extend(self.validate(&described["path"][&name], &segment.into(), &format!("path/{name}")));
        }
        let mut seen = Vec::new();
        for (name, text) in query {
            let at = format!("query/{name}");
            match described["query"].get(&name) {
                _ if seen.contains(&name) => faults.push(fault(at, "once", "it occurs twice")),
                Some(schema) => faults.extend(self.validate(schema, &typed(schema, &text), &at)),
                None => faults.push(fault(at, "name", "it is not described")),
            }
            seen.push(name);
        }
        faults
    }

    /// The differences of a response from its description, for a refusal or a success.
    pub(crate) fn of_answer(&self, operation: &str, reply: &Response, refused: bool) -> Vec<Fault> {
        let Some(described) = self.answer(operation, reply.status, refused) else {
            return vec![fault(format!("status/{}", reply.status), "status", "it is not described")];
        };
        let mut faults = Vec::new();
        for (name, schema) in described["headers"].as_object().into_iter().flatten() {
            let at = format!("headers/{name}");
            match reply.headers.get(name) {
                Some(value) => faults.extend(self.validate(schema, &value.into(), &at)),
                None => faults.push(fault(at, "required", "it is missing")),
            }
        }
        if let Some(schema) = described.get("body") {
            faults.extend(self.of_body(schema, &described["type"], &reply.headers, &reply.body));
        }
        faults
    }

    fn of_body(&self, schema: &Value, kind: &Value, headers: &Headers, body: &str) -> Vec<Fault> {
        let given = headers.get("Content-Type").unwrap_or_default().split(';').next().unwrap_or_default();
        if *kind != given {
            return vec![fault("headers/Content-Type", "type", format!("{given} is not {kind}"))];
        }
        match parse(given, body) {
            Ok(body) => self.validate(schema, &body, "body"),
            Err(error) => vec![fault("body", "type", format!("{error}: {body}"))],
        }
    }

    /// The differences of a value from its schema.
    pub(crate) fn validate(&self, schema: &Value, instance: &Value, at: &str) -> Vec<Fault> {
        let key = schema.to_string();
        let known = self.validators.borrow().get(&key).cloned();
        let validator = known.unwrap_or_else(|| {
            let built = Rc::new(self.validator(schema));
            self.validators.borrow_mut().insert(key, Rc::clone(&built));
            built
        });
        let one = |error: jsonschema::ValidationError<'_>| {
            let place = error.instance_path().as_str();
            let place = place.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part });
            let mut at = format!("{at}{}", place.collect::<Vec<_>>().join("/"));
            if let ValidationErrorKind::Required { property } = error.kind() {
                at += &format!("/{}", property.as_str().unwrap_or_default());
            }
            fault(at, error.kind().keyword(), error.to_string())
        };
        validator.iter_errors(instance).map(one).collect()
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut whole = json!({ "allOf": [schema], "schemas": self.file["schemas"] });
        if let Some(whole) = whole.as_object_mut() {
            whole.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        }
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let options = options.should_validate_formats(true).should_ignore_unknown_formats(false);
        let options = options.with_format("url", |text: &str| Url::parse(text).is_ok());
        options.build(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"))
    }
}

/// Converts a body to JSON.
pub(crate) fn parse(kind: &str, body: &str) -> Result<Value, String> {
    match kind {
        "application/xml" => xml::to_json(body),
        _ => serde_json::from_str(body).map_err(|error| error.to_string()),
    }
}

/// The description of a member. The case of its name is ignored.
fn member<'a>(described: &'a Value, of: &str, name: &str) -> Option<&'a Value> {
    let members = described.get(of)?.as_object()?;
    members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, schema)| schema)
}

/// A query parameter's text as a value of the type that its schema names.
fn typed(schema: &Value, text: &str) -> Value {
    let is = |kind: &str| match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|known| known == kind),
        one => one == kind,
    };
    match text.parse::<i64>() {
        Ok(number) if is("integer") => number.into(),
        _ if is("boolean") && (text == "true" || text == "false") => (text == "true").into(),
        _ => text.into(),
    }
}

/// Forbids undescribed members of described objects, and replaces the formats of numbers with ranges.
fn close(schema: &mut Value) {
    if let Value::Object(members) = schema {
        let is = |members: &Map<String, Value>, kind: &str| match members.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().any(|known| known == kind),
            one => one.is_some_and(|one| one == kind),
        };
        if is(members, "object") && members.contains_key("properties") {
            members.entry("additionalProperties").or_insert(false.into());
        }
        let ranges = [
            ("int32", Some((i64::from(i32::MIN), i64::from(i32::MAX)))),
            ("int64", Some((i64::MIN, i64::MAX))),
            ("float", None),
            ("double", None),
        ];
        if let Some((_, range)) =
            ranges.into_iter().find(|(name, _)| members.get("format").is_some_and(|format| format == name))
        {
            members.remove("format");
            if let Some((least, most)) = range {
                members.entry("minimum").or_insert(least.into());
                members.entry("maximum").or_insert(most.into());
            }
        }
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(close),
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}
