//! Idempotency keys. [draft-ietf-httpapi-idempotency-key-header-07]

use axum::http::{HeaderMap, HeaderName};
use remit_core::{KEY_HEADER, REPLAYED_HEADER};

use crate::answer::Refusal;

/// The header of a key.
pub(crate) const KEY: HeaderName = HeaderName::from_static(KEY_HEADER);
/// The header that marks the response to an earlier request with the same key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static(REPLAYED_HEADER);

/// The greatest length of a key, in characters.
const LONGEST: usize = 255;

/// Reads the key of a request that changes something.
pub(crate) fn read(headers: &HeaderMap) -> Result<String, Refusal> {
    let mut values = headers.get_all(KEY).iter();
    let refusal = |detail: &str| Err(Refusal::new(400, detail));
    let Some(value) = values.next() else {
        return refusal(
            "Send the header Idempotency-Key with a new value for each change, and with the same value when you send a change again, as in Idempotency-Key: \"8e03978e-40d5-43e8-bc93-6894a57f9324\". This keeps the relay from recording it twice.",
        );
    };
    if values.next().is_some() {
        return refusal("Send the header Idempotency-Key only once.");
    }
    match value.to_str().ok().and_then(parse) {
        Some(key) => Ok(key),
        None => refusal(
            "Idempotency-Key must be 1 to 255 visible ASCII characters, in double quotes, as in \"8e03978e-40d5-43e8-bc93-6894a57f9324\".",
        ),
    }
}

/// Reads a key, which the draft writes as a string in double quotes [RFC 9651, 3.3.3]. Many clients omit the quotes; then the
/// key is the same.
pub(crate) fn parse(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '\t']);
    let key = match text.strip_prefix('"') {
        Some(rest) => unescape(rest.strip_suffix('"')?)?,
        None if text.contains(['"', '\\', ',', ';']) => return None,
        None => text.to_owned(),
    };
    let is_valid = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid.then_some(key)
}

/// Resolves `\"` and `\\`; `None` for another escape or a lone quote.
fn unescape(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => key.push(rest.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            '"' => return None,
            other => key.push(other),
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_a_quoted_string_or_the_same_text_without_quotes() {
        for (text, key) in [
            ("\"8e03978e-40d5\"", Some("8e03978e-40d5")),
            ("8e03978e-40d5", Some("8e03978e-40d5")),
            (" \"a\" ", Some("a")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            ("", None),
            ("\"\"", None),
            ("\"", None),
            ("\"a", None),
            ("a\"", None),
            ("\"a\"b\"", None),
            (r#""a\n""#, None),
            ("\"a b\"", None),
            ("a, b", None),
            ("\"a\", \"b\"", None),
            ("\"a\";q=1", None),
            ("\u{e9}", None),
        ] {
            assert_eq!(parse(text).as_deref(), key, "{text}");
        }
        assert!(parse(&"k".repeat(255)).is_some());
        assert_eq!(parse(&"k".repeat(256)), None);
    }

    proptest! {
        #[test]
        fn every_visible_key_is_read_back_from_its_quoted_form(key in "[!-~]{1,255}") {
            let quoted = format!("\"{}\"", key.replace('\\', r"\\").replace('"', "\\\""));
            prop_assert_eq!(parse(&quoted), Some(key));
        }
    }
}
