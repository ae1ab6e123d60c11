//! Target: the relay's parsing of a request, and the request that it forwards.

use form_urlencoded::parse;
use remit_core::schema::field::{Encoding, Field, Kind, Location, When};
use remit_core::wire::Request;
use remit_core::wire::json::Json;
use remit_core::{Body, Context, Currency, Instant, Operation, Provider, Rejection, Values, Zone};

use crate::libraries::theirs;
use crate::message::Message;
use crate::number::Number;

/// Input: a method, a path and an optional currency; headers; a body.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Message { first, headers, body } = Message::read(&text);
    let [method, path, ref rest @ ..] = first[..] else { return };
    let currency = rest.first().and_then(|code| Currency::parse(code).ok());
    let context = Context { currency, ..Context::default() };
    for operation in Provider::ALL.iter().flat_map(|provider| provider.all_operations()) {
        let request = Request {
            method: operation.method,
            path: path.to_owned(),
            headers: headers.clone(),
            body: body.to_owned(),
        };
        let read = operation.read(&request, &context);
        let Some(route) = operation.matches(method, path) else {
            let by_another_method = operation.matches(operation.method.name(), path).is_some();
            assert!(read.is_err() || (by_another_method && method != operation.method.name()), "{path}");
            continue;
        };
        assert_eq!(operation.method.name(), method);
        match read {
            Ok((values, _)) => accepted(operation, &request, &route, &values, &context),
            Err(rejection) => refused(operation, &rejection),
        }
    }
}

/// Asserts that a rejection has an issue, and that each issue names a field of the operation or none.
fn refused(operation: &Operation, rejection: &Rejection) {
    assert!(rejection.issues().next().is_some());
    for issue in rejection.issues() {
        let is_field = operation.fields.iter().any(|field| field.name == issue.field);
        assert!(is_field || issue.field.is_empty(), "{issue:?}");
    }
}

