//! Compares our requests and the sandbox's responses with independent descriptions in `described/`, and not only with our
//! own reading of the documentation.

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

/// Operations without an independent description, each with the reason. A listed operation must not have one.
const UNDESCRIBED: [(&str, &str, &str); 0] = [];

/// The parts of response bodies that the descriptions leave open, each with the reason.
const OPEN: [(&str, &str, &str, &str); 8] = [
    ("dayzero", "allocations", "/data", "no member of GetTransactionAllocationsResponse is published"),
    ("harvest", "record_payment", "", "the documentation names a status and a Location, but no body"),
    ("harvest", "delete_payment", "", "the documentation names a status, but no body"),
    ("harvest-v2", "delete_payment", "", "the documentation names a status, but no body"),
    ("ivvy", "options", "/invoiceRefTypes", "the table contains only the names of the lists"),
    ("ivvy", "options", "/invoiceLineRefTypes", "the table contains only the names of the lists"),
    ("ivvy", "options", "/paymentMethods", "the table contains only the names of the lists"),
    ("ivvy", "options", "/customPaymentMethods", "the table contains only the names of the lists"),
];

/// The sandbox's intended departures from the descriptions: the provider, the place, the rule, and the reason.
static DEPARTURES: [(&str, &str, &str, &str); 6] = [
    (
        "dayzero",
        "status/405",
        "status",
        "the list contains neither 405 nor another status for a wrong method",
    ),
    ("harvest-v2", "body/links/first", "format", "a link must not lead a client to the provider's real host"),
    ("harvest-v2", "body/links/last", "format", "as for links/first"),
    ("harvest-v2", "body/links/next", "format", "as for links/first"),
    ("harvest-v2", "body/links/previous", "format", "as for links/first"),
    ("ivvy", "body/specificCode", "required", "the value for a wrong signature or path is not documented"),
];

/// The providers that have a description, and their descriptions.
fn described() -> Vec<(&'static Provider, Description)> {
    let all = Provider::ALL.iter().copied();
    all.filter_map(|provider| Some((provider, Description::of(provider.id)?))).collect()
}

#[test]
fn every_operation_has_an_independent_description() {
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

/// The requests of the vectors, each with its operation and its case.
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
fn our_requests_agree_with_the_descriptions() {
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

/// Values for a query parameter, according to its schema. The schema of a text rarely says more, so one of several
/// candidates must be accepted.
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
fn the_sandbox_accepts_every_documented_query_parameter() {
    let (mut wrong, mut tested) = (Vec::new(), 0);
    for (provider, description) in described() {
        for operation in provider.all_operations() {
            let name = operation.purpose.as_str();
            let query = description.request(name)["query"].as_object().into_iter().flatten();
            let in_every_request = |parameter: &str| {
                let named = |field: &&Field| field.required && field.wire_name() == Some(parameter);
                operation.route.contains(parameter) || operation.fields.iter().any(|field| named(&field))
            };
            // The contents of a cursor are the provider's secret. Reading a list page by page covers cursors.
            let parameters: Vec<_> = query
                .filter(|(parameter, _)| *parameter != "cursor" && !in_every_request(parameter))
                .map(|(parameter, schema)| (parameter.clone(), values(provider, schema)))
                .collect();
            let exchanges = exchanges::with_parameters(provider, operation, &parameters);
            for (parameter, values) in &parameters {
                let own = exchanges.iter().filter(|(name, _)| name == parameter);
                let accepted = own.filter(|(_, exchange)| exchange.reply.status == 200).count();
                let enough = matches!(values[0].as_str(), "2026-09-01T00:00:00Z").then_some(1);
                tested += 1;
                if accepted < enough.unwrap_or(values.len()) {
                    wrong.push(format!(
                        "{} {name}: {accepted} values of {parameter} are accepted",
                        provider.id
                    ));
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
    assert!(tested > 40, "{tested}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The intended departure that explains a difference.
fn departure(
    provider: &Provider,
    fault: &Fault,
) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    DEPARTURES
        .iter()
        .find(|(id, at, rule, _)| (*id, *at, *rule) == (provider.id, fault.at.as_str(), fault.rule.as_str()))
}

#[test]
fn the_sandbox_s_responses_agree_with_the_descriptions_except_for_listed_departures() {
    let (mut wrong, mut departed) = (Vec::new(), BTreeSet::new());
    for (provider, description) in described() {
        let exchanges = exchanges::of(provider);
        for operation in description.operations() {
            let own = || exchanges.iter().filter(|exchange| exchange.operation.purpose.as_str() == operation);
            for status in description.statuses(operation) {
                let seen = own().any(|exchange| !exchange.refused && exchange.reply.status == status);
                assert!(seen, "{} {operation} is never answered with {status}", provider.id);
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
    assert_eq!(departed, BTreeSet::from(DEPARTURES), "a listed departure did not occur");
}

/// The headers of a sample, and the type of its body.
fn with_type(sample: &Sample, kind: &str) -> Headers {
    let kind = (!sample.body.is_empty()).then_some(("Content-Type", kind));
    kind.into_iter().chain(sample.headers.iter()).collect()
}

#[test]
fn parses_every_documented_sample() {
    let usd = Currency::parse("USD").unwrap();
    let known = Context { currency: Some(usd), ..Context::default() };
    let mut count = 0;
    for (provider, description) in described() {
        let id = provider.id;
        for name in description.operations() {
            // One purpose may have several operations with different paths.
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

/// The headers that we send with an operation.
fn sent_with(operation: &Operation) -> Headers {
    let kind = operation.body.media_type();
    let has_type = operation.body != Body::Empty;
    let kinds = [Some(("Accept", kind)), has_type.then_some(("Content-Type", kind))];
    kinds.into_iter().flatten().collect()
}

/// A value that no schema accepts.
fn wrong() -> Value {
    json!([[["wrong"]]])
}

/// The JSON pointers of all values in a value, from the outside to the inside.
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

/// The outermost places of a body at which `check` accepts any value.
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

/// Variants of a request that are no longer valid.
fn invalid_variants(request: &Request) -> Vec<Request> {
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
fn the_descriptions_reject_wrong_requests() {
    for (provider, description) in described() {
        for (operation, case, request) in sent(provider) {
            for other in invalid_variants(&request) {
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
fn the_descriptions_reject_wrong_responses_except_in_listed_places() {
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
                assert_eq!(reply.body.trim(), "", "{id} {asked}: the body is not described");
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
