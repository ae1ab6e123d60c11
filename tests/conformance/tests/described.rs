//! Our requests and the sandbox's answers against what somebody else says of them, in `described/`: so that they are
//! not held against our own reading alone.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "described/description.rs"]
mod description;
#[path = "described/exchanges.rs"]
mod exchanges;
#[path = "described/xml.rs"]
mod xml;

use std::collections::BTreeSet;

use conformance::vectors::{Kind, cases};
use description::{Description, Fault, Sample, parse};
use exchanges::Exchange;
use remit_core::schema::field::Field;
use remit_core::wire::{Headers, Method, Request, Response};
use remit_core::{Body, Context, Currency, Failure, Operation, Provider};
use serde_json::{Value, json};

/// Operations that nobody but us describes, each with why. What the list names must not be described.
const UNDESCRIBED: [(&str, &str, &str); 0] = [];

/// What is described of an operation's answer leaves this part of its body open, each with why.
const OPEN: [(&str, &str, &str, &str); 8] = [
    ("dayzero", "allocations", "/data", "no member of GetTransactionAllocationsResponse is published"),
    ("harvest", "record_payment", "", "the documentation has a status and a Location, and no body"),
    ("harvest", "delete_payment", "", "the documentation has a status, and no body"),
    ("harvest-v2", "delete_payment", "", "the documentation has a status, and no body"),
    ("ivvy", "options", "/invoiceRefTypes", "the table has the lists' names alone"),
    ("ivvy", "options", "/invoiceLineRefTypes", "the table has the lists' names alone"),
    ("ivvy", "options", "/paymentMethods", "the table has the lists' names alone"),
    ("ivvy", "options", "/customPaymentMethods", "the table has the lists' names alone"),
];

/// Where the sandbox departs from the description on purpose: the provider, the place, the rule, and why.
static DEPARTURES: [(&str, &str, &str, &str); 6] = [
    ("dayzero", "status/405", "status", "405 is not in the list; what else a wrong method would be, neither"),
    ("harvest-v2", "body/links/first", "format", "a link to the real host is no place to lead a client to"),
    ("harvest-v2", "body/links/last", "format", "as the first"),
    ("harvest-v2", "body/links/next", "format", "as the first"),
    ("harvest-v2", "body/links/previous", "format", "as the first"),
    (
        "ivvy",
        "body/specificCode",
        "required",
        "`specificCode`: which one a wrong signature or path has is not documented",
    ),
];

/// The providers that have a description, with it.
fn described() -> Vec<(&'static Provider, Description)> {
    let all = Provider::ALL.iter().copied();
    all.filter_map(|provider| Some((provider, Description::of(provider.id)?))).collect()
}

#[test]
fn an_operation_would_be_held_against_our_own_reading_alone() {
    assert_eq!(Description::providers(), ["clockify", "dayzero", "harvest", "harvest-v2", "ivvy"]);
    for (provider, description) in described() {
        let ours: BTreeSet<_> =
            provider.all_operations().map(|operation| operation.purpose.as_str()).collect();
        let named = UNDESCRIBED.iter().filter(|(id, ..)| *id == provider.id).map(|(_, name, _)| *name);
        let undescribed: BTreeSet<_> = named.collect();
        let theirs: BTreeSet<_> = description.operations().into_iter().collect();
        assert!(theirs.is_disjoint(&undescribed), "{}", provider.id);
        assert_eq!(&theirs | &undescribed, ours, "{}", provider.id);
        for name in theirs {
            let (by, source) = description.by(name);
            assert!(!by.is_empty() && !source.is_empty(), "{} {name}", provider.id);
        }
    }
}

/// The requests that the vectors have us send: for which operation, by which case.
fn sent(provider: &Provider) -> Vec<(String, String, Request)> {
    let mut all = Vec::new();
    for case in cases().unwrap().into_iter().filter(|case| case.provider.id == provider.id) {
        let operation = match case.kind {
            Kind::Payment => provider.payment.purpose.as_str(),
            Kind::Call => case.value["operation"].as_str().unwrap(),
            _ => continue,
        };
        let Some(request) = case.value.get("request") else { continue };
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let headers = request["headers"].as_object().unwrap().iter();
        let sent = Request {
            method: method(&text("method")),
            path: text("path"),
            headers: headers.map(|(name, value)| (name, value.as_str().unwrap())).collect(),
            body: text("body"),
        };
        all.push((operation.to_owned(), format!("{}: {}", case.file.name, case.name()), sent));
    }
    all
}

