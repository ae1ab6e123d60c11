//! The locale tables, checked against the English one and against every code and name of the core. The widget's own tests
//! check the texts that only the form shows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use remit_core::report::message::Table;
use remit_core::schema::field::Kind;
use remit_core::wire::json::Json;
use remit_core::{Cause, Code, InvoiceState, NoticeCode, ProblemCode, Provider, Purpose};

/// Product names, which are the same in every language.
const NAMES: [&str; 7] = [
    "choice.bpay",
    "choice.payPal",
    "choice.eftpos",
    "choice.visa",
    "choice.mastercard",
    "choice.amex",
    "choice.diners",
];

/// Texts that a language happens to share with English.
const SHARED: [(&str, &str); 7] = [
    ("de", "ui.optional"),
    ("de", "ui.status"),
    ("es", "choice.cheque"),
    ("fr", "field.clientId"),
    ("nl", "choice.cheque"),
    ("nl", "ui.status"),
    ("pt", "choice.cheque"),
];

/// Locales written from right to left.
const RIGHT_TO_LEFT: [&str; 2] = ["ar", "he"];

type Texts = Vec<(String, String)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A table in the order of its file, parsed like in the page, which refuses duplicate keys.
fn texts(locale: &str, json: &str) -> Texts {
    let Ok(Json::Object(members)) = Json::parse(json) else { panic!("{locale}: not a JSON object") };
    let text = |(key, value): (String, Json)| {
        let text = value.as_text().unwrap_or_else(|| panic!("{locale}: {key} is not a text")).to_owned();
        (key, text)
    };
    members.into_iter().map(text).collect()
}

/// Every file of `www/locales`, by its name without the extension.
fn tables() -> Vec<(String, Texts)> {
    let table = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "json", "{} is not a JSON file", path.display());
        let locale = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let texts = texts(&locale, &read(&path));
        (locale, texts)
    };
    let mut tables: Vec<_> = fs::read_dir(root().join("www/locales")).unwrap().map(table).collect();
    tables.sort();
    tables
}

fn translations() -> Vec<(String, Texts)> {
    let translations: Vec<_> = tables().into_iter().filter(|(locale, _)| locale != "en").collect();
    assert!(!translations.is_empty(), "www/locales has no translation");
    translations
}

fn english() -> Texts {
    texts("en", include_str!("../../../www/locales/en.json"))
}

/// The keys of a group, without their prefix.
fn keys(group: &str) -> BTreeSet<String> {
    let prefix = format!("{group}.");
    english().iter().filter_map(|(key, _)| key.strip_prefix(&prefix)).map(str::to_owned).collect()
}

/// The names in braces, sorted.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        assert!(!before.contains('}'), "unmatched closing brace: {text}");
        let (name, after) =
            after.split_once('}').unwrap_or_else(|| panic!("unmatched opening brace: {text}"));
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()), "{{{name}}}: {text}");
        names.push(name);
        rest = after;
    }
    assert!(!rest.contains('}'), "unmatched closing brace: {text}");
    names.sort_unstable();
    names
}

fn set(words: impl IntoIterator<Item = &'static str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_page_lists_every_locale() {
    let source = read(&root().join("www/remit.js"));
    let (_, list) = source.split_once("const LOCALES = [").expect("www/remit.js has no list LOCALES");
    let list = list.split_once("];").unwrap().0;
    let listed: Vec<&str> = list.split(',').map(|item| item.trim().trim_matches('"')).collect();
    let tables = tables();
    let files: Vec<&str> = tables.iter().map(|(locale, _)| locale.as_str()).collect();
    assert_eq!(listed, files);
}

#[test]
fn every_translation_has_the_keys_of_the_english_table_in_the_same_order() {
    let english = english();
    for (locale, texts) in translations() {
        let key = |(key, _): &(String, String)| key.clone();
        let (theirs, ours): (Vec<_>, Vec<_>) =
            (texts.iter().map(key).collect(), english.iter().map(key).collect());
        let missing: Vec<_> = ours.iter().filter(|key| !theirs.contains(key)).collect();
        let unknown: Vec<_> = theirs.iter().filter(|key| !ours.contains(key)).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{locale}: missing {missing:?}, unknown {unknown:?}"
        );
        assert_eq!(theirs, ours, "{locale}: the order differs from the English table");
    }
}

#[test]
fn every_text_has_the_placeholders_of_the_english_text() {
    let english = english();
    for (locale, texts) in tables() {
        for ((key, theirs), (_, ours)) in texts.iter().zip(&english) {
            assert_eq!(placeholders(theirs), placeholders(ours), "{locale}: {key}: {theirs}");
        }
    }
}

#[test]
fn every_text_is_not_empty_and_translated() {
    let english = english();
    let mut shared = Vec::new();
    for (locale, texts) in tables() {
        for ((key, theirs), (_, ours)) in texts.iter().zip(&english) {
            assert!(!theirs.trim().is_empty(), "{locale}: {key} is empty");
            assert_eq!(theirs.trim(), theirs, "{locale}: {key} has leading or trailing whitespace");
            if locale != "en" && theirs == ours && !NAMES.contains(&key.as_str()) {
                shared.push((locale.clone(), key.clone()));
            }
        }
    }
    let known = SHARED.map(|(locale, key)| (locale.to_owned(), key.to_owned()));
    assert_eq!(shared, known, "the texts equal to English (left) must be those listed in SHARED (right)");
}

