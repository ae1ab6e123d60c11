//! Runs the vectors, natively and in WebAssembly, and checks their coverage.

use std::collections::BTreeSet;

use conformance::vectors::{Case, Kind, cases, run};
use remit_core::report::message::Table;
use remit_core::schema::field;
use remit_core::{Code, NoticeCode, Provider, Purpose};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn every_case_passes() {
    match run() {
        Ok(count) => assert!(count >= 150, "only {count} cases were found"),
        Err(report) => panic!("{report}"),
    }
}

#[test]
fn names_are_unique_within_a_file() {
    let mut seen = BTreeSet::new();
    for case in cases().unwrap() {
        let name = (case.file.provider, case.file.name, case.name().to_owned());
        assert!(seen.insert(name.clone()), "{name:?}");
    }
}

/// Every expected value is compared.
#[test]
fn a_case_fails_if_any_expected_value_changes() {
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

/// The JSON pointers of all values that contain no other values.
fn leaves(value: &Value) -> Vec<String> {
    let inner = |name: String, value: &Value| {
        leaves(value)
            .into_iter()
            .map(|rest| format!("/{}{rest}", name.replace('~', "~0").replace('/', "~1")))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().flat_map(|(name, value)| inner(name.clone(), value)).collect()
        }
        Value::Array(elements) if !elements.is_empty() => {
            elements.iter().enumerate().flat_map(|(at, value)| inner(at.to_string(), value)).collect()
        }
        _ => vec![String::new()],
    }
}

/// The texts of a member of every element of a list.
fn texts<'a>(case: &'a Case, list: &str, member: &str) -> Vec<&'a str> {
    let elements = case.value.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    elements.iter().filter_map(|element| element.get(member)?.as_str()).collect()
}

#[test]
fn the_vectors_contain_every_code() {
    let cases = cases().unwrap();
    let codes = |list: &str| cases.iter().flat_map(|case| texts(case, list, "code")).collect::<BTreeSet<_>>();
    let (issues, notices) = (codes("issues"), codes("notices"));
    let outcomes: BTreeSet<_> =
        cases.iter().filter_map(|case| case.value.pointer("/outcome/code")?.as_str()).collect();
    let missing = |all: Vec<&'static str>, seen: &BTreeSet<&str>| {
        all.into_iter().filter(|code| !seen.contains(code)).collect::<Vec<_>>()
    };
    // Only JavaScript has named time zones, inexact numbers, unknown options, repeated fields and files of rows: `tests/npm` covers their codes.
    const OF_FILES: [&str; 4] = ["file_", "column_", "row_", "encoding_"];
    const OF_JAVASCRIPT: [Code; 7] = [
        Code::TimeZoneUnknown,
        Code::NumberInexact,
        Code::OptionUnknown,
        Code::FieldTwice,
        Code::NumberSplit,
        Code::SeparatorUnsupported,
        Code::StrayQuote,
    ];
    let is_of_files = |code: &Code| OF_FILES.iter().any(|begin| code.as_str().starts_with(begin));
    let all = Code::ALL.iter().filter(|code| !OF_JAVASCRIPT.contains(code) && !is_of_files(code));
    assert_eq!(missing(all.map(|code| code.as_str()).collect(), &issues), [""; 0]);
    assert_eq!(missing(NoticeCode::ALL.iter().map(|code| code.as_str()).collect(), &notices), [""; 0]);
    // There is no list of the codes of problems and causes, but the English table has a sentence for each.
    let table: Value = serde_json::from_str(include_str!("../../../www/locales/en.json")).unwrap();
    let sentences = table.as_object().unwrap().keys();
    let codes = sentences.filter_map(|key| key.strip_prefix("problem.").or(key.strip_prefix("cause.")));
    // An `invoice_…` sentence is a variant of another sentence, and not a code.
    let codes =
        codes.filter(|code| !code.strip_prefix("invoice_").is_some_and(|code| outcomes.contains(code)));
    let unseen: Vec<_> = codes.filter(|code| !outcomes.contains(code)).collect();
    // `retry_after` is a sentence without a code. A form uses the others when it sends nothing; no response has them.
    assert_eq!(unseen, ["elsewhere", "offline", "origin", "stopped", "retry_after"]);
    assert!(Table::english().get("problem.retry_after").is_some());
}

/// Each operation has valid and invalid calls, and a successful, a refused and an unknown answer.
#[test]
fn every_operation_has_vectors_of_each_kind() {
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
            let succeeds = states.contains("answered") || states.contains("recorded");
            assert!(has(Kind::Call, "/request"), "{} {name} has no valid call", provider.id);
            assert!(
                operation.fields.is_empty() || has(Kind::Call, "/issues"),
                "{} {name} has no invalid call",
                provider.id
            );
            assert!(
                succeeds && states.contains("refused") && states.contains("unknown"),
                "{} {name}: {states:?}",
                provider.id
            );
        }
    }
}

#[test]
fn every_field_and_choice_is_accepted_and_every_field_is_rejected() {
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
                    assert!(
                        values.contains(choice.value),
                        "{id}: no accepted draft sets {name} to {}",
                        choice.value
                    );
                }
            }
        }
    }
}