/// Asserts that the forwarded request is equivalent to the accepted one.
fn accepted(
    operation: &Operation,
    given: &Request,
    route: &[(&'static str, String)],
    values: &Values,
    context: &Context,
) {
    let sent = operation.request(values);
    // The forwarded request is parsed as the same values.
    let (again, _) = operation.read(&sent, context).unwrap();
    assert_eq!((&again, &operation.request(&again)), (values, &sent));
    // With a known currency, the values are also a valid draft.
    if context.currency.is_some() {
        let draft = remit_core::Draft::from(values);
        let (entered, _) = operation.parse(&draft, context).unwrap();
        assert_eq!(&entered, values);
    }
    in_the_path(operation, given, &sent, route);
    in_the_headers(operation, given, &sent);
    in_the_body(operation, given, &sent);
}

fn in_the_path(operation: &Operation, given: &Request, sent: &Request, route: &[(&'static str, String)]) {
    assert!(sent.path.bytes().all(|b| b.is_ascii_graphic()), "{}", sent.path);
    for path in [&given.path, &sent.path].map(|path| split(path).0) {
        assert_eq!(path.split('/').count(), split(operation.route).0.split('/').count(), "{path}");
        for (segment, wanted) in path.split('/').zip(split(operation.route).0.split('/')) {
            assert!(segment == wanted || (wanted.starts_with('{') && !segment.is_empty()), "{path}");
            assert!(segment != "." && segment != "..", "{path}");
        }
    }
    let captured = operation.matches(operation.method.name(), &sent.path).unwrap();
    assert_eq!(captured.len(), route.len());
    for ((name, sent), (same, given)) in captured.iter().zip(route) {
        assert_eq!(name, same);
        let field = operation.fields.iter().find(|field| field.name == *name).unwrap();
        is_same(field, Encoding::Text, &Given::Text(given.clone()), &Given::Text(sent.clone()));
    }
    let fixed: Vec<_> = pairs(operation.route);
    let sent = pairs(&sent.path);
    for (name, given) in pairs(&given.path) {
        let Some((field, encoding)) = queried(operation, &name) else {
            let is_fixed =
                |(n, v): &(String, String)| n.eq_ignore_ascii_case(&name) && v.eq_ignore_ascii_case(&given);
            assert!(fixed.iter().any(is_fixed), "{name} is not declared");
            continue;
        };
        let sent = sent.iter().find(|(known, _)| *known == name).map(|(_, text)| Given::Text(text.clone()));
        compare(field, encoding, Some(Given::Text(given)), sent);
    }
    for (name, _) in &sent {
        assert!(queried(operation, name).is_some() || fixed.iter().any(|(known, _)| known == name), "{name}");
    }
}

fn in_the_headers(operation: &Operation, given: &Request, sent: &Request) {
    for (name, value) in sent.headers.iter() {
        assert!(value.bytes().all(|b| (b' '..=b'~').contains(&b)), "{name}: {value:?}");
        let declared = operation
            .fields
            .iter()
            .find(|field| matches!(field.location, Location::Header(known) if known == name));
        assert!(declared.is_some() || matches!(name, "Accept" | "Content-Type"), "{name}");
        if let Some(field) = declared {
            let text = |text: Option<&str>| text.map(|text| Given::Text(text.to_owned()));
            compare(field, Encoding::Text, text(given.headers.get(name)), text(Some(value)));
        }
    }
}

fn in_the_body(operation: &Operation, given: &Request, sent: &Request) {
    let fixed = if let Body::JsonWith(fixed) = operation.body { fixed } else { &[] };
    let before = members(operation.body, &given.body);
    let after = members(operation.body, &sent.body);
    for (name, _) in before.iter().chain(&after) {
        let declared = |field: &&Field| matches!(field.location, Location::Body(known, _) if known == name);
        assert!(
            operation.fields.iter().any(|field| declared(&field))
                || fixed.iter().any(|(known, _)| known == name),
            "{name} is not declared"
        );
    }
    for (name, flag) in fixed {
        let says_so =
            |(known, given): &(String, Given)| known == name && *given == Given::Text(flag.to_string());
        assert!(before.iter().all(|member| member.0 != *name || says_so(member)), "{name}");
        assert!(after.iter().any(says_so), "{name}");
    }
    for field in operation.fields {
        let Location::Body(name, encoding) = field.location else { continue };
        let one = |all: &[(String, Given)]| {
            let mut named = all.iter().filter(|(known, _)| known == name).map(|(_, given)| given.clone());
            let first = named.next();
            assert!(named.next().is_none(), "{name} occurs twice");
            first
        };
        compare(field, encoding, one(&before), one(&after));
    }
}

/// A value on the wire.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Text(String),
    List(Vec<String>),
}

impl Given {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }
}

/// The members of a body. Another parser must find the same names.
fn members(body: Body, text: &str) -> Vec<(String, Given)> {
    match body {
        Body::Empty | Body::EmptyXml => {
            assert_eq!(text, "");
            Vec::new()
        }
        Body::Json | Body::JsonWith(_) if text.trim().is_empty() => Vec::new(),
        Body::Json | Body::JsonWith(_) => {
            let Ok(Json::Object(members)) = Json::parse(text) else { panic!("{text:?} is not an object") };
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let names: Vec<_> = value.as_object().unwrap().keys().collect();
            assert_eq!(names.len(), members.len());
            assert!(members.iter().all(|(name, _)| names.contains(&name)), "{text:?}");
            members.iter().map(|(name, value)| (name.clone(), in_json(value))).collect()
        }
        Body::Xml(root) => {
            let element = theirs(text).unwrap();
            assert_eq!(element.name, root);
            let children = element.children.into_iter();
            children.map(|child| (child.name, Given::Text(child.text))).collect()
        }
    }
}

fn in_json(value: &Json) -> Given {
    match value {
        Json::Null => Given::Text(String::new()),
        Json::Bool(flag) => Given::Text(flag.to_string()),
        Json::Array(items) => {
            Given::List(items.iter().map(|item| item.scalar().unwrap_or_default().to_owned()).collect())
        }
        value => Given::Text(value.scalar().unwrap().to_owned()),
    }
}

/// Asserts that nothing is invented, that nothing that applies is omitted, and that values are equal.
fn compare(field: &Field, encoding: Encoding, given: Option<Given>, sent: Option<Given>) {
    match (given.filter(|given| !given.is_empty()), sent) {
        (None, None) => {}
        // The currency comes from the context, and not from the request.
        (None, Some(sent)) => assert!(matches!(field.kind, Kind::Currency(_)), "{}: {sent:?}", field.name),
        (Some(given), None) => assert_ne!(field.when, When::Always, "{}: {given:?}", field.name),
        (Some(given), Some(sent)) => is_same(field, encoding, &given, &sent),
    }
}

fn is_same(field: &Field, encoding: Encoding, given: &Given, sent: &Given) {
    let same = match (given, sent) {
        (Given::List(given), Given::List(sent)) => {
            given.len() == sent.len() && given.iter().zip(sent).all(|(a, b)| Number::of(a) == Number::of(b))
        }
        (Given::Text(given), Given::Text(sent)) => {
            let (given, sent) = (given.trim(), sent.trim());
            match (field.kind, encoding) {
                // Digits of another script are converted, with a notice.
                (Kind::Integer { .. } | Kind::Percentage | Kind::Instant, _) if !given.is_ascii() => true,
                (Kind::Instant, _) => moment(given).is_some() && moment(given) == moment(sent),
                (Kind::Integer { .. } | Kind::Amount { .. } | Kind::Percentage, _) | (_, Encoding::Code) => {
                    Number::of(given).is_some() && Number::of(given) == Number::of(sent)
                }
                (Kind::Uuid | Kind::Transaction | Kind::Currency(_), _) => given.eq_ignore_ascii_case(sent),
                _ => lines(given) == lines(sent),
            }
        }
        _ => false,
    };
    assert!(same, "{}: {given:?} is forwarded as {sent:?}", field.name);
}

/// Normalises line breaks. [XML 1.0, 2.11] It applies to JSON too.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn moment(text: &str) -> Option<Instant> {
    Instant::read(text, Zone::Unknown).ok().map(|reading| reading.instant)
}

fn split(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

fn pairs(path: &str) -> Vec<(String, String)> {
    parse(split(path).1.as_bytes()).into_owned().collect()
}

/// The field with this name in the query.
fn queried<'a>(operation: &'a Operation, name: &str) -> Option<(&'a Field, Encoding)> {
    operation.fields.iter().find_map(|field| match field.location {
        Location::Query(known, encoding) if known == name => Some((field, encoding)),
        _ => None,
    })
}
