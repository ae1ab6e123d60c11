//! Compares the JSON and XML parsers with well-known libraries.
//!
//! Intended differences are listed in the tests; any other difference fails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod libraries;

use libraries::{depth, json_agrees, theirs, xml_agrees};
use proptest::prelude::*;
use proptest::sample::Index;
use remit_core::wire::json::Json;
use remit_core::wire::xml::{Element, XmlError};

/// A JSON value, and a JSON text of it with arbitrary whitespace and escapes.
fn json() -> impl Strategy<Value = (Json, String)> {
    let space = || "[ \t\r\n]{0,2}";
    let number = prop_oneof![
        "-?(0|[1-9][0-9]{0,30})",
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,20}",
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?[eE][+-]?[0-9]{1,2}",
        any::<i64>().prop_map(|i| i.to_string()),
        any::<u64>().prop_map(|i| i.to_string()),
    ];
    let leaf = prop_oneof![
        Just((Json::Null, "null".to_owned())),
        any::<bool>().prop_map(|b| (Json::Bool(b), b.to_string())),
        number.prop_map(|text| (Json::Number(text.clone()), text)),
        string().prop_map(|(text, written)| (Json::Text(text), written)),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let element = (space(), inner.clone(), space()).prop_map(|(a, (v, text), b)| (v, a + &text + &b));
        let member = (space(), string(), space(), element.clone())
            .prop_map(|(a, (name, written), b, (v, text))| ((name, v), format!("{a}{written}{b}:{text}")));
        prop_oneof![
            (prop::collection::vec(element, 0..6), space()).prop_map(|(elements, inside)| {
                let (values, texts): (Vec<_>, Vec<_>) = elements.into_iter().unzip();
                let inside = if texts.is_empty() { inside } else { texts.join(",") };
                (Json::Array(values), format!("[{inside}]"))
            }),
            (prop::collection::vec(member, 0..6), space()).prop_map(|(members, inside)| {
                let mut once: Vec<((String, Json), String)> = Vec::new();
                for member in members {
                    if once.iter().all(|known| known.0.0 != member.0.0) {
                        once.push(member);
                    }
                }
                let (values, texts): (Vec<_>, Vec<_>) = once.into_iter().unzip();
                let inside = if texts.is_empty() { inside } else { texts.join(",") };
                (Json::Object(values), format!("{{{inside}}}"))
            }),
        ]
    })
}

/// A text, and a JSON string of it with arbitrary escapes.
fn string() -> impl Strategy<Value = (String, String)> {
    let character = prop_oneof![any::<char>(), prop::char::range('\0', '~'), Just('"'), Just('\\')];
    prop::collection::vec((character, 0..4_u8), 0..8).prop_map(|characters| {
        let (mut text, mut written) = (String::new(), "\"".to_owned());
        for (c, way) in characters {
            text.push(c);
            match (way, c) {
                (0, '/' | '"' | '\\') => written.extend(['\\', c]),
                (0 | 1, '\u{8}') => written.push_str("\\b"),
                (0 | 1, '\u{c}') => written.push_str("\\f"),
                (0 | 1, '\n') => written.push_str("\\n"),
                (0 | 1, '\r') => written.push_str("\\r"),
                (0 | 1, '\t') => written.push_str("\\t"),
                (2 | 3, c) if c >= ' ' && c != '"' && c != '\\' => written.push(c),
                (way, c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let hex = format!("{unit:04x}");
                        written.push_str("\\u");
                        written.push_str(&if way == 1 { hex.to_uppercase() } else { hex });
                    }
                }
            }
        }
        (text, written + "\"")
    })
}

/// The characters of inserted mistakes.
const JSON_BITS: &str = "[\\[\\]{}:,\"\\\\ 0-9a-fA-F.+-]{0,2}";
const XML_BITS: &str = "[<>/&;#'\"=\\]\\[!?a-c0-9 \n\r-]{0,3}";