fn method(name: &str) -> Method {
    let all = [Method::Get, Method::Post, Method::Delete];
    all.into_iter().find(|method| method.name() == name).unwrap()
}

#[test]
fn what_we_send_would_not_be_what_the_provider_takes() {
    let mut wrong = Vec::new();
    for (provider, description) in described() {
        let sent = sent(provider);
        for operation in description.operations() {
            assert!(sent.iter().any(|(of, ..)| of == operation), "{} {operation}", provider.id);
        }
        for (operation, case, request) in sent {
            for fault in description.of_request(&operation, &request) {
                wrong.push(format!("{} {operation}, {case}: {fault}", provider.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a query parameter may hold, by its schema. Of a text little is said: then one of a few must fit.
fn values(provider: &Provider, schema: &Value) -> Vec<String> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    }
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("boolean") => vec!["true".to_owned(), "false".to_owned()],
        Some("integer") => vec!["1".to_owned(), "2".to_owned()],
        _ => {
            let texts = ["2026-09-01T00:00:00Z", "2026-09-01", "not_posted", "unreviewed", "id"];
            texts.map(str::to_owned).into_iter().chain([(provider.emulation.identifier)(1001)]).collect()
        }
    }
}

#[test]
fn a_parameter_that_the_provider_documents_would_be_unknown_to_the_sandbox() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (provider, description) in described() {
        for operation in provider.all_operations() {
            let name = operation.purpose.as_str();
            let query = description.request(name)["query"].as_object().into_iter().flatten();
            let in_every_request = |parameter: &str| {
                let named = |field: &&Field| field.required && field.wire_name() == Some(parameter);
                operation.route.contains(parameter) || operation.fields.iter().any(|field| named(&field))
            };
            // What a cursor holds is the provider's secret: one is followed where a list is read page by page.
            let parameters: Vec<_> = query
                .filter(|(parameter, _)| *parameter != "cursor" && !in_every_request(parameter))
                .map(|(parameter, schema)| (parameter.clone(), values(provider, schema)))
                .collect();
            let exchanges = exchanges::with_parameters(provider, operation, &parameters);
            for (parameter, values) in &parameters {
                let of_it = exchanges.iter().filter(|(name, _)| name == parameter);
                let taken = of_it.filter(|(_, exchange)| exchange.reply.status == 200).count();
                let all = matches!(values[0].as_str(), "2026-09-01T00:00:00Z").then_some(1);
                tried += 1;
                if taken < all.unwrap_or(values.len()) {
                    wrong.push(format!("{} {name}: {taken} values of {parameter} are taken", provider.id));
                }
            }
            for (_, Exchange { asked, reply, .. }) in &exchanges {
                let faults = description.of_answer(name, reply, reply.status != 200);
                for fault in faults.into_iter().filter(|fault| departure(provider, fault).is_none()) {
                    wrong.push(format!("{} {name}, {asked}: {fault}", provider.id));
                }
            }
        }
    }
    assert!(tried > 40, "{tried}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The departure that a fault is, if it is one.
fn departure(
    provider: &Provider,
    fault: &Fault,
) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    DEPARTURES
        .iter()
        .find(|(id, at, rule, _)| (*id, *at, *rule) == (provider.id, fault.at.as_str(), fault.rule.as_str()))
}

#[test]
fn the_sandbox_would_answer_otherwise_than_the_provider() {
    let (mut wrong, mut departed) = (Vec::new(), BTreeSet::new());
    for (provider, description) in described() {
        let exchanges = exchanges::of(provider);
        for operation in description.operations() {
            let own = || exchanges.iter().filter(|exchange| exchange.operation.purpose.as_str() == operation);
            for status in description.statuses(operation) {
                let seen = own().any(|exchange| !exchange.refused && exchange.reply.status == status);
                assert!(seen, "{} {operation} is never answered by {status}", provider.id);
            }
            assert!(own().filter(|exchange| exchange.refused).count() >= 3, "{} {operation}", provider.id);
        }
        for Exchange { operation, asked, reply, refused } in &exchanges {
            let operation = operation.purpose.as_str();
            for fault in description.of_answer(operation, reply, *refused) {
                match departure(provider, &fault) {
                    Some(departure) => {
                        departed.insert(*departure);
                    }
                    None => wrong.push(format!(
                        "{} {operation}, {asked}: {fault}\n  {} {}",
                        provider.id, reply.status, reply.body
                    )),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(departed, BTreeSet::from(DEPARTURES), "a departure that is named is none");
}

/// The header fields of a sample, and the type that its body has.
fn with_type(sample: &Sample, kind: &str) -> Headers {
    let kind = (!sample.body.is_empty()).then_some(("Content-Type", kind));
    kind.into_iter().chain(sample.headers.iter()).collect()
}

#[test]
fn what_the_provider_prints_would_not_be_understood() {
    let usd = Currency::parse("USD").unwrap();
    let known = Context { currency: Some(usd), ..Context::default() };
    let mut count = 0;
    for (provider, description) in described() {
        let id = provider.id;
        for name in description.operations() {
            // One purpose may have two paths, each an operation of its own.
            let ours = || provider.all_operations().filter(|operation| operation.purpose.as_str() == name);
            for sample in description.samples(name, "requests") {
                let takes =
                    |operation: &&Operation| operation.matches(&sample.method, &sample.path).is_some();
                let operation = ours().find(takes);
                let operation = operation.unwrap_or_else(|| panic!("{id} {name}: {}", sample.source));
                let headers = sent_with(operation);
                let (path, body) = (sample.path, sample.body);
                let request = Request { method: method(&sample.method), path, headers, body };
                assert_eq!(description.of_request(name, &request), [], "{id} {name}: {}", sample.source);
                let read = operation.read(&request, &known);
                assert!(read.is_ok(), "{id} {name}: {}: {read:?}", sample.source);
                count += 1;
            }
            let answers = description.samples(name, "answers").into_iter().map(|sample| (sample, false));
            let refused = description.refused().into_iter().map(|sample| (sample, true));
            for (sample, refused) in answers.chain(refused) {
                for operation in ours() {
                    let headers = with_type(&sample, operation.body.media_type());
                    let reply = Response::new(sample.status, headers, sample.body.clone());
                    let faults = description.of_answer(name, &reply, refused);
                    assert_eq!(faults, [], "{id} {name}: {}", sample.source);
                    let read = operation.understand(&reply, usd);
                    let as_printed = match &read {
                        Ok(_) => !refused,
                        Err(Failure::Refused(problem)) => refused && problem.words.is_some(),
                        Err(_) => false,
                    };
                    assert!(as_printed, "{id} {name}: {}: {read:?}", sample.source);
                    count += 1;
                }
            }
        }
    }
    assert!(count >= 94, "only {count} samples");
}

/// The header fields that we send with an operation.
fn sent_with(operation: &Operation) -> Headers {
    let kind = operation.body.media_type();
    let has_type = operation.body != Body::Empty;
    let kinds = [Some(("Accept", kind)), has_type.then_some(("Content-Type", kind))];
    kinds.into_iter().flatten().collect()
}

/// A value that is right nowhere.
fn wrong() -> Value {
    json!([[["wrong"]]])
}

/// Every place in a value, from the outside to the inside.
fn places(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let inner = inner.into_iter().flat_map(|(name, value)| {
        let name = name.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(move |place| format!("/{name}{place}"))
    });
    core::iter::once(String::new()).chain(inner).collect()
}

/// The outermost places of a body where `check` finds nothing wrong, whatever is there.
fn open(body: &Value, check: impl Fn(&Value) -> Vec<Fault>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for place in places(body) {
        let is_inside =
            |outer: &String| place.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if found.iter().any(is_inside) {
            continue;
        }
        let mut other = body.clone();
        *other.pointer_mut(&place).unwrap() = wrong();
        let mut longer = body.clone();
        let is_object = match longer.pointer_mut(&place).unwrap() {
            Value::Object(members) => members.insert("zzz".to_owned(), "wrong".into()).is_none(),
            _ => false,
        };
        if check(&other).is_empty() || (is_object && check(&longer).is_empty()) {
            found.push(place);
        }
    }
    found
}

/// With this in the place of a request, it would be another one.
fn spoilt(request: &Request) -> Vec<Request> {
    let (path, query) =
        request.path.split_once('?').map_or((request.path.as_str(), None), |(p, q)| (p, Some(q)));
    let with_query = |path: String| match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let between = if query.is_some() { '&' } else { '?' };
    let mut paths = vec![
        with_query(format!("{path}/zzz")),
        with_query(path.rsplit_once('/').unwrap().0.to_owned() + "/"),
        format!("{}{between}zzz=1", request.path),
    ];
    paths.extend(query.map(|query| format!("{}&{query}", request.path)));
    let at = |path: String| Request { path, ..request.clone() };
    let mut all: Vec<Request> = paths.into_iter().map(at).collect();
    let others = [Method::Get, Method::Post, Method::Delete];
    let others = others.into_iter().filter(|method| *method != request.method);
    all.extend(others.map(|method| Request { method, ..request.clone() }));
    let with = |name: &str, value: &str| {
        let mut other = request.clone();
        other.headers.set(name, value);
        other
    };
    all.push(with("zzz", "1"));
    if request.body.is_empty() {
        all.push(Request { body: "{}".to_owned(), ..request.clone() });
    } else {
        all.push(with("Content-Type", "text/plain"));
        all.push(Request { body: String::new(), ..request.clone() });
        all.push(Request { body: format!("{}}}", request.body), ..request.clone() });
    }
    all
}

#[test]
fn a_wrong_request_would_pass_for_one_that_the_provider_takes() {
    for (provider, description) in described() {
        for (operation, case, request) in sent(provider) {
            for other in spoilt(&request) {
                let faults = description.of_request(&operation, &other);
                assert!(!faults.is_empty(), "{} {operation}, {case}: {other:?}", provider.id);
            }
            let described = description.request(&operation);
            let Some(schema) = described.get("body") else { continue };
            let body = parse(described["type"].as_str().unwrap(), &request.body).unwrap();
            let open = open(&body, |body| description.validate(schema, body, "body"));
            assert_eq!(open, [""; 0], "{} {operation}, {case}", provider.id);
        }
    }
}

#[test]
fn a_wrong_answer_would_pass_for_one_that_the_provider_gives() {
    let mut found = BTreeSet::new();
    for (provider, description) in described() {
        for Exchange { operation, asked, reply, refused } in exchanges::of(provider) {
            let (id, name) = (provider.id, operation.purpose.as_str());
            let Some(described) = description.answer(name, reply.status, refused) else { continue };
            let of = |reply: &Response| description.of_answer(name, reply, refused);
            let with = |header: &str, value: &str| {
                let mut other = reply.clone();
                other.headers.set(header, value);
                other
            };
            if description.answer(name, 299, refused).is_none() {
                assert!(!of(&Response { status: 299, ..reply.clone() }).is_empty(), "{id} {asked}");
            }
            for header in described["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
                let fields = reply.headers.iter().filter(|(known, _)| !known.eq_ignore_ascii_case(header));
                let without = Response::new(reply.status, fields.collect(), reply.body.clone());
                assert!(!of(&without).is_empty(), "{id} {asked}: {header}");
                assert!(!of(&with(header, "")).is_empty(), "{id} {asked}: {header}");
            }
            let Some(schema) = described.get("body") else {
                assert_eq!(reply.body.trim(), "", "{id} {asked}: of a body nothing is described");
                if !refused {
                    found.insert((id, name, String::new()));
                }
                continue;
            };
            assert!(!of(&with("Content-Type", "text/html")).is_empty(), "{id} {asked}");
            let body = parse(described["type"].as_str().unwrap(), &reply.body).unwrap();
            let before = description.validate(schema, &body, "body");
            let open = open(&body, |body| {
                let after = description.validate(schema, body, "body");
                after.into_iter().filter(|fault| !before.contains(fault)).collect()
            });
            assert!(open.is_empty() || !refused, "{id} {asked}: {open:?}");
            found.extend(open.into_iter().map(|place| (id, name, place)));
        }
    }
    let named: BTreeSet<_> =
        OPEN.iter().map(|(id, name, place, _)| (*id, *name, (*place).to_owned())).collect();
    assert_eq!(found, named);
}
