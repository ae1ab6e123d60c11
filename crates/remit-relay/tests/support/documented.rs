//! The providers' documented responses, from the test vectors.

use std::path::Path;

use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::wire::{Headers, Response};
use remit_core::{Currency, Failure, Operation, Provider, Purpose, RELAY_HEADER};

/// A provider's response, as its documents describe it.
pub(crate) struct Documented {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static Operation,
    pub(crate) response: Response,
    pub(crate) name: String,
}

/// The responses of the test vectors.
pub(crate) fn documented() -> Vec<Documented> {
    let mut all = Vec::new();
    for provider in Provider::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(provider.id);
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap();
            if !file.starts_with("reply") && !file.starts_with("answer") {
                continue;
            }
            let json = Json::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let base = json.get("base").unwrap();
            for case in json.get("cases").and_then(Json::as_array).unwrap() {
                let member = |name| case.get(name).or_else(|| base.get(name));
                let part = |name| {
                    let of = |json: &Json| json.get("reply").and_then(|reply| reply.get(name)).cloned();
                    of(case).or_else(|| of(base))
                };
                let purpose: Purpose = match member("operation").and_then(Json::as_text) {
                    Some(name) => name.parse().unwrap(),
                    None => Purpose::RecordPayment,
                };
                let headers: Headers = match part("headers") {
                    Some(Json::Object(fields)) => fields
                        .into_iter()
                        .filter_map(|(name, value)| Some((name, value.as_text()?.to_owned())))
                        .collect(),
                    _ => Headers::default(),
                };
                // A relay in front of the relay is not a provider, and a redirect is never forwarded.
                let status =
                    part("status").and_then(|status| status.as_integer()).unwrap().try_into().unwrap();
                if headers.get(RELAY_HEADER).is_some() || !(200..300).contains(&status) && status < 400 {
                    continue;
                }
                let body =
                    part("body").and_then(|body| body.as_text().map(str::to_owned)).unwrap_or_default();
                let name = case.get("name").and_then(Json::as_text).unwrap();
                all.push(Documented {
                    provider,
                    operation: provider.operation(purpose).unwrap(),
                    response: Response::new(status, headers, body),
                    name: format!("{} {file}: {name}", provider.id),
                });
            }
        }
    }
    assert!(all.len() > 150, "{}", all.len());
    all
}

/// A success and a refusal of every operation of every provider, with a body.
pub(crate) fn examples() -> Vec<Documented> {
    let documented = documented();
    let mut examples = Vec::new();
    for provider in Provider::ALL {
        for operation in provider.all_operations() {
            for success in [true, false] {
                let found = documented.iter().find(|one| {
                    let understood = operation.understand(&one.response, usd());
                    let is_parsed = is_document(operation, &one.response.body);
                    one.provider.id == provider.id
                        && is_parsed
                        && if success {
                            one.operation.purpose == operation.purpose && understood.is_ok()
                        } else {
                            matches!(understood, Err(Failure::Refused(_)))
                        }
                });
                let response = match (found, is_xml(operation), success) {
                    (Some(found), ..) => found.response.clone(),
                    (None, true, true) => {
                        let headers = [("Location", "/invoices/1/payments/2")].into_iter().collect();
                        let status = if operation.purpose == Purpose::RecordPayment { 201 } else { 200 };
                        Response::new(status, headers, "<payment><id>2</id></payment>")
                    }
                    (None, true, false) => Response::new(404, Headers::default(), "<errors/>"),
                    (None, false, true) => Response::new(200, Headers::default(), r#"{"success":true}"#),
                    (None, false, false) => Response::new(400, Headers::default(), r#"{"message":"No."}"#),
                };
                let what = if success { "success" } else { "refusal" };
                let name = format!("{} {} {what}", provider.id, operation.purpose.as_str());
                let understood = operation.understand(&response, usd());
                assert_eq!(understood.is_ok(), success, "{name}: {understood:?}");
                examples.push(Documented { provider, operation, response, name });
            }
        }
    }
    examples
}

pub(crate) fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

pub(crate) fn is_xml(operation: &Operation) -> bool {
    operation.body.media_type() == "application/xml"
}

pub(crate) fn is_document(operation: &Operation, body: &str) -> bool {
    if is_xml(operation) { Element::parse(body).is_ok() } else { Json::parse(body).is_ok() }
}