/// A text with `cut` characters replaced by `insert` at an index.
fn changed(text: &str, at: Index, insert: &str, cut: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = at.index(characters.len() + 1);
    let end = (at + cut).min(characters.len());
    characters.splice(at..end, insert.chars());
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_json_with_any_whitespace_and_escapes_as_its_value((json, text) in json()) {
        prop_assert_eq!(Json::parse(&text), Ok(json.clone()), "{}", text);
        prop_assert_eq!(Json::parse(&json.print()), Ok(json));
        prop_assert_eq!(json_agrees(&text), Ok(()));
    }

    #[test]
    fn agrees_with_serde_json_on_json_with_mistakes(
        (_, text) in json(),
        changes in prop::collection::vec(
            (any::<Index>(), prop_oneof![JSON_BITS, "[\0-\x1f]", "\\PC?", Just("\\ud800".to_owned())], 0..3_usize),
            1..4,
        ),
    ) {
        let text = changes.iter().fold(text, |text, (at, insert, cut)| changed(&text, *at, insert, *cut));
        prop_assert_eq!(json_agrees(&text), Ok(()));
    }

    #[test]
    fn agrees_with_serde_json_on_random_text(text in "[\\[\\]{}:,\"\\\\ 0-9eE.+\\-ntrufalse\t\n]{0,24}") {
        prop_assert_eq!(json_agrees(&text), Ok(()));
    }
}

#[test]
fn refuses_duplicate_names_in_a_json_object() {
    for twice in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"b":null,"c":0,"b":1}}]"#] {
        assert!(serde_json::from_str::<serde_json::Value>(twice).is_ok());
        assert!(Json::parse(twice).is_err(), "{twice}");
    }
    assert!(Json::parse(r#"{"a":{"a":1},"A":2}"#).is_ok());
}

#[test]
fn refuses_nesting_deeper_than_64() {
    let arrays = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(Json::parse(&arrays(64)).map(|json| depth(&json)), Ok(64));
    assert!(Json::parse(&arrays(65)).is_err());
    assert!(Json::parse(&"[".repeat(1 << 20)).is_err());
    assert!(Json::parse(&"{\"\":".repeat(1 << 20)).is_err());
    let elements = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(Element::parse(&elements(64)).is_ok());
    assert_eq!(Element::parse(&elements(65)), Err(XmlError::TooLarge));
    assert_eq!(Element::parse(&"<a>".repeat(300_000)), Err(XmlError::TooLarge));
}

#[test]
fn refuses_more_than_1000_members_or_attributes() {
    let members = |n: usize| (0..n).map(|i| format!("\"{i}\":{i}")).collect::<Vec<_>>().join(",");
    assert!(Json::parse(&format!("{{{}}}", members(1000))).is_ok());
    assert!(Json::parse(&format!("{{{}}}", members(1001))).is_err());
    assert!(Json::parse(&format!("{{{}}}", members(100_000))).is_err());
    // The elements of an array are not limited: their names are not compared with each other.
    assert!(Json::parse(&format!("[{}0]", "{\"a\":0},".repeat(100_000))).is_ok());
    let element = |n: usize| format!("<a{}/>", (0..n).map(|i| format!(" a{i}=''")).collect::<String>());
    assert!(Element::parse(&element(1000)).is_ok());
    assert_eq!(Element::parse(&element(1001)), Err(XmlError::TooLarge));
    assert_eq!(Element::parse(&element(80_000)), Err(XmlError::TooLarge));
}

#[test]
fn refuses_xml_of_more_than_one_mebibyte() {
    let text = |n: usize| format!("<a>{}</a>", "x".repeat(n - 7));
    assert_eq!(Element::parse(&text(1 << 20)).map(|element| element.text.len()), Ok((1 << 20) - 7));
    assert_eq!(Element::parse(&text((1 << 20) + 1)), Err(XmlError::TooLarge));
    // The limit is in bytes, and is checked before parsing.
    assert_eq!(Element::parse(&"€".repeat(350_000)), Err(XmlError::TooLarge));
}

#[test]
fn refuses_document_types_and_unknown_entities() {
    for text in [
        "<!DOCTYPE a><a/>",
        "<!doctype a><a/>",
        "<?xml version=\"1.0\"?>\n<!-- a -->\n<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
        "<!DOCTYPE a [<!ENTITY % b SYSTEM \"http://localhost/b\"> %b;]><a/>",
        "<!DOCTYPE a PUBLIC \"-//A//B//EN\" \"http://localhost/a.dtd\"><a/>",
        "<a/><!DOCTYPE a>",
        "<a><!DOCTYPE a></a>",
        "<a><!ENTITY b \"x\"></a>",
        "<!ELEMENT a ANY><a/>",
        "<a>&b;</a>",
        "<a>&nbsp;</a>",
        "<a b=\"&c;\"/>",
        "<a>&LT;</a>",
        "<a>&;</a>",
        "<a>&%b;</a>",
    ] {
        assert_eq!(Element::parse(text), Err(XmlError::Forbidden), "{text}");
    }
    // The same text in comments, CDATA and references is accepted.
    let harmless = "<a><!-- <!DOCTYPE a> --><![CDATA[<!ENTITY b>&b;]]>&lt;!DOCTYPE a&gt;</a>";
    assert_eq!(Element::parse(harmless).map(|element| element.text).unwrap(), "<!ENTITY b>&b;<!DOCTYPE a>");
}

#[test]
fn distinguishes_a_nil_element_from_an_empty_one() {
    for (text, nil) in [
        ("<notes></notes>", false),
        ("<notes nil=\"true\"></notes>", true),
        ("<tax type=\"decimal\" nil=\"true\"></tax>", true),
    ] {
        let element = Element::parse(text).expect(text);
        assert_eq!((element.nil, element.text.as_str()), (nil, ""), "{text}");
        assert_eq!(element.print(), text);
    }
    for text in ["<notes nil='false'/>", "<notes nil='TRUE'/>", "<notes xsi:nil='true'/>"] {
        assert!(!Element::parse(text).expect(text).nil, "{text}");
    }
}

#[test]
fn refuses_lone_surrogates_and_reads_pairs_as_one_character() {
    for half in ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud800\\udbff", "\\ud800\\ue000", "\\ud800\\n"] {
        let text = format!("\"{half}\"");
        assert!(Json::parse(&text).is_err() && serde_json::from_str::<String>(&text).is_err(), "{text}");
    }
    for (pair, whole) in [("\\ud800\\udc00", "\u{10000}"), ("\\udbff\\udfff", "\u{10FFFF}")] {
        assert_eq!(Json::parse(&format!("\"{pair}\"")), Ok(Json::text(whole)), "{pair}");
    }
}

