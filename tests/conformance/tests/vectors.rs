//! The vectors, natively and in WebAssembly, and what they have to cover.

use std::collections::BTreeSet;

use conformance::vectors::{Case, Kind, cases, run};
use remit_core::report::message::Table;
use remit_core::schema::field;
use remit_core::{Code, NoticeCode, Provider, Purpose};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn every_case_holds() {
    match run() {
        Ok(count) => assert!(count >= 150, "only {count} cases were found"),
        Err(report) => panic!("{report}"),
    }
}

#[test]
fn no_name_is_given_twice() {
    let mut seen = BTreeSet::new();
    for case in cases().unwrap() {
        let name = (case.file.provider, case.file.name, case.name().to_owned());
        assert!(seen.insert(name.clone()), "{name:?}");
    }
}

/// Whatever a case expects is looked at: with any one value of it changed, it fails.
#[test]
fn nothing_that_is_expected_can_change_unseen() {
    for case in cases().unwrap() {
        for member in case.kind.expected() {
            let Some(expected) = case.value.get(*member) else { continue };
            for at in leaves(expected) {
                let mut changed = case.clone();
                let leaf = changed.value.pointer_mut(&format!("/{member}{at}")).unwrap();
                *leaf = Value::from(format!("{leaf} and more"));
                assert!(changed.run().is_err(), "{}: {} at {member}{at}", case.file.name, case.name());
            }
        }
    }
}

/// Where the values are that hold no others.
fn leaves(value: &Value) -> Vec<String> {
    let below = |name: String, value: &Value| {
        leaves(value)
            .into_iter()
            .map(|rest| format!("/{}{rest}", name.replace('~', "~0").replace('/', "~1")))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().flat_map(|(name, value)| below(name.clone(), value)).collect()
        }
        Value::Array(elements) if !elements.is_empty() => {
            elements.iter().enumerate().flat_map(|(at, value)| below(at.to_string(), value)).collect()
        }
        _ => vec![String::new()],
    }
}

/// The texts at a place in every element of a list.
fn texts<'a>(case: &'a Case, list: &str, member: &str) -> Vec<&'a str> {
    let elements = case.value.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    elements.iter().filter_map(|element| element.get(member)?.as_str()).collect()
}

#[test]
fn every_code_occurs() {
    let cases = cases().unwrap();
    let of = |list: &str| cases.iter().flat_map(|case| texts(case, list, "code")).collect::<BTreeSet<_>>();
    let (issues, notices) = (of("issues"), of("notices"));
    let outcomes: BTreeSet<_> =
        cases.iter().filter_map(|case| case.value.pointer("/outcome/code")?.as_str()).collect();
    let missing = |all: Vec<&'static str>, seen: &BTreeSet<&str>| {
        all.into_iter().filter(|code| !seen.contains(code)).collect::<Vec<_>>()
    };
    // Time zones have names in JavaScript alone, and so are its numbers and files of rows: `tests/npm` sees their codes.
    const OF_FILES: [&str; 4] = ["file_", "column_", "row_", "encoding_"];
    const OF_JAVASCRIPT: [Code; 5] = [
        Code::TimeZoneUnknown,
        Code::NumberInexact,
        Code::NumberSplit,
        Code::SeparatorUnsupported,
        Code::StrayQuote,
    ];
    let is_of_files = |code: &Code| OF_FILES.iter().any(|begin| code.as_str().starts_with(begin));
    let all = Code::ALL.iter().filter(|code| !OF_JAVASCRIPT.contains(code) && !is_of_files(code));
    assert_eq!(missing(all.map(|code| code.as_str()).collect(), &issues), [""; 0]);
    assert_eq!(missing(NoticeCode::ALL.iter().map(|code| code.as_str()).collect(), &notices), [""; 0]);
    // Problems and causes have no list of their own; the English table has a sentence for each.
    let table: Value = serde_json::from_str(include_str!("../../../www/locales/en.json")).unwrap();
    let sentences = table.as_object().unwrap().keys();
    let codes = sentences.filter_map(|key| key.strip_prefix("problem.").or(key.strip_prefix("cause.")));
    // What is said otherwise of an invoice than of a payment is a sentence more, and no code.
    let codes =
        codes.filter(|code| !code.strip_prefix("invoice_").is_some_and(|code| outcomes.contains(code)));
    let unseen: Vec<_> = codes.filter(|code| !outcomes.contains(code)).collect();
    // A sentence about a problem, and none of its codes; and what only a page says, which sends nothing then.
    assert_eq!(unseen, ["stopped", "retry_after"]);
    assert!(Table::english().get("problem.retry_after").is_some());
}

/// Each operation is asked for rightly and wrongly, and answered with a yes, a no and what is neither.
#[test]
fn no_operation_is_without_its_vectors() {
    let cases = cases().unwrap();
    for provider in Provider::ALL {
        for operation in provider.all_operations().filter(|o| o.purpose != Purpose::RecordPayment) {
            let name = operation.purpose.as_str();
            let own = |case: &&Case| case.provider.id == provider.id && case.value["operation"] == name;
            let own: Vec<_> = cases.iter().filter(own).collect();
            let has = |kind: Kind, member: &str| {
                own.iter().any(|case| case.kind == kind && case.value.pointer(member).is_some())
            };
            let states: BTreeSet<_> =
                own.iter().filter_map(|case| case.value.pointer("/answer/state")?.as_str()).collect();
            let yes = states.contains("answered") || states.contains("recorded");
            assert!(has(Kind::Call, "/request"), "{} {name} is never asked for", provider.id);
            assert!(
                operation.fields.is_empty() || has(Kind::Call, "/issues"),
                "{} {name} is never asked for wrongly",
                provider.id
            );
            assert!(
                yes && states.contains("refused") && states.contains("unknown"),
                "{} {name}: {states:?}",
                provider.id
            );
        }
    }
}

#[test]
fn every_field_is_accepted_and_refused_and_every_choice_is_made() {
    let cases = cases().unwrap();
    for provider in Provider::ALL {
        let own = |case: &&Case| case.provider.id == provider.id && case.kind == Kind::Payment;
        let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for case in cases.iter().filter(own) {
            refused.extend(texts(case, "issues", "field"));
            if case.value.get("issues").is_some() {
                continue;
            }
            let notices = case.value.get("notices").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let is_used = |name: &str| !notices.iter().any(|n| n["field"] == name && n["code"] == "not_used");
            let draft = case.value.get("draft").and_then(Value::as_object).unwrap();
            let entries = draft.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?)));
            accepted.extend(entries.filter(|(name, _)| is_used(name)));
        }
        for field in provider.payment.fields {
            let (id, name) = (provider.id, field.name);
            let values: BTreeSet<_> =
                accepted.iter().filter(|(known, _)| *known == name).map(|(_, v)| *v).collect();
            assert!(!values.is_empty(), "{id}: {name} is in no accepted draft");
            assert!(refused.contains(name), "{id}: {name} is in no issue");
            if let field::Kind::Choice(choices) = field.kind {
                for choice in choices {
                    assert!(values.contains(choice.value), "{id}: {name} is never {}", choice.value);
                }
            }
        }
    }
}