#[test]
fn right_to_left_texts_isolate_numbers_dates_and_values() {
    const OPENED: [char; 2] = ['\u{2066}', '\u{2068}'];
    const CLOSED: char = '\u{2069}';
    for (locale, texts) in translations() {
        let turns = RIGHT_TO_LEFT.contains(&locale.as_str());
        for (key, text) in texts {
            let mut inside = false;
            for (at, c) in text.char_indices() {
                if OPENED.contains(&c) {
                    assert!(turns && !inside, "{locale}: {key}: {text}");
                    inside = true;
                } else if c == CLOSED {
                    assert!(inside, "{locale}: {key}: {text}");
                    inside = false;
                }
                // After Arabic letters, a display would reorder the parts of 2026-11-19.
                let between = |c: char| text[..at].ends_with(c) || text[at + 1..].starts_with(c);
                let in_number = c == '-' && ('0'..='9').any(between);
                let after_prefix = text[..at].ends_with(char::is_alphabetic);
                assert!(!turns || inside || !in_number || after_prefix, "{locale}: {key}: {text}");
            }
            assert!(!inside, "{locale}: {key}: {text}");
            for word in
                ["{words}", "{details}", "{invoice}", "{number}", "{amount}", "{value}", "{date}", "{issued}"]
            {
                let apart = text.split(word).skip(1).all(|after| after.starts_with(CLOSED));
                assert!(!turns || apart, "{locale}: {key}: {word} is not followed by U+2069: {text}");
            }
        }
    }
}

#[test]
fn every_issue_and_notice_has_a_sentence() {
    assert_eq!(keys("issue"), set(Code::ALL.iter().map(|code| code.as_str())));
    assert_eq!(keys("notice"), set(NoticeCode::ALL.iter().map(|code| code.as_str())));
}

/// Parameters that only programs use. The sentence omits them: the field shows the value, or the sentence is clear
/// without.
const OMITTED: [(&str, &str); 4] = [
    ("choice_unknown", "value"),
    ("digits_mapped", "value"),
    ("fraction_dropped", "value"),
    ("in_future", "value"),
];

#[test]
fn a_sentence_states_every_bound_and_name_that_its_finding_carries() {
    let english = english();
    let issues = Code::ALL.iter().map(|code| ("issue", code.as_str(), code.params()));
    let notices = NoticeCode::ALL.iter().map(|code| ("notice", code.as_str(), code.params()));
    for (group, code, params) in issues.chain(notices) {
        let key = format!("{group}.{code}");
        let (_, text) = english.iter().find(|(known, _)| *known == key).unwrap();
        let shown: BTreeSet<_> = placeholders(text).into_iter().filter(|name| *name != "field").collect();
        let carried = params.iter().map(|(name, _)| *name).filter(|name| !OMITTED.contains(&(code, *name)));
        assert_eq!(shown, carried.collect(), "{key}: {text}");
    }
}

#[test]
fn every_invoice_state_has_a_text() {
    assert_eq!(keys("state"), set(InvoiceState::ALL.map(InvoiceState::as_str)));
}

#[test]
fn the_texts_of_invoice_states_are_distinct() {
    for (locale, texts) in tables() {
        let words: Vec<_> = texts.iter().filter(|(key, _)| key.starts_with("state.")).collect();
        let distinct: BTreeSet<_> = words.iter().map(|(_, word)| word).collect();
        assert_eq!(distinct.len(), InvoiceState::ALL.len(), "{locale}: {words:?}");
    }
}

#[test]
fn every_outcome_has_its_sentence() {
    assert_eq!(keys("cause"), set(Cause::ALL.map(Cause::as_str)));
    // The widget's tests check the other keys of the group: they are the widget's own.
    let problems = set(ProblemCode::ALL.map(ProblemCode::as_str));
    assert!(problems.is_subset(&keys("problem")), "{problems:?}");
}

#[test]
fn every_label_belongs_to_a_field_and_names_without_a_label_are_shown_as_words() {
    // Only these operations have forms; the page fills in the fields of the others.
    let is_form = |purpose| matches!(purpose, Purpose::RecordPayment | Purpose::AddInvoice);
    let forms = Provider::ALL
        .iter()
        .flat_map(|provider| provider.all_operations())
        .filter(|operation| is_form(operation.purpose));
    let fields: Vec<_> = forms.flat_map(|operation| operation.fields).collect();
    let names = set(fields.iter().map(|field| field.name));
    for group in ["field", "hint"] {
        assert!(keys(group).is_subset(&names), "{group} keys must be names of fields: {:?}", keys(group));
    }
    let choices = fields.iter().filter_map(|field| match field.kind {
        Kind::Choice(choices) => Some(choices),
        _ => None,
    });
    let choices = set(choices.flatten().map(|choice| choice.value));
    assert!(keys("choice").is_subset(&choices), "choice keys must be values of fields: {:?}", keys("choice"));
    // A new provider needs no labels at first: a name without a label is shown as words.
    for (group, names) in [("field", names), ("choice", choices)] {
        for name in names.difference(&keys(group)) {
            let words = Table::english().word(group, name);
            assert!(words.starts_with(char::is_uppercase), "{words}");
            assert!(!words.chars().skip(1).any(char::is_uppercase), "{words}");
        }
    }
}

#[test]
fn every_text_is_in_a_known_group() {
    let groups = ["issue", "notice", "state", "problem", "cause", "field", "hint", "choice", "ui"];
    for (key, _) in english() {
        let group = key.split_once('.').map(|(group, _)| group);
        assert!(group.is_some_and(|group| groups.contains(&group)), "{key}");
    }
}