#[test]
fn refuses_xml_that_is_not_well_formed() {
    for text in [
        "",
        "a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>b",
        "<a b=\"1\" b=\"2\"/>",
        "<a b=1/>",
        "<a b/>",
        "<a b=\"<\"/>",
        "<a>&b;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&amp</a>",
        "<a>&#+49;</a>",
        "<1/>",
        "<-a/>",
        "<.a/>",
        "< a/>",
        "<a><?>b?></a>",
        "<a><!-- -- --></a>",
        "<a><![CDATA[</a>",
        "<!DOCTYPE a><a/>",
        "<a><!DOCTYPE a></a>",
        "<a b=\"&c;\"/>",
    ] {
        assert!(Element::parse(text).is_err(), "{text}");
    }
    // quick-xml accepts some malformed attributes, names and instructions. [XML 1.0, 2.3, 2.6]
    for text in ["<a b=\"<\"/>", "<1/>", "<a><?b>c?></a>"] {
        assert!(theirs(text).is_some(), "{text}");
        assert!(Element::parse(text).is_err(), "{text}");
    }
}

/// Texts of characters that XML allows.
fn characters() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec!['<', '>', '&', '"', '\'', '\n', '\t', ' ', ']', 'é', '€', '𝄞']);
    let refused = |c: char| c.is_control() || "\u{FFFE}\u{FFFF}".contains(c);
    let any = any::<char>().prop_map(move |c| if refused(c) { 'x' } else { c });
    prop::collection::vec(prop_oneof![special, any], 0..8).prop_map(String::from_iter)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_][a-zA-Z0-9_.-]{0,5}", Just("paid-at".to_owned()), Just("é".to_owned())]
}

/// A text with its characters escaped in one of several ways.
fn written(text: &str, way: u8) -> String {
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        match (c, (usize::from(way) + at) % 3) {
            ('<', 0) => out.push_str("&lt;"),
            ('>', 0) => out.push_str("&gt;"),
            ('&', 0) => out.push_str("&amp;"),
            ('"', 0) => out.push_str("&quot;"),
            ('\'', 0) => out.push_str("&apos;"),
            ('<' | '&' | '"' | '\'', 1) => out.push_str(&format!("&#{};", u32::from(c))),
            ('<' | '&' | '"' | '\'', _) => out.push_str(&format!("&#x{:x};", u32::from(c))),
            (c, 2) if !c.is_ascii() => out.push_str(&format!("&#x{:X};", u32::from(c))),
            (c, _) => out.push(c),
        }
    }
    out
}

/// An element, and an XML text of it with comments, instructions, other attributes and whitespace.
fn xml() -> impl Strategy<Value = (Element, String)> {
    let between = || {
        prop_oneof![
            Just(String::new()),
            Just("<!-- -x -->".to_owned()),
            Just("<?pi > ?>".to_owned()),
            Just("<!---->".to_owned()),
        ]
    };
    let nil = prop_oneof![Just(" nil='true'"), Just(" nil=\"tru&#101;\""), Just(" nil='1'"), Just(" nil=''")];
    let other = prop_oneof![
        Just(""),
        nil,
        Just("\n\txmlns:a = \"a&amp;b\" "),
        Just(" b='\"'"),
        Just(" b='nil=true'")
    ];
    let head = move || (name(), prop::option::of(characters()), other.clone(), any::<u8>());
    let open = |(name, kind, other, way): (String, Option<String>, &'static str, u8)| {
        // Newlines and tabs are removed: quick-xml converts them to spaces in attributes, our parser does not.
        let kind = kind.map(|kind| kind.replace(['\n', '\t'], ""));
        let mut start = format!("<{name}{other}");
        if let Some(kind) = &kind {
            start.push_str(&format!(" type=\"{}\"", written(kind, way)));
        }
        let nil = other.contains("nil='true'") || other.contains("tru&#101;");
        (Element { name, kind, nil, ..Element::default() }, start)
    };
    let leaf = (head(), characters(), between(), any::<u8>()).prop_map(move |(head, text, c, way)| {
        let (element, start) = open(head);
        let (name, element) = (element.name.clone(), Element { text: text.clone(), ..element });
        let body = match way % 3 {
            0 if text.is_empty() => return (element, format!("{start}/>")),
            1 if !text.contains("]]>") => format!("<![CDATA[{text}]]>"),
            _ => written(&text, way),
        };
        (element, format!("{start}>{body}{c}</{name} >"))
    });
    let inner = leaf.prop_recursive(3, 12, 4, move |inner| {
        let children = prop::collection::vec((inner, between()), 1..4);
        (head(), children, characters()).prop_map(move |(head, children, text)| {
            let (element, start) = open(head);
            let mut out = format!("{start}>{}", written(&text, 1));
            let mut kept = Vec::new();
            for ((child, printed), comment) in children {
                out.push_str(&printed);
                out.push_str(&comment);
                kept.push(child);
            }
            out.push_str(&format!("</{}>", element.name));
            (Element { text, children: kept, ..element }, out)
        })
    });
    let before =
        prop_oneof![Just(""), Just("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), Just("\n<!-- a -->")];
    (before, inner, between())
        .prop_map(|(before, (element, text), after)| (element, format!("{before}{text}{after}\n")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_xml_of_any_layout_as_its_element((element, text) in xml()) {
        prop_assert_eq!(Element::parse(&text), Ok(element.clone()), "{}", text);
        prop_assert_eq!(theirs(&text), Some(element.clone()), "{}", text);
        prop_assert_eq!(Element::parse(&element.print()), Ok(element.clone()));
        prop_assert_eq!(theirs(&element.print()), Some(element));
    }

    #[test]
    fn reads_xml_with_mistakes_like_quick_xml_or_refuses_it(
        (_, text) in xml(),
        changes in prop::collection::vec(
            (any::<Index>(), prop_oneof![XML_BITS, "\\PC?", Just("<!DOCTYPE a>".to_owned())], 0..3_usize),
            1..4,
        ),
    ) {
        let text = changes.iter().fold(text, |text, (at, insert, cut)| changed(&text, *at, insert, *cut));
        prop_assert_eq!(xml_agrees(&text), Ok(()));
    }

    #[test]
    fn reads_random_text_like_quick_xml_or_refuses_it(text in "[<>/&;#'\"=\\]\\[!?a-c0-9 -]{0,30}") {
        prop_assert_eq!(xml_agrees(&text), Ok(()));
    }
}
